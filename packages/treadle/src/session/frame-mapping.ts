import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import {
  encodeFrame,
  encodeFrameRest,
  encodeFrameStart,
  type Frame,
  headerValue,
  type StompVersion,
} from '@treadle/stomp';
import type { Acknowledgement } from '../messaging/acknowledgement.js';
import type { Delivery } from '../messaging/delivery.js';
import { type CompleteMessageInit, Message, type MessageType } from '../messaging/message.js';
import { NativeHeaders } from '../messaging/native-headers.js';
import type { SessionContext } from '../messaging/session-context.js';
import type { SubscriptionTicket } from '../messaging/subscription-ticket.js';
import { FrameTurn, type SessionTurn } from './session-turn.js';

const NO_BODY = new Uint8Array(0);
const UTF_8 = new TextEncoder();

/** The message of a client's frame. All its headers come along; nobody may change the body's octets. */
export function frameToMessage(
  type: MessageType,
  frame: Frame,
  session: SessionContext,
  { subscription, turn, acknowledgement }: FrameContext = {},
): Message {
  return new Message({
    type,
    payload: frame.body,
    destination: subscription?.destination ?? headerValue(frame.headers, 'destination'),
    headers: new NativeHeaders(frame.headers),
    session,
    senderId: session.id,
    subscriptionId: subscription?.id,
    id: undefined,
    userDestination: undefined,
    turn: turn && new FrameTurn(turn, frame),
    reach: undefined,
    flow: undefined,
    ticket: subscription?.ticket,
    acknowledgement,
  } satisfies CompleteMessageInit<Uint8Array>);
}

/** What a session knows about a frame beside its octets. */
interface FrameContext {
  readonly turn?: SessionTurn;
  /** What a SUBSCRIBE or UNSUBSCRIBE frame is about. */
  readonly subscription?: { readonly id: string; readonly destination: string; readonly ticket: SubscriptionTicket };
  /** What an ACK or NACK frame is about. */
  readonly acknowledgement?: Acknowledgement;
}

/** Octets that all receivers of a message share, and how they travel. */
export interface EncodedMessage {
  readonly octets: Uint8Array;
  /** Text when the body is UTF-8: browsers then show it readable. */
  readonly encoding: 'text' | 'binary';
}

/**
 * Encodes what the MESSAGE frames of one published message have in common, once per STOMP version. A fan-out delivers to one
 * session after the other, so it is enough to remember the message of the last delivery, until the turn of the event loop is over.
 */
export class MessageEncoder {
  readonly #idPrefix = randomUUID().slice(0, 8);
  #nextId = 0;
  #published: Message | undefined;
  #encoded: { [version in StompVersion]?: EncodedMessage } = {};
  #willForget = false;

  /** Everything of the MESSAGE frame behind `encodeSubscription`. */
  encode(message: Message, version: StompVersion): EncodedMessage {
    if (this.#published !== message.published) {
      this.#published = message.published;
      this.#encoded = {};
      this.#forgetLater();
    }
    return (this.#encoded[version] ??= this.#encodeShared(message, version));
  }

  /** Once per turn at most: a message, and its octets, may be large and the next one hours away. */
  #forgetLater(): void {
    if (this.#willForget) return;
    this.#willForget = true;
    setImmediate(this.#forget);
  }

  readonly #forget = (): void => {
    this.#willForget = false;
    this.#published = undefined;
    this.#encoded = {};
  };

  #encodeShared(message: Message, version: StompVersion): EncodedMessage {
    const destination = message.userDestination ?? message.destination ?? '';
    const headers = ['destination', destination, 'message-id', message.id ?? this.#createId(), ...message.headers.list];
    return {
      octets: encodeFrameRest(headers, message.payload, version),
      encoding: isUtf8(message.payload) ? 'text' : 'binary',
    };
  }

  /** For messages that did not come from a broker, such as the answer of a `@SubscribeMapping` method. */
  #createId(): string {
    this.#nextId += 1;
    return `${this.#idPrefix}-${this.#nextId}`;
  }
}

/** The beginning of every MESSAGE frame of a subscription; a STOMP 1.0 subscription may have no id. */
export function encodeSubscription(id: string | undefined, version: StompVersion): Uint8Array {
  // Copied, for it is kept: a few octets of Node's pool of small buffers would keep 8 KiB of what others have done with.
  return new Uint8Array(encodeFrameStart('MESSAGE', id === undefined ? [] : ['subscription', id], version));
}

/**
 * The same for one delivery with headers of its own. Only STOMP 1.2 names deliveries by an `ack` header (STOMP 1.2 § MESSAGE); before it the
 * message id does.
 */
export function encodeDelivery(id: string | undefined, delivery: Delivery, version: StompVersion): Uint8Array {
  const headers = id === undefined ? [] : ['subscription', id];
  if (version === '1.2' && delivery.ackId !== undefined) headers.push('ack', delivery.ackId);
  if (delivery.headers) headers.push(...delivery.headers);
  return encodeFrameStart('MESSAGE', headers, version);
}

/** A CONNECTED frame. */
export function encodeConnected(headers: readonly string[], version: StompVersion): Uint8Array {
  return encodeFrame({ command: 'CONNECTED', headers, body: NO_BODY }, version);
}

/** A RECEIPT frame. @param further headers beside `receipt-id`, flat */
export function encodeReceipt(receipt: string, further: readonly string[], version: StompVersion): Uint8Array {
  return encodeFrame({ command: 'RECEIPT', headers: ['receipt-id', receipt, ...further], body: NO_BODY }, version);
}

/** What a client may learn of a failure. */
export interface PublicFailure {
  readonly code: string;
  /** The fixed sentence of the code. */
  readonly sentence: string;
  readonly correlationId: string;
  /** The frame it is about, if it was about one. */
  readonly frame: Frame | undefined;
  /** Further headers, flat. */
  readonly headers?: readonly string[];
}

/** An ERROR frame: code, sentence and correlation id, and which frame it is about; never inner details (STOMP 1.2 § ERROR). */
export function encodeError(failure: PublicFailure, version: StompVersion): Uint8Array {
  const { code, sentence, correlationId, frame, headers: further = [] } = failure;
  const headers = ['message', sentence, 'code', code, 'correlation-id', correlationId, ...further];
  const receipt = frame && headerValue(frame.headers, 'receipt');
  if (receipt !== undefined) headers.push('receipt-id', receipt);
  headers.push('content-type', 'text/plain;charset=utf-8');
  const destination = frame && headerValue(frame.headers, 'destination');
  const about = frame ? `\nThe frame was ${frame.command}${destination === undefined ? '' : ` ${destination}`}.` : '';
  return encodeFrame({ command: 'ERROR', headers, body: UTF_8.encode(`${sentence}${about}\n`) }, version);
}
