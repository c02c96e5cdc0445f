/** How long nothing may arrive before what is due counts as lost, in milliseconds. */
export const STALLED_AFTER_MS = 10_000;

/** One run of a traffic: says when to stop sending, and notices the last due message or that it never comes. */
export class Run {
  /** False once the time is over: nothing new may be sent. */
  isSending = true;
  readonly #due: () => number;
  readonly #stalledAfter: number;
  #hasProgressed = true;
  #resolve: () => void = () => {};

  /** `due` tells how many messages have yet to arrive; `stalledAfter` is in milliseconds, default 10 s. */
  constructor(due: () => number, stalledAfter = STALLED_AFTER_MS) {
    this.#due = due;
    this.#stalledAfter = stalledAfter;
  }

  /** Resolves when the time is over and nothing is due. @throws Error when nothing arrived for `stalledAfter`. */
  async end(seconds: number): Promise<void> {
    const timeOver = setTimeout(() => this.#stopSending(), seconds * 1_000);
    let watch: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#resolve = resolve;
        watch = setInterval(() => this.#checkProgress(reject), this.#stalledAfter);
      });
    } finally {
      clearTimeout(timeOver);
      clearInterval(watch);
    }
  }

  /** Called after each read that brought messages. */
  progressed(): void {
    this.#hasProgressed = true;
    if (!this.isSending && this.#due() === 0) {
      this.#resolve();
    }
  }

  #stopSending(): void {
    this.isSending = false;
    if (this.#due() === 0) {
      this.#resolve();
    }
  }

  #checkProgress(reject: (error: Error) => void): void {
    if (!this.#hasProgressed) {
      const seconds = this.#stalledAfter / 1_000;
      reject(new Error(`${this.#due()} messages are lost: nothing arrived for ${seconds} s`));
    }
    this.#hasProgressed = false;
  }
}
