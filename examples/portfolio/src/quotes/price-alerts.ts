import { injectable } from 'tsyringe';
import { dollars, type Cents } from '../money.js';
import { TradingError } from '../trading-error.js';
import type { PriceChange } from './quote.js';
import { QuoteService } from './quote-service.js';

/** A price has crossed the limit somebody asked about. */
export interface PriceAlert extends PriceChange {
  readonly limit: Cents;
  /** Where the price is now. */
  readonly side: 'above' | 'below';
  /** For people. */
  readonly message: string;
}

/** Watches prices on behalf of single subscriptions. */
@injectable()
export class PriceAlerts {
  constructor(private readonly quotes: QuoteService) {}

  /**
   * An alert each time the price crosses the limit, in either direction, from now on.
   * @param limit in dollars, as people write it
   * @param signal ends it
   * @throws TradingError `TICKER_UNKNOWN`, `LIMIT_INVALID`; at once, before anything is asked of what it returns
   */
  watch(ticker: string, limit: number, signal: AbortSignal): AsyncIterable<PriceAlert> {
    const { price } = this.quotes.require(ticker);
    const cents = Math.round(limit * 100);
    if (!(cents >= 1 && cents <= 100_000_000)) {
      throw new TradingError('LIMIT_INVALID', 'The limit of an alert is a price from $0.01 to $1,000,000.00.');
    }
    // A generator's body runs when its first item is asked for: what it is about must be listening before that.
    return crossings(this.quotes.changesOf(ticker, signal), cents, price);
  }
}

async function* crossings(
  changes: AsyncIterable<PriceChange>,
  limit: Cents,
  startPrice: Cents,
): AsyncGenerator<PriceAlert> {
  let wasAbove = startPrice >= limit;
  for await (const change of changes) {
    const isAbove = change.price >= limit;
    if (isAbove !== wasAbove) yield alertOf(change, limit);
    wasAbove = isAbove;
  }
}

function alertOf(change: PriceChange, limit: Cents): PriceAlert {
  const side = change.price >= limit ? 'above' : 'below';
  const verb = side === 'above' ? 'has reached' : 'has fallen below';
  const message = `${change.ticker} ${verb} ${dollars(limit)}: now ${dollars(change.price)}.`;
  return { ...change, limit, side, message };
}
