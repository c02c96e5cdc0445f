import type { Awaitable } from '../../foundation/awaitable.js';
import { MessageConversionError } from '../../foundation/errors.js';
import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import type { NativeHeaders } from '../../messaging/native-headers.js';
import { Reach } from '../../messaging/reach.js';
import type { RunningCall } from '../handler-call.js';
import { inTurn } from './in-turn.js';
import { isReplyList, mergeHeaders, Reply, type ReplyDestination } from './reply.js';
import type { ReplyDestinations } from './reply-destinations.js';
import type { ReplyHeaders } from './reply-headers.js';
import type { SendResult } from './return-value-handler.js';
import type { RunningStreams } from './running-streams.js';
import { sendToAskingUser } from './send-to-return-value-handler.js';
import { isStream, itemsOf } from './stream-detection.js';

/** What the results of all methods are sent with. */
export interface ResultParts {
  readonly template: SimpMessagingTemplate;
  readonly streams: RunningStreams;
  readonly replyHeaders: ReplyHeaders;
  readonly replyDestinations: ReplyDestinations;
}

/** What is decided of one method's result at start. */
export interface MethodResultOptions {
  /** Where its return value handler sends what it is given. */
  readonly send: SendResult;
  /** When a `reply-to` header decides where the result goes; `undefined` when it does not. */
  readonly answersRequests: AnswersRequests | undefined;
}

/**
 * `'always'`: there is no other place of its own, so a request that cannot be answered is refused. `'unless-failed'`: the same, but what an exception
 * handler gives has one.
 */
export type AnswersRequests = 'always' | 'unless-failed';

/** What becomes of the result of one handler method: takes streams and replies apart and has the rest sent. */
export class MethodResult {
  readonly #parts: ResultParts;
  readonly #sendPlain: SendResult;
  readonly #answersRequests: AnswersRequests | undefined;

  constructor(parts: ResultParts, { send, answersRequests }: MethodResultOptions) {
    this.#parts = parts;
    this.#sendPlain = send;
    this.#answersRequests = answersRequests;
  }

  /** Comes before everything else in a call. @throws MessageRejectedError `REPLY_TO_REFUSED` */
  check({ message, error }: RunningCall): void {
    if (!this.#answersRequests || (error && this.#answersRequests === 'unless-failed')) return;
    this.#parts.replyDestinations.require(message);
  }

  /** Sends what the method returned, `undefined` and `null` included. Settles when all are served, or when a stream has begun. */
  send(value: unknown, call: RunningCall): Awaitable<void> {
    if (isNothing(value)) return this.#sendNothing(call);
    const headers = this.#parts.replyHeaders.of(call.message);
    if (typeof value !== 'object') return this.#sendPlain(value, call, headers);
    const payload: unknown = value instanceof Reply ? value.payload : value;
    const items = isObject(payload) && itemsOf(payload, this.#parts.streams.bufferItems);
    if (!items) return this.#sendOne(value, call, headers);
    return this.#parts.streams.begin(items, call, (item) =>
      this.#sendItem(value instanceof Reply ? value.withPayload(item) : item, call, headers),
    );
  }

  /** Takes what the method returned when nobody wants it any more: what a stream reads from may be open already. */
  async discard(value: unknown): Promise<void> {
    const payload: unknown = value instanceof Reply ? value.payload : value;
    if (isObject(payload)) await itemsOf(payload, 0)?.stop();
  }

  /** A request is always answered: whoever waits for that must not wait for ever. */
  #sendNothing(call: RunningCall): Awaitable<void> {
    if (!this.#answersRequests) return;
    const { replyDestinations, replyHeaders } = this.#parts;
    const target = replyDestinations.of(call);
    if (target) return replyDestinations.send(target, null, call, replyHeaders.of(call.message));
  }

  #sendItem(item: unknown, call: RunningCall, headers: NativeHeaders): Awaitable<void> {
    if (isNothing(item)) return;
    const payload: unknown = item instanceof Reply ? item.payload : item;
    if (isStream(payload)) throw noPayload(call, 'a stream gave a stream: write yield*');
    return this.#sendOne(item, call, headers);
  }

  #sendOne(value: unknown, call: RunningCall, headers: NativeHeaders): Awaitable<void> {
    if (value instanceof Reply) return this.#sendReply(value, call, headers);
    if (!isObject(value) || !isReplyList(value)) return this.#sendPlain(value, call, headers);
    if (value.some(({ payload }) => isStream(payload))) {
      throw noPayload(call, 'a list of replies has a stream in it: return it by itself, or yield* it from a generator');
    }
    return inTurn(value, (each) => this.#sendReply(each, call, headers));
  }

  #sendReply(
    { payload, destinations, nativeHeaders }: Reply,
    call: RunningCall,
    copied: NativeHeaders,
  ): Awaitable<void> {
    const headers = mergeHeaders(copied, nativeHeaders);
    if (destinations.length === 0) return this.#sendPlain(payload, call, headers);
    return inTurn(destinations, (each) => this.#sendReplyTo(each, payload, call, headers));
  }

  #sendReplyTo(target: ReplyDestination, payload: unknown, call: RunningCall, headers: NativeHeaders): Awaitable<void> {
    const { template } = this.#parts;
    const { destination } = target;
    if (target.kind === 'user') return sendToAskingUser(template, payload, call, { ...target, headers });
    return template.publish(destination, payload, headers, call);
  }
}

/** Nothing to send: `return template.convertAndSendToUser(…)` among others, or a list of what several of them give. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value instanceof Reach) return true;
  return Array.isArray(value) && value.length > 0 && value.every((each) => each instanceof Reach);
}

function noPayload({ handlerName }: RunningCall, problem: string): MessageConversionError {
  return new MessageConversionError('PAYLOAD_UNWRITABLE', `${handlerName}: ${problem}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
