import { type Principal, type SessionContext, userNameOf } from '../messaging/session-context.js';

/** A user with at least one session (Spring: `SimpUser`). A live view: once the last session has gone it has none. */
export interface SimpUser {
  /** The name in user destinations: `destinationUserName` of the principal where it has one, else its `name`. */
  readonly name: string;
  /** As authentication returned it for the user's first session of now. */
  readonly principal: Principal;
  /** Those of the moment of asking, in the order they connected. */
  readonly sessions: readonly SimpSession[];
  getSession(sessionId: string): SimpSession | undefined;
  /** Ends every session of the user, as `SimpSession.disconnect`. @returns how many those were */
  disconnect(reason?: string): number;
}

/** A client session that has connected (Spring: `SimpSession`). A live view. */
export interface SimpSession {
  readonly id: string;
  /** `undefined` for an anonymous session. */
  readonly user: SimpUser | undefined;
  /** Those of the moment of asking, in the order they were made. */
  readonly subscriptions: readonly SimpSubscription[];
  /**
   * Ends the session: the client gets ERROR `DISCONNECTED_BY_SERVER`, then the connection closes. Does nothing when it has ended already. A
   * client may connect again; whether it is let in is for authentication to say.
   * @param reason for the log; the client does not see it
   */
  disconnect(reason?: string): void;
}

/** A subscription of a client, to whatever answers it: broker, user destination or controller (Spring: `SimpSubscription`). */
export interface SimpSubscription {
  readonly id: string;
  /** As the client wrote it: `/user/queue/errors`, not its translation. */
  readonly destination: string;
  readonly session: SimpSession;
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

  disconnect(reason?: string): number {
    const { sessions } = this; // those of now: each leaves while it is ended
    for (const session of sessions) session.disconnect(reason);
    return sessions.length;
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

  disconnect(reason = 'the application disconnected it'): void {
    this.#context.fail('DISCONNECTED_BY_SERVER', reason);
  }

  add(subscriptionId: string, destination: string): void {
    this.#subscriptions.set(subscriptionId, { id: subscriptionId, destination, session: this });
  }

  remove(subscriptionId: string): void {
    this.#subscriptions.delete(subscriptionId);
  }
}
