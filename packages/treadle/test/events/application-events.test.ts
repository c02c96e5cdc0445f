import { ApplicationEvents } from '../../src/events/application-events.js';
import {
  SessionConnectedEvent,
  SessionEvent,
  SessionSubscribeEvent,
  SubscriptionActiveEvent,
  SubscriptionEvent,
} from '../../src/events/session-events.js';
import { silentLogger } from '../../src/foundation/logger.js';
import { createSession, RecordingLogger } from '../broker/broker-under-test.js';

const session = createSession('s-1', 'alice');

class OrderPlaced {
  constructor(readonly id: number) {}
}

class RushOrderPlaced extends OrderPlaced {}

describe('ApplicationEvents', () => {
  it('reach the listeners of their class and of its base classes, in the order of registration', () => {
    const events = new ApplicationEvents(silentLogger);
    const heard: string[] = [];
    events.on(SubscriptionActiveEvent, ({ destination }) => heard.push(`first ${destination}`));
    events.on(SessionSubscribeEvent, () => heard.push('of another class'));
    events.on(SessionEvent, ({ session: { id } }) => heard.push(`any of ${id}`));
    events.on(SubscriptionEvent, ({ subscriptionId }) => heard.push(`any of subscription ${subscriptionId}`));

    void events.publish(new SubscriptionActiveEvent(session, '1', '/topic/a'));

    expect(heard).toEqual(['first /topic/a', 'any of s-1', 'any of subscription 1']);
  });

  it("of the application's own classes go the same way", () => {
    const events = new ApplicationEvents(silentLogger);
    const heard: string[] = [];
    events.on(OrderPlaced, ({ id }) => heard.push(`order ${id}`));
    events.on(RushOrderPlaced, ({ id }) => heard.push(`rush ${id}`));

    void events.publish(new OrderPlaced(1));
    void events.publish(new RushOrderPlaced(2));

    expect(heard).toEqual(['order 1', 'order 2', 'rush 2']);
  });

  it('do not reach a listener that was taken away', () => {
    const events = new ApplicationEvents(silentLogger);
    const heard: unknown[] = [];
    const off = events.on(SessionConnectedEvent, (event) => heard.push(event));

    off();
    off();
    void events.publish(new SessionConnectedEvent(session));

    expect(heard).toEqual([]);
  });

  it('on their way still reach a listener that another one takes away', () => {
    const events = new ApplicationEvents(silentLogger);
    const heard: string[] = [];
    events.on(OrderPlaced, () => off());
    const off = events.on(OrderPlaced, () => heard.push('told'));

    void events.publish(new OrderPlaced(1));
    void events.publish(new OrderPlaced(2));

    expect(heard).toEqual(['told']);
  });

  it('are published without a promise while every listener is synchronous', () => {
    const events = new ApplicationEvents(silentLogger);
    events.on(OrderPlaced, () => 1);

    expect(events.publish(new OrderPlaced(1))).toBeUndefined();
  });

  it('are awaited until asynchronous listeners are done', async () => {
    const events = new ApplicationEvents(silentLogger);
    const heard: string[] = [];
    events.on(OrderPlaced, async () => {
      await Promise.resolve();
      heard.push('done');
    });

    await events.publish(new OrderPlaced(1));

    expect(heard).toEqual(['done']);
  });

  it.each([
    ['throws', raise],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('disturb nobody when a listener %s: it is logged', async (_, listener) => {
    const logger = new RecordingLogger();
    const events = new ApplicationEvents(logger);
    const heard: unknown[] = [];
    events.on(SessionConnectedEvent, listener, { name: 'Shop.onConnected' });
    events.on(SessionConnectedEvent, (event) => heard.push(event));

    await events.publish(new SessionConnectedEvent(session));

    expect(heard).toHaveLength(1);
    expect(logger.lines).toEqual([
      {
        level: 'error',
        message: 'a listener of SessionConnectedEvent failed',
        details: { error: new Error('no'), listener: 'Shop.onConnected', sessionId: 's-1' },
      },
    ]);
  });

  it('may have no prototype: nobody listens to that', () => {
    const events = new ApplicationEvents(silentLogger);
    events.on(OrderPlaced, raise);

    expect(() => events.publish(Object.create(null) as object)).not.toThrow(); // any object is allowed
  });
});

function raise(): never {
  throw new Error('no');
}
