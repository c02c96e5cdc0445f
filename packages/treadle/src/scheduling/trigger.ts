import type { Clock } from '../foundation/clock.js';

/** Says when a scheduled method runs next. One per schedule: it keeps the time of the next run. */
export interface Trigger {
  /** For people: `every 1000 ms`. */
  readonly text: string;
  /** The application has started: settles the first run. */
  begin(clock: Clock): void;
  /** A run has ended: settles the next one. Returns how many runs were due meanwhile and are left out. */
  advance(clock: Clock): number;
  /** Milliseconds to the next run, 0 or less when it is due; `undefined`: there is none. */
  remaining(clock: Clock): number | undefined;
}
