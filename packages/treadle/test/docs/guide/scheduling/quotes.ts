import 'reflect-metadata';
import { createApplication, Scheduled, SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';

@injectable()
export class Quotes {
  #price = 100;

  constructor(private readonly template: SimpMessagingTemplate) {}

  @Scheduled({ fixedRate: 1_000 })
  send(): Promise<void> {
    this.#price += 1;
    return this.template.convertAndSend('/topic/quotes/TEA', this.#price);
  }

  @Scheduled({ cron: '0 0 18 * * MON-FRI', timeZone: 'Europe/Berlin' })
  close(): Promise<void> {
    return this.template.convertAndSend('/topic/market', 'closed');
  }

  @Scheduled({ fixedDelay: '${quotes.cleanUpEvery:60000}', initialDelay: 5_000 })
  async cleanUp(): Promise<void> {
    await Promise.resolve(); // forget old prices
  }
}

export const application = createApplication({ services: [Quotes] });
