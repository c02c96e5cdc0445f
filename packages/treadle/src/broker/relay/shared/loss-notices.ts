import type { SessionContext } from '../../../messaging/session-context.js';
import type { BrokerContext } from '../../broker.js';

/** Tells sessions that what they have over shared connections is away, and back again: once each, however many connections that are. */
export class LossNotices {
  readonly #tell: BrokerContext['tell'];
  /** How many of the connections are away that a session has something on. */
  readonly #away = new Map<SessionContext, number>();

  constructor(tell: BrokerContext['tell']) {
    this.#tell = tell;
  }

  /** A connection was lost. @param sessions that have something on it */
  lost(sessions: Iterable<SessionContext>, detail: string): void {
    for (const session of sessions) {
      const count = this.#away.get(session) ?? 0;
      this.#away.set(session, count + 1);
      if (count === 0) this.#tell(session, 'BROKER_UNAVAILABLE', detail);
    }
  }

  /** It is back. @param sessions those of `lost` */
  restored(sessions: Iterable<SessionContext>, detail: string): void {
    for (const session of sessions) {
      const count = this.#away.get(session);
      if (count === undefined) continue;
      if (count > 1) {
        this.#away.set(session, count - 1);
      } else {
        this.#away.delete(session);
        this.#tell(session, 'SUBSCRIPTIONS_RESTORED', detail);
      }
    }
  }

  /** It has ended. */
  forget(session: SessionContext): void {
    this.#away.delete(session);
  }
}
