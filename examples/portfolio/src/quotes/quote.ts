import type { Cents } from '../money.js';
import type { Stock } from './stock.js';

/** A stock as it stands: what a page begins with. */
export interface Quote extends Stock {
  readonly price: Cents;
  /** The latest prices, oldest first, the present one last. */
  readonly history: readonly Cents[];
}

/** What a stock's topic carries. */
export interface PriceChange {
  readonly ticker: string;
  readonly price: Cents;
  /** ISO 8601, by the server's clock. */
  readonly at: string;
}
