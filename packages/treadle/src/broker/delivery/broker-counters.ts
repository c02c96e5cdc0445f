import { type ErrorCode, MessageRejectedError } from '../../foundation/errors.js';
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

  /** Runs `accept`, which takes a message or refuses it, and counts either. */
  accepting<T>(accept: () => T): T {
    try {
      const result = accept();
      this.published += 1;
      return result;
    } catch (error) {
      if (error instanceof MessageRejectedError) this.refused(error.code);
      throw error;
    }
  }

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
