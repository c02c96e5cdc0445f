import type { ErrorCode } from '../../foundation/errors.js';
import type { BrokerStats } from '../broker.js';

/** Counts what the broker does with messages; see `BrokerStats` for what each number means. */
export class BrokerCounters {
  published = 0;
  delivered = 0;
  redelivered = 0;
  acknowledged = 0;
  rejected = 0;
  deadLettered = 0;
  expired = 0;
  dropped = 0;
  readonly #refused = new Map<ErrorCode, number>();

  /** A message was not accepted. */
  refused(code: ErrorCode): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  /** The numbers of this moment. */
  describe(): BrokerStats['messages'] {
    const { published, delivered, redelivered, acknowledged, rejected, deadLettered, expired, dropped } = this;
    return {
      published,
      delivered,
      redelivered,
      acknowledged,
      rejected,
      deadLettered,
      expired,
      dropped,
      refusedByCode: Object.fromEntries(this.#refused),
    };
  }
}
