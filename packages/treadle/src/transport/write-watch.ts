import type { Clock, Timer } from '../foundation/clock.js';

/** Notices when a peer took nothing of what was written to it for too long. A peer that takes a chunk gets the full time anew. */
export class WriteWatch {
  readonly #clock: Clock;
  readonly #milliseconds: number;
  readonly #onStalled: () => void;
  #unwritten = 0;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(clock: Clock, milliseconds: number, onStalled: () => void) {
    this.#clock = clock;
    this.#milliseconds = milliseconds;
    this.#onStalled = onStalled;
  }

  /** A chunk was handed over to be written; `ended` must be called when that is done. */
  began(): void {
    this.#unwritten += 1;
  }

  /** The operating system took a chunk. Bound, to be handed over as the callback of a write. */
  readonly ended = (): void => {
    this.#unwritten -= 1;
    if (!this.#timer) return;
    this.#timer.cancel();
    this.#timer = undefined;
    if (this.#unwritten > 0) this.start();
  };

  /** Starts the time, unless it runs already. */
  start(): void {
    if (!this.#isStopped) this.#timer ??= this.#clock.setTimeout(this.#onStalled, this.#milliseconds);
  }

  /** Ends the watch for good. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
