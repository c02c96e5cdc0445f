import {
  Controller,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  Principal,
  SendToUser,
  SubscribeMapping,
  UseInterceptors,
} from 'treadle';
import { RequiresRole } from '../accounts/requires-role.js';
import { RoleGuard } from '../accounts/role-guard.js';
import { TradingError } from '../trading-error.js';
import type { PortfolioSnapshot } from './portfolio.js';
import { PortfolioService } from './portfolio-service.js';
import type { Refusal } from './refusal.js';
import { TradeOrder } from './trade-order.js';
import { type TradePreview, TradeService } from './trade-service.js';

/** What traders ask of their own portfolio. */
@Controller()
@UseInterceptors(RoleGuard)
export class PortfolioController {
  constructor(
    private readonly portfolios: PortfolioService,
    private readonly trades: TradeService,
  ) {}

  /** Answered once, to the subscription itself; what changes later comes to `/user/queue/position-updates`. */
  @SubscribeMapping('/positions')
  positions(@Principal() trader: Principal): PortfolioSnapshot {
    return this.portfolios.portfolioOf(trader.name).snapshot;
  }

  @MessageMapping('/trade')
  @RequiresRole('trader')
  async trade(
    @Payload() order: TradeOrder,
    @Principal() trader: Principal,
    @Header('correlation-id', { required: false }) correlationId?: string,
  ): Promise<void> {
    await this.trades.execute(trader.name, order, correlationId);
  }

  /** For the window that asks and no other: where its `reply-to` header says, or here. */
  @MessageMapping('/trade/preview')
  @SendToUser({ destinations: ['/queue/trade-previews'], broadcast: false })
  @RequiresRole('trader')
  preview(@Payload() order: TradeOrder, @Principal() trader: Principal): TradePreview {
    return this.trades.preview(trader.name, order);
  }

  @MessageExceptionHandler()
  @SendToUser({ destinations: ['/queue/errors'], broadcast: false })
  refuse({ code, message, details }: TradingError): Refusal {
    return { code, message, ...(details && { details }) };
  }
}
