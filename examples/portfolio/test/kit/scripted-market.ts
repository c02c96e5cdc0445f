import { MarketMovement } from '../../src/quotes/market-movement.js';
import type { Quote } from '../../src/quotes/quote.js';

/** Moves prices where a test wants them, at the next step of the market; all others stay. */
export class ScriptedMarket extends MarketMovement {
  readonly #next = new Map<string, number>();

  /** @param price in cents */
  set(ticker: string, price: number): void {
    this.#next.set(ticker, price);
  }

  nextPrice({ ticker, price }: Quote): number {
    const next = this.#next.get(ticker) ?? price;
    this.#next.delete(ticker);
    return next;
  }
}
