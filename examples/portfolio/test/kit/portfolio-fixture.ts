import 'reflect-metadata';
import { connect, FakeClock, type TestClient } from '@treadle/testing';
import { silentLogger } from 'treadle';
import { PortfolioServer } from '../../src/portfolio-server.js';
import { QuoteService } from '../../src/quotes/quote-service.js';
import { ScriptedMarket } from './scripted-market.js';

const INTERVAL_MS = 1_000;

/** A portfolio application of the test's own: everything in memory, prices and time in the test's hands. */
export class PortfolioFixture implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly market = new ScriptedMarket();
  readonly server = new PortfolioServer({
    clock: this.clock,
    movement: this.market,
    logger: silentLogger,
    properties: { QUOTE_INTERVAL_MS: String(INTERVAL_MS) },
  });

  /** Opens a session of somebody who has just signed in. */
  async connect(name: string): Promise<TestClient> {
    return connect(this.server.application, { login: name, passcode: this.signIn(name) });
  }

  /** @returns the token */
  signIn(name: string): string {
    const signIn = this.server.signIns.signIn(name);
    if (!signIn) throw new Error(`${name} has no account`);
    return signIn.token;
  }

  /** Moves prices at the next step of the market, and lets it come. @param prices in cents */
  async move(prices: Readonly<Record<string, number>>): Promise<void> {
    for (const [ticker, price] of Object.entries(prices)) this.market.set(ticker, price);
    await this.clock.advance(INTERVAL_MS);
  }

  get quotes(): QuoteService {
    return this.server.application.container.resolve(QuoteService);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
  }
}

/** An order as a page sends it. */
export function order(action: unknown, ticker: unknown, shares: unknown): Record<string, unknown> {
  return { action, ticker, shares };
}
