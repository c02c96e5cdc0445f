import type { Clock } from '../foundation/clock.js';
import { MessageRejectedError } from '../foundation/errors.js';
import { TokenBucket } from '../foundation/token-bucket.js';

/** What one client may send, on average and in one burst of a second's worth; `Infinity` for no limit. */
export interface InboundRateLimits {
  readonly framesPerSecond: number;
  readonly octetsPerSecond: number;
}

/**
 * The rates of one session's client. What the client sends while the server does not read it comes at once later: that time is worth as much as any
 * other, so what could have come in it may come behind it.
 */
export class InboundRates {
  readonly #limits: InboundRateLimits;
  readonly #clock: Clock;
  readonly #frames: TokenBucket | undefined;
  readonly #octets: TokenBucket | undefined;

  private constructor(limits: InboundRateLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#frames = bucketOf(limits.framesPerSecond, clock);
    this.#octets = bucketOf(limits.octetsPerSecond, clock);
  }

  /** `undefined` where nothing is limited: most applications then pay nothing. */
  static of(limits: InboundRateLimits, clock: Clock): InboundRates | undefined {
    const isLimited = limits.framesPerSecond < Infinity || limits.octetsPerSecond < Infinity;
    return isLimited ? new InboundRates(limits, clock) : undefined;
  }

  /** Counts octets that came, of heart-beats too. @throws MessageRejectedError `OCTET_RATE_EXCEEDED` */
  countOctets(octets: number): void {
    if (!this.#octets || this.#octets.take(octets, this.#clock.now())) return;
    const detail = `${octets} octets came, and ${this.#limits.octetsPerSecond} per second are allowed`;
    throw new MessageRejectedError(detail, { code: 'OCTET_RATE_EXCEEDED' });
  }

  /** Counts a frame; a heart-beat is none. @throws MessageRejectedError `FRAME_RATE_EXCEEDED` */
  countFrame(): void {
    if (!this.#frames || this.#frames.take(1, this.#clock.now())) return;
    const detail = `${this.#limits.framesPerSecond} frames per second are allowed`;
    throw new MessageRejectedError(detail, { code: 'FRAME_RATE_EXCEEDED' });
  }

  /** The client is not read from now on. */
  paused(): void {
    const now = this.#clock.now();
    this.#frames?.keepAll(now);
    this.#octets?.keepAll(now);
  }

  /** The client is read again. */
  resumed(): void {
    const now = this.#clock.now();
    this.#frames?.overflow(now);
    this.#octets?.overflow(now);
  }
}

function bucketOf(perSecond: number, clock: Clock): TokenBucket | undefined {
  return perSecond === Infinity ? undefined : new TokenBucket(perSecond, clock.now());
}
