import type { DemoAccount } from '../accounts/trader.js';
import { dollars, type Cents } from '../money.js';
import { TradingError } from '../trading-error.js';
import type { TradeOrder } from './trade-order.js';

/** What every trade costs beside the shares. */
export const FEE: Cents = 490;

/** Shares of one stock in one portfolio. */
export interface Position {
  readonly ticker: string;
  readonly shares: number;
  /** What all of them together have cost, fees not included. */
  readonly cost: Cents;
}

/** A portfolio at one moment. */
export interface PortfolioSnapshot {
  readonly cash: Cents;
  readonly positions: readonly Position[];
}

/** Cash and shares of one trader. */
export class Portfolio {
  #cash: Cents;
  readonly #positions: Map<string, Position>;

  constructor({ cash, holdings }: Pick<DemoAccount, 'cash' | 'holdings'>) {
    this.#cash = cash;
    this.#positions = new Map(holdings.map((holding) => [holding.ticker, holding]));
  }

  get snapshot(): PortfolioSnapshot {
    return { cash: this.#cash, positions: [...this.#positions.values()] };
  }

  /** A position of no shares for a stock that is not held. */
  position(ticker: string): Position {
    return this.#positions.get(ticker) ?? { ticker, shares: 0, cost: 0 };
  }

  /** What would be left in cash; it may be below zero. */
  cashAfter({ action, shares }: TradeOrder, price: Cents): Cents {
    return action === 'buy' ? this.#cash - shares * price - FEE : this.#cash + shares * price - FEE;
  }

  /** Why a trade at this price is not possible; `undefined` when it is. */
  refusalOf(order: TradeOrder, price: Cents): TradingError | undefined {
    const { action, ticker, shares } = order;
    const { shares: held } = this.position(ticker);
    if (action === 'sell' && shares > held) {
      const sentence = held === 0 ? `You own no ${ticker}.` : `You own ${held} of ${ticker}, not ${shares}.`;
      return new TradingError('NOT_ENOUGH_SHARES', sentence, { held });
    }
    const missing = -this.cashAfter(order, price);
    if (missing <= 0) return undefined;
    return new TradingError('NOT_ENOUGH_CASH', `That is ${dollars(missing)} more than your cash.`, { missing });
  }

  /** Buys or sells, whole or not at all. @throws TradingError `NOT_ENOUGH_CASH`, `NOT_ENOUGH_SHARES` */
  trade(order: TradeOrder, price: Cents): void {
    const refusal = this.refusalOf(order, price);
    if (refusal) throw refusal;
    this.#cash = this.cashAfter(order, price);
    const after = order.action === 'buy' ? this.#more(order, price) : this.#fewer(order);
    if (after.shares > 0) this.#positions.set(order.ticker, after);
    else this.#positions.delete(order.ticker);
  }

  #more({ ticker, shares }: TradeOrder, price: Cents): Position {
    const before = this.position(ticker);
    return { ticker, shares: before.shares + shares, cost: before.cost + shares * price };
  }

  /** What is sold takes its part of the cost along. */
  #fewer({ ticker, shares }: TradeOrder): Position {
    const before = this.position(ticker);
    const left = before.shares - shares;
    return { ticker, shares: left, cost: Math.round((before.cost * left) / before.shares) };
  }
}
