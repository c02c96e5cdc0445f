import type { Cents } from '../money.js';
import type { Quote } from './quote.js';

/** Where prices go: the simulation at random, a test where it wants. */
export abstract class MarketMovement {
  /** The price after this one; the same when the stock was not traded. */
  abstract nextPrice(quote: Quote): Cents;
}

/** How far a price goes in one step, as a part of itself: about two thirds of the steps stay below. */
const STEP = 0.0035;
/** How strongly a price is drawn back to where the day began, so that a demo that runs for days shows prices one believes. */
const PULL = 0.004;
const LOWEST: Cents = 100;

/** A random walk that never leaves the neighbourhood of the opening price for long. */
export class RandomWalk extends MarketMovement {
  readonly #random: () => number;

  /** @param random numbers from 0 up to, not including, 1 */
  constructor(random: () => number = Math.random) {
    super();
    this.#random = random;
  }

  nextPrice({ price, open }: Quote): Cents {
    if (this.#random() < 0.3) return price;
    // The sum of three is close enough to a normal distribution.
    const chance = (this.#random() + this.#random() + this.#random() - 1.5) * 2;
    const pull = PULL * (open / price - 1);
    return Math.max(LOWEST, Math.round(price * (1 + chance * STEP + pull)));
  }
}
