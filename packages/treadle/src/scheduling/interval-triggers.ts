import type { Clock } from '../foundation/clock.js';
import type { Trigger } from './trigger.js';

/**
 * The ticks lie on a grid that begins with the first run. A run that takes longer than a period is followed at once by one late run; further
 * ticks that passed meanwhile are left out, where Java's scheduler would make up for each of them in a burst.
 */
export class FixedRateTrigger implements Trigger {
  readonly text: string;
  readonly #period: number;
  readonly #initialDelay: number;
  #due = 0;

  constructor(period: number, initialDelay: number) {
    this.text = `every ${period} ms`;
    this.#period = period;
    this.#initialDelay = initialDelay;
  }

  begin(clock: Clock): void {
    this.#due = clock.now() + this.#initialDelay;
  }

  advance(clock: Clock): number {
    this.#due += this.#period;
    const leftOut = Math.max(0, Math.floor((clock.now() - this.#due) / this.#period));
    this.#due += leftOut * this.#period;
    return leftOut;
  }

  remaining(clock: Clock): number {
    return this.#due - clock.now();
  }
}

/** The pause between two runs is always the same. */
export class FixedDelayTrigger implements Trigger {
  readonly text: string;
  readonly #delay: number;
  readonly #initialDelay: number;
  #due = 0;

  constructor(delay: number, initialDelay: number) {
    this.text = `${delay} ms after the last run`;
    this.#delay = delay;
    this.#initialDelay = initialDelay;
  }

  begin(clock: Clock): void {
    this.#due = clock.now() + this.#initialDelay;
  }

  advance(clock: Clock): number {
    this.#due = clock.now() + this.#delay;
    return 0;
  }

  remaining(clock: Clock): number {
    return this.#due - clock.now();
  }
}
