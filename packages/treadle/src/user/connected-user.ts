import type { Principal } from '../messaging/session-context.js';
import type { EndReason } from '../messaging/session-control.js';
import type { SimpSession, SimpUser } from './simp-user.js';

/** The registry's own side of a `SimpUser`. */
export class ConnectedUser implements SimpUser {
  readonly name: string;
  /** Of the first session on this server; `undefined` while all are elsewhere. */
  #principal: Principal | undefined;
  #localCount = 0;
  readonly #sessions = new Map<string, SimpSession>();
  #snapshot: readonly SimpSession[] | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get principal(): Principal {
    return this.#principal ?? { name: this.name };
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
    // Another server that did not answer in time may not have ended its own.
    return sessions.filter(({ id, server }) => server === undefined || !this.#sessions.has(id)).length;
  }

  unsubscribe(destination: string, reason?: EndReason): number {
    const subscriptions = this.sessions.flatMap((session) => session.subscriptions);
    const meant = subscriptions.filter((subscription) => subscription.destination === destination);
    return meant.filter((subscription) => subscription.unsubscribe(reason)).length;
  }

  /** @param principal of a session of this server */
  add(session: SimpSession, principal: Principal | undefined): void {
    this.#sessions.set(session.id, session);
    this.#snapshot = undefined;
    if (session.server !== undefined) return;
    this.#localCount += 1;
    this.#principal ??= principal;
  }

  remove(session: SimpSession): void {
    if (!this.#sessions.delete(session.id)) return;
    this.#snapshot = undefined;
    if (session.server !== undefined) return;
    this.#localCount -= 1;
    // What it was authenticated as on another server is known to that one alone.
    if (this.#localCount === 0 && this.#sessions.size > 0) this.#principal = undefined;
  }
}
