import { type Principal, type SessionContext, userNameOf } from '../messaging/session-context.js';
import type { EndReason } from '../messaging/session-control.js';
import type { SubscriptionTicket } from '../messaging/subscription-ticket.js';

/** A user with at least one session (Spring: `SimpUser`). A live view: once the last session has gone it has none. */
export interface SimpUser {
  /** The name in user destinations: `destinationUserName` of the principal where it has one, else its `name`. */
  readonly name: string;
  /** As authentication returned it for the user's first session of now. */
  readonly principal: Principal;
  /** Those of the moment of asking, in the order they connected. */
  readonly sessions: readonly SimpSession[];
  getSession(sessionId: string): SimpSession | undefined;
  /** Ends every session of the user, as `SimpSession.disconnect`. Resolves with how many those were, when they are over. */
  disconnect(reason?: EndReason): Promise<number>;
  /**
   * Ends every subscription of the user to this destination, written as its clients wrote it, as `SimpSubscription.unsubscribe`.
   * @returns how many those are
   */
  unsubscribe(destination: string, reason?: EndReason): number;
}

/** A client session that has connected (Spring: `SimpSession`). A live view. */
export interface SimpSession {
  readonly id: string;
  /** `undefined` for an anonymous session. */
  readonly user: SimpUser | undefined;
  /** Those of the moment of asking, in the order they were made. */
  readonly subscriptions: readonly SimpSubscription[];
  /** When its connection began. */
  readonly connectedAt: Date;
  /** What its octets travel by: `websocket`, `tcp`, `memory` or what another `Connection` calls itself. */
  readonly transport: string;
  /** Of the client or of a proxy before it; `undefined` where the transport knows none. */
  readonly remoteAddress: string | undefined;
  /** The version of STOMP that was agreed on. */
  readonly version: '1.0' | '1.1' | '1.2';
  /** Whether more than half of `limits.sendBufferOctets` waits for its client. */
  readonly isCongested: boolean;
  getSubscription(subscriptionId: string): SimpSubscription | undefined;
  /**
   * Ends the session: the client gets ERROR, then the connection closes. Does nothing when it has ended already. Resolves when everybody on the server has
   * taken in its end; handlers in progress are not waited for. Never rejects. A client may connect again; whether it is let in is for authentication to say.
   * @param reason a text is for the log, and the client reads `DISCONNECTED_BY_SERVER`; of an `ApplicationError` it reads code and sentence
   */
  disconnect(reason?: EndReason): Promise<void>;
}

/** A subscription of a client, to whatever answers it: broker, user destination or controller (Spring: `SimpSubscription`). */
export interface SimpSubscription {
  readonly id: string;
  /** As the client wrote it: `/user/queue/errors`, not its translation. */
  readonly destination: string;
  readonly session: SimpSession;
  /**
   * Ends the subscription, as an UNSUBSCRIBE of the client would, in the order of the session's frames: behind those that have come. The client is told
   * by an `ErrorNotice` with the subscription's id at `/user/queue/errors`, as STOMP has no frame for it. It may still send its own UNSUBSCRIBE, and may
   * subscribe again; whether it may is for an interceptor to say.
   * @param reason a text is for the log, and the client reads `UNSUBSCRIBED_BY_SERVER`; of an `ApplicationError` it reads code, sentence and details
   * @returns false when it has ended already
   */
  unsubscribe(reason?: EndReason): boolean;
}

/** The registry's own side of a `SimpUser`. */
export class ConnectedUser implements SimpUser {
  readonly principal: Principal;
  readonly #sessions = new Map<string, SimpSession>();
  #snapshot: readonly SimpSession[] | undefined;

  constructor(principal: Principal) {
    this.principal = principal;
  }

  get name(): string {
    return userNameOf(this.principal);
  }

  get sessions(): readonly SimpSession[] {
    return (this.#snapshot ??= [...this.#sessions.values()]);
  }

  getSession(sessionId: string): SimpSession | undefined {
    return this.#sessions.get(sessionId);
  }

  async disconnect(reason?: EndReason): Promise<number> {
    const { sessions } = this; // those of now: each leaves while it is ended
    await Promise.all(sessions.map((session) => session.disconnect(reason)));
    return sessions.length;
  }

  unsubscribe(destination: string, reason?: EndReason): number {
    const subscriptions = this.sessions.flatMap((session) => session.subscriptions);
    const meant = subscriptions.filter((subscription) => subscription.destination === destination);
    return meant.filter((subscription) => subscription.unsubscribe(reason)).length;
  }

  add(session: SimpSession): void {
    this.#sessions.set(session.id, session);
    this.#snapshot = undefined;
  }

  remove(session: SimpSession): void {
    this.#sessions.delete(session.id);
    this.#snapshot = undefined;
  }
}

/** The registry's own side of a `SimpSession`. */
export class ConnectedSession implements SimpSession {
  readonly id: string;
  readonly user: ConnectedUser | undefined;
  readonly #context: SessionContext;
  readonly #subscriptions = new Map<string, SimpSubscription>();

  constructor(context: SessionContext, user: ConnectedUser | undefined) {
    this.id = context.id;
    this.user = user;
    this.#context = context;
  }

  get subscriptions(): readonly SimpSubscription[] {
    return [...this.#subscriptions.values()];
  }

  get connectedAt(): Date {
    return this.#context.connectedAt;
  }

  get transport(): string {
    return this.#context.transport;
  }

  get remoteAddress(): string | undefined {
    return this.#context.handshake.remoteAddress;
  }

  get version(): '1.0' | '1.1' | '1.2' {
    return this.#context.version;
  }

  get isCongested(): boolean {
    return this.#context.isCongested;
  }

  getSubscription(subscriptionId: string): SimpSubscription | undefined {
    return this.#subscriptions.get(subscriptionId);
  }

  disconnect(reason: EndReason = 'the application disconnected it'): Promise<void> {
    return this.#context.disconnect(reason);
  }

  add(id: string, destination: string, ticket: SubscriptionTicket | undefined): void {
    const context = this.#context;
    this.#subscriptions.set(id, {
      id,
      destination,
      session: this,
      unsubscribe: (reason = 'the application ended it') => context.unsubscribe(id, reason, ticket),
    });
  }

  remove(subscriptionId: string): void {
    this.#subscriptions.delete(subscriptionId);
  }
}
