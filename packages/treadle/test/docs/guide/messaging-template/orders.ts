import 'reflect-metadata';
import { createApplication, type Message, SimpMessagingTemplate } from 'treadle';
import { injectable } from 'tsyringe';

export interface Order {
  readonly id: number;
  readonly customer: string;
}

@injectable()
export class OrderService {
  constructor(private readonly template: SimpMessagingTemplate) {}

  /** @returns whether the customer is to get a mail instead */
  async ship(order: Order): Promise<boolean> {
    await this.template.convertAndSend('/topic/orders', order);
    const { sessions } = await this.template.convertAndSendToUser(order.customer, '/queue/orders', order);
    return sessions === 0;
  }
}

export const application = createApplication({ services: [OrderService] });

const expiresIn = (milliseconds: number) => (message: Message) =>
  message.with({ headers: message.headers.with('expires', String(Date.now() + milliseconds)) });

export async function everyForm(template: SimpMessagingTemplate, order: Order): Promise<void> {
  await template.convertAndSend('/topic/orders', order);
  await template.convertAndSend('/topic/orders', order, { priority: 4 });
  await template.convertAndSend('/topic/orders', order, expiresIn(5_000));
  await template.convertAndSend('/topic/orders', order, { priority: 4 }, expiresIn(5_000));
  await template.convertAndSend('/topic/orders', order, { headers: { priority: 4 }, postProcessor: expiresIn(5_000) });
}
