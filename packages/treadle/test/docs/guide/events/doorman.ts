import 'reflect-metadata';
import {
  ApplicationEvents,
  BrokerAvailabilityEvent,
  createApplication,
  EventListener,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SimpMessagingTemplate,
  SubscriptionActiveEvent,
} from 'treadle';
import { injectable } from 'tsyringe';

export class OrderPlaced {
  constructor(
    readonly id: number,
    readonly customer: string,
  ) {}
}

@injectable()
export class Doorman {
  readonly log: string[] = [];

  constructor(private readonly template: SimpMessagingTemplate) {}

  @EventListener(SessionConnectedEvent, SessionDisconnectEvent)
  note(event: SessionConnectedEvent | SessionDisconnectEvent): void {
    const what = event instanceof SessionDisconnectEvent ? `left: ${event.reason}` : 'came';
    this.log.push(`${event.user?.name ?? 'somebody'} ${what}`);
  }

  @EventListener(SubscriptionActiveEvent)
  async greet({ session, destination }: SubscriptionActiveEvent): Promise<void> {
    if (destination !== '/user/queue/greetings') return;
    await this.template.convertAndSendToUser(session.user ?? session.id, '/queue/greetings', 'welcome');
  }

  @EventListener()
  confirm({ id, customer }: OrderPlaced): Promise<unknown> {
    return this.template.convertAndSendToUser(customer, '/queue/orders', { id });
  }

  @EventListener(BrokerAvailabilityEvent)
  report({ isAvailable }: BrokerAvailabilityEvent): void {
    this.log.push(isAvailable ? 'the broker is there' : 'the broker has gone');
  }
}

@injectable()
export class OrderService {
  constructor(private readonly events: ApplicationEvents) {}

  async place(id: number, customer: string): Promise<void> {
    await this.events.publish(new OrderPlaced(id, customer));
  }
}

export const application = createApplication({ services: [Doorman, OrderService] });

const off = application.events.on(SessionConnectedEvent, ({ session }) => {
  console.log(`${session.id} came from ${session.handshake.remoteAddress}`);
});

export function stopWatching(): void {
  off();
}
