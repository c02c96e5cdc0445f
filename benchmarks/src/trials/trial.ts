import type { ConsumerPolicy, Offender } from './consumer-policies.js';

/** One policy beside one offender, once. */
export interface TrialCase {
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

/** A question whose answer is no rate; there is one, about slow consumers. */
export interface Trial {
  /** Short name, for `--only` and the table. */
  readonly name: string;
  /** What happens, in a line. */
  readonly description: string;
  /** Seconds that all cases take once, roughly. */
  takes(durations: TrialDurations): number;
  /** All cases once. @throws Error when a healthy consumer loses a message, or the offender does not get what its policy says */
  run(durations: TrialDurations): Promise<readonly TrialCase[]>;
}

/** How long one case is driven. */
export interface TrialDurations {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}
