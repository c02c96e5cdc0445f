import { asError } from '../../../foundation/error-text.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { BrokerContext } from '../../broker.js';
import type { DeliveryWindow } from '../acknowledgement/delivery-window.js';
import type { BrokerCounters } from '../broker-counters.js';
import { DropReport } from './drop-report.js';
import { Outbox, type OutboxServices, type OutboxStart, type WaitingOctets } from './outbox.js';
import { keyOf } from './slow-consumer.js';

/** Makes outboxes, and knows how much waits for each session. */
export class Outboxes {
  readonly #services: OutboxServices;
  readonly #report: DropReport;
  readonly #ofSessions = new WeakMap<SessionContext, WaitingOctets>();

  constructor({ clock, logger, limits }: Pick<BrokerContext, 'clock' | 'logger' | 'limits'>, counters: BrokerCounters) {
    const report = new DropReport(clock, logger);
    this.#report = report;
    this.#services = {
      mostOctets: limits.sendBufferOctets,
      isPast: (moment) => moment !== Infinity && moment <= clock.wallTime(),
      keyOf(published, policy) {
        try {
          return keyOf(published, policy);
        } catch (thrown) {
          logger.error('latestByKey threw', { destination: published.destination, error: asError(thrown) });
          return undefined;
        }
      },
      onDropped(published, session) {
        counters.dropped += 1;
        if (session) report.add(published, session);
      },
      onLost: (count) => (counters.dropped += count),
      onExpired: () => (counters.expired += 1),
    };
  }

  /** @param window of a subscription that has no outbox */
  create(window: DeliveryWindow, start?: OutboxStart): Outbox {
    return new Outbox(window, this.#services, this.#waitingFor(window.subscription.session), start);
  }

  /** No timer is left. */
  stop(): void {
    this.#report.stop();
  }

  #waitingFor(session: SessionContext): WaitingOctets {
    const known = this.#ofSessions.get(session);
    if (known) return known;
    const waiting = { octets: 0 };
    this.#ofSessions.set(session, waiting);
    return waiting;
  }
}
