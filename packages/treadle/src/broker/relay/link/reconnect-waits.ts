import type { Clock } from '../../../foundation/clock.js';
import type { BrokerReturns } from './broker-returns.js';
import { ReconnectDelays, type ReconnectDelaysOptions } from './reconnect-delays.js';

// So many links need not come back in the very same moment.
const HURRY_WITHIN_MS = 1_000;

/** What the waits of one link are made of. */
export interface ReconnectWaitsOptions extends ReconnectDelaysOptions {
  readonly clock: Clock;
  readonly returns: BrokerReturns;
}

/** A link waits until it is time to connect again. */
export interface ReconnectWait {
  /** As long as this, unless the broker is back sooner. */
  readonly delayMs: number;
  readonly over: Promise<void>;
  /** It is over at once. */
  end(): void;
}

/**
 * The waits of one link before it tries again: each its delay, or less when another link has found the broker back; then within a second, at random. A link that was
 * hurried so waits its whole time the next time: what is refused again and again does not try more than twice as often for others' successes.
 */
export class ReconnectWaits {
  readonly #options: ReconnectWaitsOptions;
  readonly #delays: ReconnectDelays;
  #wasHurried = false;

  constructor(options: ReconnectWaitsOptions) {
    this.#options = options;
    this.#delays = new ReconnectDelays(options);
  }

  /** Begins the next one; the one before is over. */
  begin(): ReconnectWait {
    const { clock, returns } = this.#options;
    const delayMs = this.#delays.next();
    const endsAt = clock.now() + delayMs;
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      let timer = clock.setTimeout(() => end(), delayMs);
      const stopListening = this.#onReturn(returns, () => {
        timer.cancel();
        timer = clock.setTimeout(() => end(), this.#hurried(endsAt - clock.now()));
      });
      end = () => {
        timer.cancel();
        stopListening();
        resolve();
      };
    });
    return { delayMs, over, end: () => end() };
  }

  /** As of `ReconnectDelays`. */
  stood(milliseconds: number): void {
    this.#delays.stood(milliseconds);
  }

  #onReturn(returns: BrokerReturns, hurry: () => void): () => void {
    if (this.#wasHurried) {
      this.#wasHurried = false;
      return () => undefined;
    }
    return returns.next(hurry);
  }

  #hurried(milliseconds: number): number {
    this.#wasHurried = true;
    return Math.min(milliseconds, this.#options.random() * HURRY_WITHIN_MS);
  }
}
