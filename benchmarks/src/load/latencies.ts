/** Times between sending and arriving. */
export class Latencies {
  readonly #sentAt: number[] = [];
  readonly #milliseconds: number[] = [];

  /** Message number `sequence` is sent now; numbers follow each other from 0. */
  sent(sequence: number): void {
    this.#sentAt[sequence] = performance.now();
  }

  /** Message number `sequence` has arrived at one of its receivers. */
  arrived(sequence: number): void {
    this.#milliseconds.push(performance.now() - (this.#sentAt[sequence] ?? NaN));
  }

  /** Milliseconds that so many of a hundred arrivals took at most. @throws RangeError without arrivals */
  percentile(percent: number): number {
    const sorted = this.#milliseconds.toSorted((left, right) => left - right);
    const value = sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
    if (value === undefined) throw new RangeError('nothing arrived');
    return value;
  }
}
