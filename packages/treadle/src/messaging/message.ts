import type { Acknowledgement } from './acknowledgement.js';
import type { Delivery } from './delivery.js';
import type { Flow } from './flow.js';
import { NativeHeaders } from './native-headers.js';
import type { Principal, SessionContext } from './session-context.js';
import type { Reach } from './reach.js';
import type { SubscriptionTicket } from './subscription-ticket.js';
import type { Turn } from './turn.js';

/** What a message is about, whatever the wire protocol (Spring: `SimpMessageType`). SEND and MESSAGE frames are `MESSAGE`. */
export type MessageType = 'CONNECT' | 'MESSAGE' | 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'ACK' | 'NACK' | 'DISCONNECT';

/** What a message is made of; everything but the type may be left out. */
export interface MessageInit<T> {
  readonly type: MessageType;
  readonly payload: T;
  readonly destination?: string | undefined;
  readonly headers?: NativeHeaders | undefined;
  readonly session?: SessionContext | undefined;
  readonly senderId?: string | undefined;
  readonly subscriptionId?: string | undefined;
  readonly id?: string | undefined;
  readonly userDestination?: string | undefined;
  readonly turn?: Turn | undefined;
  readonly reach?: Reach | undefined;
  readonly flow?: Flow | undefined;
  readonly ticket?: SubscriptionTicket | undefined;
  readonly acknowledgement?: Acknowledgement | undefined;
}

/**
 * The same with nothing left out. Whatever creates a message for every frame writes all of it, in this order: objects of one shape let compiled
 * code read them without a look-up, and leave them out altogether (`npm run bench -- --only request-reply-32`).
 */
export type CompleteMessageInit<T> = { [K in keyof Required<MessageInit<T>>]: MessageInit<T>[K] };

const NOTHING = {};

/** The octets of an empty payload. */
export const NO_PAYLOAD: Uint8Array = new Uint8Array(0);

/**
 * What travels through the channels. Never changed: `with` gives a new one. On the three channels the payload is octets;
 * converters turn them into values for handlers and back.
 */
export class Message<T = Uint8Array> {
  readonly type: MessageType;
  readonly payload: T;
  readonly destination: string | undefined;
  /** The wire headers. */
  readonly headers: NativeHeaders;
  /** The client session it comes from or, on the way out, goes to; `undefined` for what the application itself publishes. */
  readonly session: SessionContext | undefined;
  /**
   * The id of the session that caused it: of a client's frame its own, of what a handler gives to everybody that of the session that asked;
   * `undefined` for what the application publishes by itself, and on the way out. Subscriptions with `no-echo` leave out their own session's.
   */
  readonly senderId: string | undefined;
  /** The subscription it creates, ends or, on the way out, is delivered to. */
  readonly subscriptionId: string | undefined;
  /** Unique per published message: the `message-id` header of its MESSAGE frames. Set by the broker. */
  readonly id: string | undefined;
  /** The destination as the client knows it, when `destination` is the translation of a user destination. */
  readonly userDestination: string | undefined;
  /** Its place in the order of its session, from a client's frame; `undefined` for what the application itself sends or publishes. */
  readonly turn: Turn | undefined;
  /** Where its sender wants its receivers counted, if they are to be. */
  readonly reach: Reach | undefined;
  /** Where its receivers tell its publisher that they are behind; only what a stream publishes has one. */
  readonly flow: Flow | undefined;
  /** Of a SUBSCRIBE and of what is delivered to its subscription; `undefined` on the way out when the id alone says which one is meant. */
  readonly ticket: SubscriptionTicket | undefined;
  /** Of an ACK or NACK: what it is about. */
  readonly acknowledgement: Acknowledgement | undefined;
  /** On the way out: what this delivery has for its receiver alone. */
  readonly delivery: Delivery | undefined;
  /** The published message that this one delivers, or itself: equal for all deliveries that differ only in their receiver. */
  readonly published: Message<T>;

  constructor(init: MessageInit<T>, published?: Message<T>, delivery?: Delivery) {
    this.type = init.type;
    this.payload = init.payload;
    this.destination = init.destination;
    this.headers = init.headers ?? NativeHeaders.EMPTY;
    this.session = init.session;
    this.senderId = init.senderId;
    this.subscriptionId = init.subscriptionId;
    this.id = init.id;
    this.userDestination = init.userDestination;
    this.turn = init.turn;
    this.reach = init.reach;
    this.flow = init.flow;
    this.ticket = init.ticket;
    this.acknowledgement = init.acknowledgement;
    this.delivery = delivery;
    this.published = published ?? this;
  }

  /** The user of its session. */
  get user(): Principal | undefined {
    return this.session?.user;
  }

  /** The id of its session. */
  get sessionId(): string | undefined {
    return this.session?.id;
  }

  /** The `content-type` header. */
  get contentType(): string | undefined {
    return this.headers.get('content-type');
  }

  /** A copy with other values; one that is there as `undefined` takes the present one away. */
  with<P = T>(changes: Partial<MessageInit<P>>): Message<P> {
    // Written out, because spreading both objects costs a hundred times as much.
    const init = {
      type: changes.type ?? this.type,
      payload: ('payload' in changes ? changes.payload : this.payload) as P, // P = T unless `changes` has the payload
      destination: 'destination' in changes ? changes.destination : this.destination,
      headers: 'headers' in changes ? changes.headers : this.headers,
      session: 'session' in changes ? changes.session : this.session,
      senderId: 'senderId' in changes ? changes.senderId : this.senderId,
      subscriptionId: 'subscriptionId' in changes ? changes.subscriptionId : this.subscriptionId,
      id: 'id' in changes ? changes.id : this.id,
      userDestination: 'userDestination' in changes ? changes.userDestination : this.userDestination,
      turn: 'turn' in changes ? changes.turn : this.turn,
      reach: 'reach' in changes ? changes.reach : this.reach,
      flow: 'flow' in changes ? changes.flow : this.flow,
      ticket: 'ticket' in changes ? changes.ticket : this.ticket,
      acknowledgement: 'acknowledgement' in changes ? changes.acknowledgement : this.acknowledgement,
    } satisfies CompleteMessageInit<P>;
    return new Message<P>(init, undefined, this.delivery);
  }

  /** This published message on its way to one subscription. */
  deliveredTo(
    session: SessionContext,
    subscriptionId: string | undefined,
    { ticket, delivery }: { readonly ticket?: SubscriptionTicket | undefined; readonly delivery?: Delivery } = NOTHING,
  ): Message<T> {
    return new Message<T>(
      {
        type: this.type,
        payload: this.payload,
        destination: this.destination,
        headers: this.headers,
        session,
        senderId: undefined,
        subscriptionId,
        id: this.id,
        userDestination: this.userDestination,
        turn: undefined,
        reach: undefined,
        flow: undefined,
        ticket,
        acknowledgement: undefined,
      } satisfies CompleteMessageInit<T>,
      this,
      delivery,
    );
  }
}
