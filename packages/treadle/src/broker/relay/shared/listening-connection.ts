import { type Awaitable, rethrow, whenSettled } from '../../../foundation/awaitable.js';
import type { Timer } from '../../../foundation/clock.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { Subscription } from '../../delivery/subscription.js';
import { hasCode } from '../link/link-errors.js';
import { receivedMessage } from '../relayed-message.js';
import { endBehindItsFrames, type SharedConnectionParts, SharedLink } from './shared-link.js';
import { SharedSubscriptions } from './shared-subscriptions.js';

/**
 * One of the connections that listen for many clients: their topic subscriptions, one at the broker for each destination. Nothing is sent over it, so that a broker
 * that takes no messages at present (RabbitMQ's memory alarm), or refuses one, has nothing against it.
 *
 * **Loss.** With `onBrokerLoss: 'close'` the sessions that listened here end. When the broker ended it with an ERROR their subscriptions come back as with `'hold'`,
 * and only if there is no connection after `holdTimeMs` they end.
 */
export class ListeningConnection {
  readonly link: SharedLink;
  readonly #parts: SharedConnectionParts;
  readonly #subscriptions: SharedSubscriptions;
  /** Those who lost something and know it, until it is back. */
  #affected: ReadonlySet<SessionContext> = new Set();
  /** Runs while it is away because of an ERROR, and the innocent wait for it. */
  #patience: Timer | undefined;

  /** @param name for logs */
  constructor(name: string, parts: SharedConnectionParts) {
    this.#parts = parts;
    this.link = new SharedLink(name, parts, {
      onUp: () => this.#up(),
      onDown: (reason) => this.#down(reason),
    });
    this.#subscriptions = new SharedSubscriptions({
      link: this.link.lasting,
      clock: parts.context.clock,
      deliveries: parts.deliveries,
      ids: parts.ids,
      read: (message, destination, dialect) =>
        receivedMessage(message, { dialect, destination, senders: parts.senders }),
    });
  }

  /** Resolves when nothing is open any more. */
  async stop(): Promise<void> {
    this.#patience?.cancel();
    this.#subscriptions.endIdle();
    await this.link.lasting.stop();
  }

  /** Adds a listener to its destination. Settles, and fails, as `SharedSubscription.join`. */
  listen(listener: Subscription): Awaitable<void> {
    this.link.requireHope();
    return whenSettled(
      () => this.#subscriptions.join(listener),
      (error) => {
        const { session } = listener;
        // Refused by the end of the connection: this is what it was ended for.
        if (hasCode(error, 'BROKER_REFUSED') && !this.link.isUp) this.#parts.suspects.add(session);
        this.link.endIfLost(session, error);
        rethrow(error);
      },
    );
  }

  /** Takes a listener away; does nothing when it is not one. */
  leave(listener: Subscription): void {
    this.#subscriptions.leave(listener);
  }

  #up(): void {
    this.#patience?.cancel();
    this.#patience = undefined;
    const affected = this.#affected;
    this.#affected = new Set();
    this.#parts.notices.restored(affected, 'subscriptions are back');
  }

  #down(reason: Error): void {
    const { settings, notices } = this.#parts;
    const sessions = this.#subscriptions.sessions();
    if (settings.onBrokerLoss === 'close' && !this.link.hasErred) return this.#endSessions(sessions, reason);
    this.#affected = sessions;
    notices.lost(sessions, 'what is sent meanwhile does not arrive');
    if (settings.onBrokerLoss === 'close') this.#beginPatience(reason);
  }

  #beginPatience(reason: Error): void {
    const { context, settings } = this.#parts;
    this.#patience = context.clock.setTimeout(() => {
      this.#patience = undefined;
      if (this.link.lasting.isRestoring) this.#beginPatience(reason);
      else this.#endSessions(this.#subscriptions.sessions(), reason);
    }, settings.holdTimeMs);
  }

  /** A SUBSCRIBE that was unanswered has lost nothing yet: it is made on the next link, or fails in its time. */
  #endSessions(sessions: Iterable<SessionContext>, reason: Error): void {
    for (const session of this.#affected) this.#parts.notices.forget(session);
    this.#affected = new Set();
    const detail = `a shared connection to the broker was lost: ${reason.message}`;
    for (const session of sessions) endBehindItsFrames(session, detail);
  }
}
