import { EventEmitter, on } from 'node:events';
import { BrokerAvailabilityEvent, EventListener, Scheduled, SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';
import type { Cents } from '../money.js';
import { TradingError } from '../trading-error.js';
import { MarketMovement } from './market-movement.js';
import type { PriceChange, Quote } from './quote.js';
import { LISTED_STOCKS } from './stock.js';

/** Prices that a page gets to draw the recent past. */
const HISTORY_LENGTH = 60;

/** Simulates the market and publishes what changes, a topic for each stock. */
@injectable()
export class QuoteService {
  readonly #quotes = new Map<string, Quote>(
    LISTED_STOCKS.map((stock) => [stock.ticker, { ...stock, price: stock.open, history: [stock.open] }]),
  );
  /** One event for each ticker. However many alerts listen is for their sessions' limits to decide. */
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #isBrokerAvailable = false;

  constructor(
    private readonly movement: MarketMovement,
    private readonly template: SimpMessagingTemplate,
  ) {}

  @EventListener(BrokerAvailabilityEvent)
  onBrokerAvailability({ isAvailable }: BrokerAvailabilityEvent): void {
    this.#isBrokerAvailable = isAvailable;
  }

  /** Moves the market on by one step. */
  @Scheduled({ fixedRate: '${QUOTE_INTERVAL_MS:1000}' })
  async sendQuotes(): Promise<void> {
    for (const quote of this.#quotes.values()) {
      const price = this.movement.nextPrice(quote);
      if (price !== quote.price) await this.#publish(quote, price);
    }
  }

  /** All stocks, as they stand. */
  get quotes(): readonly Quote[] {
    return [...this.#quotes.values()];
  }

  /** @throws TradingError `TICKER_UNKNOWN` */
  require(ticker: string): Quote {
    const quote = this.#quotes.get(ticker);
    if (quote) return quote;
    throw new TradingError('TICKER_UNKNOWN', `Nothing is traded here as ${ticker}.`, { ticker });
  }

  /**
   * Every change of one price from now on, also from before the first one is asked for.
   * @param signal ends it, with an `AbortError`
   */
  changesOf(ticker: string, signal: AbortSignal): AsyncIterable<PriceChange> {
    const events = on(this.#changes, ticker, { signal }); // listens at once and keeps what comes
    return only(events as AsyncIterable<[PriceChange]>); // what `#publish` emits; Node types any event
  }

  /** How many are waiting for changes of a price. */
  listenerCount(ticker: string): number {
    return this.#changes.listenerCount(ticker);
  }

  async #publish(before: Quote, price: Cents): Promise<void> {
    const { ticker } = before;
    const history = [...before.history, price].slice(-HISTORY_LENGTH);
    this.#quotes.set(ticker, { ...before, price, history });
    const change: PriceChange = { ticker, price, at: new Date().toISOString() };
    this.#changes.emit(ticker, change);
    if (this.#isBrokerAvailable) await this.template.convertAndSend(`/topic/price.stock.${ticker}`, change);
  }
}

/** The one argument of each event. */
async function* only<T>(events: AsyncIterable<readonly [T]>): AsyncGenerator<T> {
  for await (const [event] of events) yield event;
}
