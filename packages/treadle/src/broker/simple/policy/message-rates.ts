import type { Clock } from '../../../foundation/clock.js';
import { TokenBucket } from '../../../foundation/token-bucket.js';

const SECOND_MS = 1000;

/** Destinations in use at one time before those used longest ago are forgotten: clients choose their names. */
const MOST_BUCKETS = 10_000;

/**
 * Messages per second by destination. The buckets are kept in two generations, each as long as the slowest bucket takes to fill: what was not used
 * during the last one is full and needs no memory. That takes no timer, and nobody looks at each.
 */
export class MessageRates {
  readonly #clock: Clock;
  #recent = new Map<string, TokenBucket>();
  #before = new Map<string, TokenBucket>();
  #begunAt = -Infinity;
  #generationMs = SECOND_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one message of a destination; false when its rate is exceeded. @param perSecond always the same for one destination */
  take(destination: string, perSecond: number): boolean {
    const now = this.#clock.now();
    // A bucket holds one message at least.
    this.#generationMs = Math.max(this.#generationMs, SECOND_MS / perSecond);
    if (now - this.#begunAt >= this.#generationMs || this.#recent.size >= MOST_BUCKETS) this.#beginGeneration(now);
    return this.#bucketOf(destination, perSecond, now).take(1, now);
  }

  #bucketOf(destination: string, perSecond: number, now: number): TokenBucket {
    const recent = this.#recent.get(destination);
    if (recent) return recent;
    const bucket = this.#before.get(destination) ?? new TokenBucket(perSecond, now);
    this.#recent.set(destination, bucket);
    return bucket;
  }

  #beginGeneration(now: number): void {
    this.#before = this.#recent;
    this.#recent = new Map();
    this.#begunAt = now;
  }
}
