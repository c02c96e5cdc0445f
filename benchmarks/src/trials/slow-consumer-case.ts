import type { ConsumerPolicy, Offender } from './consumer-policies.js';

/** One policy beside one offender, once. */
export interface SlowConsumerCase {
  readonly policy: ConsumerPolicy;
  readonly offender: Offender;
  /** Of the messages to the healthy consumers, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** What the server's process holds more than beside no offender, in KiB, while the offender is as it is. */
  readonly heldKibibytes: number;
  /** What became of the offender. */
  readonly outcome: string;
}
