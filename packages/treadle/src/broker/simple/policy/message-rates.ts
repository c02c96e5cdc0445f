import type { Clock } from '../../../foundation/clock.js';

/** What is left of one destination's rate. */
interface Bucket {
  tokens: number;
  filledAt: number;
}

const SECOND_MS = 1000;

/** Destinations in use at one time before those used longest ago are forgotten: clients choose their names. */
const MOST_BUCKETS = 10_000;

/**
 * Messages per second by destination, as token buckets that hold one second's worth and one message at least. They are kept in two generations, each
 * as long as the slowest bucket takes to fill: what was not used during the last one is full and needs no memory. That takes no timer, and nobody
 * looks at each.
 */
export class MessageRates {
  readonly #clock: Clock;
  #recent = new Map<string, Bucket>();
  #before = new Map<string, Bucket>();
  #begunAt = -Infinity;
  #generationMs = SECOND_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one message of a destination; false when its rate is exceeded. */
  take(destination: string, perSecond: number): boolean {
    const now = this.#clock.now();
    const holds = Math.max(1, perSecond);
    this.#generationMs = Math.max(this.#generationMs, (SECOND_MS * holds) / perSecond);
    const bucket = this.#bucketOf(destination, now, holds);
    bucket.tokens = Math.min(holds, bucket.tokens + ((now - bucket.filledAt) * perSecond) / SECOND_MS);
    bucket.filledAt = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #bucketOf(destination: string, now: number, holds: number): Bucket {
    if (now - this.#begunAt >= this.#generationMs || this.#recent.size >= MOST_BUCKETS) this.#beginGeneration(now);
    const recent = this.#recent.get(destination);
    if (recent) return recent;
    const bucket = this.#before.get(destination) ?? { tokens: holds, filledAt: now };
    this.#recent.set(destination, bucket);
    return bucket;
  }

  #beginGeneration(now: number): void {
    this.#before = this.#recent;
    this.#recent = new Map();
    this.#begunAt = now;
  }
}
