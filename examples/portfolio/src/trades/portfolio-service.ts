import { injectable } from 'tsyringe';
import { DEMO_ACCOUNTS } from '../accounts/demo-accounts.js';
import { Portfolio } from './portfolio.js';

/** Everybody's portfolio, in memory: a restart begins the day anew. */
@injectable()
export class PortfolioService {
  readonly #portfolios = new Map(DEMO_ACCOUNTS.map((account) => [account.trader.name, new Portfolio(account)]));

  /** @throws Error when nobody of that name can sign in */
  portfolioOf(traderName: string): Portfolio {
    const portfolio = this.#portfolios.get(traderName);
    if (portfolio) return portfolio;
    throw new Error(`there is no portfolio of ${traderName}`);
  }
}
