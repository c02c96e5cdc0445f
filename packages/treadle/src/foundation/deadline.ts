import type { Clock, Timer } from './clock.js';

/** A point in time, as a promise. Cancelled, it never comes. */
export class Deadline {
  readonly passed: Promise<void>;
  readonly #timer: Timer;

  constructor(clock: Clock, milliseconds: number) {
    let pass: () => void = () => undefined;
    this.passed = new Promise((resolve) => {
      pass = resolve;
    });
    this.#timer = clock.setTimeout(() => pass(), milliseconds);
  }

  cancel(): void {
    this.#timer.cancel();
  }
}
