import type { NativeHeaders } from '../messaging/native-headers.js';
import type { Principal, SessionContext } from '../messaging/session-context.js';
import type { SubscriptionTicket } from '../messaging/subscription-ticket.js';

/** Something that happened to a session: who listens to this class hears all of it (Spring: `AbstractSubProtocolEvent`). */
export abstract class SessionEvent {
  readonly session: SessionContext;

  constructor(session: SessionContext) {
    this.session = session;
  }

  /** Who the session belongs to; `undefined` for an anonymous one. */
  get user(): Principal | undefined {
    return this.session.user;
  }
}

/**
 * CONNECT has passed the interceptors, authentication among them, and has not been handled yet (Spring: `SessionConnectEvent`).
 * Not every session of which this is told is told of again.
 */
export class SessionConnectEvent extends SessionEvent {
  /** Of the CONNECT frame, as the interceptors left them: without the passcode. */
  readonly headers: NativeHeaders;

  constructor(session: SessionContext, headers: NativeHeaders) {
    super(session);
    this.headers = headers;
  }
}

/** CONNECT was accepted and CONNECTED is written (Spring: `SessionConnectedEvent`). */
export class SessionConnectedEvent extends SessionEvent {}

/** Something that happened to a subscription, whoever serves it: broker, user destination or controller. */
export abstract class SubscriptionEvent extends SessionEvent {
  readonly subscriptionId: string;
  /** As the client wrote it: `/user/queue/errors`, not its translation. */
  readonly destination: string;

  constructor(session: SessionContext, subscriptionId: string, destination: string) {
    super(session);
    this.subscriptionId = subscriptionId;
    this.destination = destination;
  }
}

/**
 * SUBSCRIBE has passed the interceptors and has not been handled yet (Spring: `SessionSubscribeEvent`): the subscription does not exist,
 * and may never. What is to reach it must wait for `SubscriptionActiveEvent`.
 */
export class SessionSubscribeEvent extends SubscriptionEvent {}

/** A subscription is live: what is published from now on reaches it. Comes before the RECEIPT. Spring has no such event. */
export class SubscriptionActiveEvent extends SubscriptionEvent {
  readonly #ticket: SubscriptionTicket | undefined;

  constructor(session: SessionContext, subscriptionId: string, destination: string, ticket?: SubscriptionTicket) {
    super(session, subscriptionId, destination);
    this.#ticket = ticket;
  }

  /** What a message for this subscription, and for no later one of its id, has too. */
  get ticket(): SubscriptionTicket | undefined {
    return this.#ticket;
  }
}

/**
 * A subscription that was live ended by UNSUBSCRIBE: nothing reaches it any more (Spring: `SessionUnsubscribeEvent`, which comes before that).
 * At the end of a session only `SessionDisconnectEvent` is published.
 */
export class SessionUnsubscribeEvent extends SubscriptionEvent {}

/** A session that had been connected ended; published exactly once, as its last event (Spring's may repeat). */
export class SessionDisconnectEvent extends SessionEvent {
  /** The close code, `1000` after DISCONNECT, `1006` when the connection broke. */
  readonly code: number;
  /** Why, for people: an error code when the server ended it. */
  readonly reason: string;

  constructor(session: SessionContext, code: number, reason: string) {
    super(session);
    this.code = code;
    this.reason = reason;
  }
}
