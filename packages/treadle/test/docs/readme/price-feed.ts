import { SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';

@injectable()
export class PriceFeed {
  constructor(private readonly template: SimpMessagingTemplate) {}

  async publish(symbol: string, price: number): Promise<void> {
    await this.template.convertAndSend(`/topic/prices/${symbol}`, { symbol, price });
  }
}
