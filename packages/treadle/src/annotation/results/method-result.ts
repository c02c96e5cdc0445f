import type { Awaitable } from '../../foundation/awaitable.js';
import { MessageConversionError } from '../../foundation/errors.js';
import type { SimpMessagingTemplate } from '../../messaging/messaging-template.js';
import type { NativeHeaders } from '../../messaging/native-headers.js';
import { Reach } from '../../messaging/reach.js';
import type { RunningCall } from '../handler-call.js';
import { inTurn } from './in-turn.js';
import { isReplyList, mergeHeaders, Reply, type ReplyDestination } from './reply.js';
import type { ReplyHeaders } from './reply-headers.js';
import { asksForReply, requireReplyTarget } from './request-reply.js';
import type { SendResult } from './return-value-handler.js';
import type { RunningStreams } from './running-streams.js';
import { sendToAskingUser } from './send-to-return-value-handler.js';
import { itemsOf } from './stream-detection.js';

/** What the results of all methods are sent with. */
export interface ResultParts {
  readonly template: SimpMessagingTemplate;
  readonly streams: RunningStreams;
  readonly replyHeaders: ReplyHeaders;
  /** Whether the broker takes a destination. */
  readonly isServed: (destination: string) => boolean;
}

/** What is decided of one method's result at start. */
export interface MethodResultOptions {
  /** Where its return value handler sends what it is given. */
  readonly send: SendResult;
  /** True when a `reply-to` header decides where the result goes. */
  readonly answersRequests: boolean;
}

/** What becomes of the result of one handler method: takes streams and replies apart and has the rest sent. */
export class MethodResult {
  readonly #parts: ResultParts;
  readonly #sendPlain: SendResult;
  readonly #answersRequests: boolean;

  constructor(parts: ResultParts, { send, answersRequests }: MethodResultOptions) {
    this.#parts = parts;
    this.#sendPlain = send;
    this.#answersRequests = answersRequests;
  }

  /** Comes before everything else in a call. @throws MessageRejectedError `REPLY_TO_REFUSED` */
  check({ message }: RunningCall): void {
    if (this.#answersRequests) requireReplyTarget(message, this.#parts.template, this.#parts.isServed);
  }

  /** Sends what the method returned, `undefined` and `null` included. Settles when all are served, or when a stream has begun. */
  send(value: unknown, call: RunningCall): Awaitable<void> {
    if (value === undefined || value === null) return this.#sendNothing(call);
    if (value instanceof Reach) return this.#sendNothing(call); // `return template.convertAndSendToUser(…)`
    const headers = this.#parts.replyHeaders.of(call.message);
    if (typeof value !== 'object') return this.#sendPlain(value, call, headers);
    const payload: unknown = value instanceof Reply ? value.payload : value;
    const items = isObject(payload) && itemsOf(payload, this.#parts.streams.bufferItems);
    if (!items) return this.#sendOne(value, call, headers);
    return this.#parts.streams.begin(items, call, (item) =>
      this.#sendItem(value instanceof Reply ? value.withPayload(item) : item, call, headers),
    );
  }

  /** A request is always answered: whoever waits for that must not wait for ever. */
  #sendNothing(call: RunningCall): Awaitable<void> {
    if (!this.#answersRequests || !asksForReply(call.message)) return;
    return this.#sendPlain(null, call, this.#parts.replyHeaders.of(call.message));
  }

  #sendItem(item: unknown, call: RunningCall, headers: NativeHeaders): Awaitable<void> {
    const payload: unknown = item instanceof Reply ? item.payload : item;
    if (isObject(payload) && itemsOf(payload, 0)) {
      throw new MessageConversionError(
        'PAYLOAD_UNWRITABLE',
        `a stream of ${call.handlerName} gave a stream: write yield*`,
      );
    }
    return this.#sendOne(item, call, headers);
  }

  #sendOne(value: unknown, call: RunningCall, headers: NativeHeaders): Awaitable<void> {
    if (value instanceof Reply) return this.#sendReply(value, call, headers);
    if (isObject(value) && isReplyList(value)) {
      return inTurn(value, (each) => this.#sendReply(each, call, headers));
    }
    return this.#sendPlain(value, call, headers);
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
    return template.publish(destination, payload, headers, call.flow && { flow: call.flow });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
