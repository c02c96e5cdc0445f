import type { Clock } from '../foundation/clock.js';
import { MessageRejectedError } from '../foundation/errors.js';
import { TokenBucket } from '../foundation/token-bucket.js';

/** What one client may send, on average and in one burst of a second's worth; `Infinity` for no limit. */
export interface InboundRateLimits {
  readonly framesPerSecond: number;
  readonly octetsPerSecond: number;
}

/** The rates of one session's client. */
export class InboundRates {
  readonly #limits: InboundRateLimits;
  readonly #clock: Clock;
  readonly #frames: TokenBucket;
  readonly #octets: TokenBucket;

  private constructor(limits: InboundRateLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#frames = new TokenBucket(limits.framesPerSecond, clock.now());
    this.#octets = new TokenBucket(limits.octetsPerSecond, clock.now());
  }

  /** `undefined` where nothing is limited: most applications then pay nothing. */
  static of(limits: InboundRateLimits, clock: Clock): InboundRates | undefined {
    const isLimited = limits.framesPerSecond < Infinity || limits.octetsPerSecond < Infinity;
    return isLimited ? new InboundRates(limits, clock) : undefined;
  }

  /** Counts octets that came, of heart-beats too. @throws MessageRejectedError `OCTET_RATE_EXCEEDED` */
  countOctets(octets: number): void {
    if (this.#limits.octetsPerSecond === Infinity || this.#octets.take(octets, this.#clock.now())) return;
    const detail = `${octets} octets came, and ${this.#limits.octetsPerSecond} per second are allowed`;
    throw new MessageRejectedError(detail, { code: 'OCTET_RATE_EXCEEDED' });
  }

  /** Counts a frame; a heart-beat is none. @throws MessageRejectedError `FRAME_RATE_EXCEEDED` */
  countFrame(): void {
    if (this.#limits.framesPerSecond === Infinity || this.#frames.take(1, this.#clock.now())) return;
    const detail = `${this.#limits.framesPerSecond} frames per second are allowed`;
    throw new MessageRejectedError(detail, { code: 'FRAME_RATE_EXCEEDED' });
  }
}
