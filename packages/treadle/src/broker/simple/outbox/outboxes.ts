import { asError } from '../../../foundation/error-text.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { BrokerContext } from '../../broker.js';
import type { DeliveryWindow } from '../../delivery/acknowledgement/delivery-window.js';
import type { BrokerCounters } from '../../delivery/broker-counters.js';
import { DropReport } from './drop-report.js';
import { Outbox, type OutboxStart } from './outbox.js';
import type { OutboxServices } from './outbox-services.js';
import { SessionBudget } from './session-budget.js';
import { keyOf } from './slow-consumer.js';

/** Makes outboxes, and knows how much waits for each session. */
export class Outboxes {
  readonly #services: OutboxServices;
  readonly #report: DropReport;
  readonly #mostOctets: number;
  readonly #budgets = new WeakMap<SessionContext, SessionBudget>();

  constructor({ clock, logger, limits }: Pick<BrokerContext, 'clock' | 'logger' | 'limits'>, counters: BrokerCounters) {
    const report = new DropReport(clock, logger);
    this.#report = report;
    this.#mostOctets = limits.sendBufferOctets;
    this.#services = {
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
      onExpired: () => (counters.expired += 1),
    };
  }

  /** @param window of a subscription that has no outbox */
  create(window: DeliveryWindow, start?: OutboxStart): Outbox {
    return new Outbox(window, this.#services, this.#budgetOf(window.subscription.session), start);
  }

  /** No timer is left. */
  stop(): void {
    this.#report.stop();
  }

  #budgetOf(session: SessionContext): SessionBudget {
    const known = this.#budgets.get(session);
    if (known) return known;
    const budget = new SessionBudget(this.#mostOctets);
    this.#budgets.set(session, budget);
    return budget;
  }
}
