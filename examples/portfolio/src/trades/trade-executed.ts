import type { Cents } from '../money.js';
import type { TradeAction } from './trade-order.js';

/** A trade as it happened. */
export interface ExecutedTrade {
  readonly action: TradeAction;
  readonly ticker: string;
  readonly shares: number;
  /** Of one share. */
  readonly price: Cents;
  readonly fee: Cents;
  /** ISO 8601, by the server's clock. */
  readonly executedAt: string;
}

/** Published within the application when a trade was executed. */
export class TradeExecuted {
  constructor(
    readonly traderName: string,
    readonly trade: ExecutedTrade,
  ) {}
}
