import { ApplicationEvents, SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';
import type { Cents } from '../money.js';
import { QuoteService } from '../quotes/quote-service.js';
import { FEE, type Position } from './portfolio.js';
import { PortfolioService } from './portfolio-service.js';
import { type ExecutedTrade, TradeExecuted } from './trade-executed.js';
import type { TradeOrder } from './trade-order.js';

/** Told to all windows of a trader when a trade was executed. */
export interface PositionUpdate {
  readonly trade: ExecutedTrade;
  /** The position after it; of no shares when all were sold. */
  readonly position: Position;
  /** What is left in cash. */
  readonly cash: Cents;
}

/** What a trade would cost or bring now. */
export interface TradePreview {
  readonly price: Cents;
  readonly fee: Cents;
  readonly cashAfter: Cents;
  /** Why it would be refused; `null` when it would not. */
  readonly refusal: { readonly code: string; readonly message: string } | null;
}

/** Executes trades at the market's price. */
@injectable()
export class TradeService {
  constructor(
    private readonly quotes: QuoteService,
    private readonly portfolios: PortfolioService,
    private readonly template: SimpMessagingTemplate,
    private readonly events: ApplicationEvents,
  ) {}

  /**
   * Executes a trade, and tells all sessions of the trader and who listens to `TradeExecuted`.
   * @param correlationId what the trader's page knows its order by
   * @throws TradingError when it is not possible; then nothing has changed
   */
  async execute(traderName: string, order: TradeOrder, correlationId: string | undefined): Promise<void> {
    const { action, ticker, shares } = order;
    const portfolio = this.portfolios.portfolioOf(traderName);
    const { price } = this.quotes.require(ticker);
    portfolio.trade(order, price);
    const trade: ExecutedTrade = { action, ticker, shares, price, fee: FEE, executedAt: new Date().toISOString() };
    const update: PositionUpdate = { trade, position: portfolio.position(ticker), cash: portfolio.snapshot.cash };
    await this.template.convertAndSendToUser(traderName, '/queue/position-updates', update, {
      'correlation-id': correlationId,
    });
    await this.events.publish(new TradeExecuted(traderName, trade));
  }

  /** @throws TradingError `TICKER_UNKNOWN` */
  preview(traderName: string, order: TradeOrder): TradePreview {
    const portfolio = this.portfolios.portfolioOf(traderName);
    const { price } = this.quotes.require(order.ticker);
    const refusal = portfolio.refusalOf(order, price);
    return {
      price,
      fee: FEE,
      cashAfter: portfolio.cashAfter(order, price),
      refusal: refusal ? { code: refusal.code, message: refusal.message } : null,
    };
  }
}
