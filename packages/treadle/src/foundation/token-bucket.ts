const SECOND_MS = 1000;

/** Allows so much per second on average: it holds what one second is worth, so a burst of that passes at once. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #tokens: number;
  #filledAt: number;
  #overflows = true;

  /**
   * @param perSecond above 0; one token fits in at least
   * @param now milliseconds, as `Clock.now`; it begins full
   */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#capacity = Math.max(1, perSecond);
    this.#tokens = this.#capacity;
    this.#filledAt = now;
  }

  /** Takes so many; false, and takes none, when there are not enough. More than one second is worth are never enough, unless it was told to keep them. */
  take(count: number, now: number): boolean {
    this.#fill(now);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }

  /** Holds as much as comes, from now on: for a time in which nobody can take. */
  keepAll(now: number): void {
    this.#fill(now);
    this.#overflows = false;
  }

  /** Holds no more than one second is worth again; what it has beyond that stays until it is taken. */
  overflow(now: number): void {
    this.#fill(now);
    this.#overflows = true;
  }

  #fill(now: number): void {
    const filled = this.#tokens + ((now - this.#filledAt) * this.#perSecond) / SECOND_MS;
    this.#tokens = this.#overflows ? Math.min(Math.max(this.#capacity, this.#tokens), filled) : filled;
    this.#filledAt = now;
  }
}
