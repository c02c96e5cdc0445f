import { EventListener } from 'treadle';
import { injectable } from 'tsyringe';
import { dollars } from '../money.js';
import { TradeExecuted } from './trade-executed.js';

/** Trades that are kept. */
const LENGTH = 1_000;

/** The latest trades of everybody, as lines for an auditor. */
@injectable()
export class TradeJournal {
  readonly #lines: string[] = [];

  /** Oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  @EventListener()
  note({ traderName, trade }: TradeExecuted): void {
    const { action, ticker, shares, price, executedAt } = trade;
    const verb = action === 'buy' ? 'bought' : 'sold';
    this.#lines.push(`${executedAt} ${traderName} ${verb} ${shares} ${ticker} at ${dollars(price)}`);
    if (this.#lines.length > LENGTH) this.#lines.shift();
  }
}
