import type { Principal } from '../messaging/session-context.js';

/** A user with at least one session (Spring: `SimpUser`). A live view: once the last session has gone it has none. */
export interface SimpUser {
  /** The name of the principal, as in user destinations. */
  readonly name: string;
  /** As authentication returned it for the user's first session of now. */
  readonly principal: Principal;
  /** Those of the moment of asking, in the order they connected. */
  readonly sessions: readonly SimpSession[];
  getSession(sessionId: string): SimpSession | undefined;
}

/** A client session that has connected (Spring: `SimpSession`). A live view. */
export interface SimpSession {
  readonly id: string;
  /** `undefined` for an anonymous session. */
  readonly user: SimpUser | undefined;
  /** Those of the moment of asking, in the order they were made. */
  readonly subscriptions: readonly SimpSubscription[];
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
    return this.principal.name;
  }

  get sessions(): readonly SimpSession[] {
    return (this.#snapshot ??= [...this.#sessions.values()]);
  }

  getSession(sessionId: string): SimpSession | undefined {
    return this.#sessions.get(sessionId);
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
  readonly #subscriptions = new Map<string, SimpSubscription>();

  constructor(id: string, user: ConnectedUser | undefined) {
    this.id = id;
    this.user = user;
  }

  get subscriptions(): readonly SimpSubscription[] {
    return [...this.#subscriptions.values()];
  }

  add(subscriptionId: string, destination: string): void {
    this.#subscriptions.set(subscriptionId, { id: subscriptionId, destination, session: this });
  }

  remove(subscriptionId: string): void {
    this.#subscriptions.delete(subscriptionId);
  }
}
