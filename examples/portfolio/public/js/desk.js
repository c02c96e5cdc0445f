import { Connection } from './connection.js';
import { money, shareCount } from './format.js';

const HISTORY_LENGTH = 60;

/**
 * All that a window knows of the market and of its trader. Amounts are whole cents.
 *
 * Events: `market` (the list of stocks is there), `price` (`detail` is the quote that has changed and by how much), `portfolio`, `online`, `alerts`,
 * `notice` (`detail` is something to tell the trader).
 */
export class Desk extends EventTarget {
  /** @typedef {{ ticker: string, company: string, open: number, price: number, history: number[] }} Quote */
  /** @type {Map<string, Quote>} */
  quotes = new Map();
  /** @type {Map<string, { ticker: string, shares: number, cost: number }>} */
  positions = new Map();
  /** @type {number | undefined} unknown until the server has answered */
  cash;
  online = 0;
  /** @type {Map<string, { id: string, ticker: string, limit: number, end: () => void }>} */
  alerts = new Map();
  #nextNotice = 1;

  /** @param {import('./sign-in-store.js').SignIn} signIn */
  constructor(signIn) {
    super();
    this.trader = signIn.trader;
    this.connection = new Connection(signIn);
    this.connection.addEventListener('refused', ({ detail }) => this.#notice('refusal', detail.message));
  }

  get mayTrade() {
    return this.trader.role === 'trader';
  }

  start() {
    const { connection } = this;
    // What changes first, then what there is: nothing falls between the two.
    connection.subscribe('/topic/price.stock.*', (change) => this.#onPrice(change));
    connection.subscribe('/app/quotes', (quotes) => this.#onQuotes(quotes));
    connection.subscribe('/user/queue/position-updates', (update, headers) => this.#onPositionUpdate(update, headers));
    connection.subscribe('/app/positions', (portfolio) => this.#onPortfolio(portfolio));
    connection.subscribe('/topic/traders-online', (online) => this.#onOnline(online));
    connection.subscribe('/app/traders-online', (online) => this.#onOnline(online));
    connection.open();
  }

  /** Resolves when the trade was executed. @throws {import('./requests.js').RefusedError} */
  trade(order) {
    return this.connection.request('/app/trade', order);
  }

  /** What a trade would cost or bring now. @throws {import('./requests.js').RefusedError} */
  preview(order) {
    return this.connection.request('/app/trade/preview', order, { 'reply-to': '/user/queue/replies' });
  }

  /** @param {string} ticker @param {number} limit in cents */
  addAlert(ticker, limit) {
    const id = `${ticker}/${(limit / 100).toFixed(2)}`;
    if (this.alerts.has(id)) return;
    const unsubscribe = this.connection.subscribe(`/app/alerts/${id}`, ({ message }) => this.#notice('alert', message));
    const end = () => {
      unsubscribe();
      this.alerts.delete(id);
      this.#changed('alerts');
    };
    this.alerts.set(id, { id, ticker, limit, end });
    this.#changed('alerts');
  }

  /** What a position is worth at the present price. */
  valueOf({ ticker, shares }) {
    return shares * (this.quotes.get(ticker)?.price ?? 0);
  }

  /** What all positions are worth, and what they have cost. */
  get totals() {
    const totals = { value: 0, cost: 0 };
    for (const position of this.positions.values()) {
      totals.value += this.valueOf(position);
      totals.cost += position.cost;
    }
    return totals;
  }

  #onQuotes(quotes) {
    this.quotes = new Map(quotes.map((quote) => [quote.ticker, quote]));
    this.#changed('market');
    this.#changed('portfolio');
  }

  #onPrice({ ticker, price }) {
    const before = this.quotes.get(ticker);
    if (!before) return;
    const history = [...before.history, price].slice(-HISTORY_LENGTH);
    const quote = { ...before, price, history };
    this.quotes.set(ticker, quote);
    this.#changed('price', { quote, change: price - before.price });
    if (this.positions.has(ticker)) this.#changed('portfolio');
  }

  #onPortfolio({ cash, positions }) {
    this.cash = cash;
    this.positions = new Map(positions.map((position) => [position.ticker, position]));
    this.#changed('portfolio');
  }

  #onPositionUpdate(update, headers) {
    const { trade, position, cash } = update;
    this.cash = cash;
    if (position.shares > 0) this.positions.set(position.ticker, position);
    else this.positions.delete(position.ticker);
    this.#changed('portfolio');
    const verb = trade.action === 'buy' ? 'Bought' : 'Sold';
    this.#notice('trade', `${verb} ${shareCount(trade.shares)} of ${trade.ticker} at ${money(trade.price)}.`);
    this.connection.settle(headers['correlation-id'], update);
  }

  #onOnline({ count }) {
    this.online = count;
    this.#changed('online');
  }

  #notice(kind, text) {
    const id = this.#nextNotice;
    this.#nextNotice += 1;
    this.#changed('notice', { id, kind, text, at: new Date() });
  }

  #changed(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
