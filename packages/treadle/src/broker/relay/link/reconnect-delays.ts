/** How long to wait before a connection is tried again, in milliseconds. */
export interface ReconnectDelaysOptions {
  /** Before the first attempt. */
  readonly reconnectDelayMs: number;
  /** The longest there is. */
  readonly maxReconnectDelayMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/**
 * Exponential back-off with jitter: each delay is twice the one before, up to the longest, and shortened by up to a half at random, so that the servers and
 * sessions that lost one broker together do not come back together.
 */
export class ReconnectDelays {
  readonly #options: ReconnectDelaysOptions;
  #attempts = 0;

  constructor(options: ReconnectDelaysOptions) {
    this.#options = options;
  }

  /** Milliseconds before the next attempt. */
  next(): number {
    const { reconnectDelayMs, maxReconnectDelayMs, random } = this.#options;
    const delay = Math.min(reconnectDelayMs * 2 ** this.#attempts, maxReconnectDelayMs);
    this.#attempts += 1;
    return delay * (1 - random() / 2);
  }

  /** A link is lost that was up for so many milliseconds. Longer than the longest delay, and all begins anew: a broker that takes us and drops us does not. */
  stood(milliseconds: number): void {
    if (milliseconds >= this.#options.maxReconnectDelayMs) this.#attempts = 0;
  }
}
