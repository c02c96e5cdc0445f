import {
  type ApplicationEvents,
  BrokerAvailabilityEvent,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SessionEvent,
  SessionSubscribeEvent,
} from 'treadle';
import { expectType } from './expect-type.types.js';

class OrderPlaced {
  readonly order: string;
  constructor(order: string) {
    this.order = order;
  }
}

/** A listener knows its event by its class. */
export function listen(events: ApplicationEvents): void {
  events.on(SessionConnectedEvent, (event) => expectType<SessionConnectedEvent>()(event));
  events.on(SessionDisconnectEvent, ({ reason }) => expectType<string>()(reason));
  events.on(SessionSubscribeEvent, ({ destination }) => expectType<string>()(destination));
  events.on(BrokerAvailabilityEvent, async (event) => {
    await Promise.resolve(event);
  });
  events.on(OrderPlaced, ({ order }) => expectType<string>()(order));
  const stop: () => void = events.on(SessionEvent, () => undefined);
  stop();
  void events.publish(new OrderPlaced('oolong'));

  // @ts-expect-error -- another event than the one listened to
  events.on(SessionConnectedEvent, (_event: SessionDisconnectEvent) => undefined);
  // @ts-expect-error -- events are known by their classes, not by names
  events.on('connected', () => undefined);
  // @ts-expect-error -- a session that connected has no reason to have ended
  events.on(SessionConnectedEvent, ({ reason }) => reason);
  // @ts-expect-error -- an event is an object
  void events.publish('text');
}
