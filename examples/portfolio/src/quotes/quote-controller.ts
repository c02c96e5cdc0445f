import { Controller, DestinationVariable, SubscribeMapping } from 'treadle';
import { type PriceAlert, PriceAlerts } from './price-alerts.js';
import type { Quote } from './quote.js';
import { QuoteService } from './quote-service.js';

/** What a client learns of the market by subscribing. */
@Controller()
export class QuoteController {
  constructor(
    private readonly quotes: QuoteService,
    private readonly alerts: PriceAlerts,
  ) {}

  /** Answered once; the changes come from `/topic/price.stock.*`. */
  @SubscribeMapping('/quotes')
  list(): readonly Quote[] {
    return this.quotes.quotes;
  }

  /** A stream: every item is one MESSAGE of the subscription, and UNSUBSCRIBE or a lost connection ends it. */
  @SubscribeMapping('/alerts/{ticker}/{limit}')
  alert(
    @DestinationVariable('ticker') ticker: string,
    @DestinationVariable('limit') limit: number,
    signal: AbortSignal,
  ): AsyncIterable<PriceAlert> {
    return this.alerts.watch(ticker, limit, signal);
  }
}
