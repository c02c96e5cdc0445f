import { DeliveryWindows } from '../../../../src/broker/delivery/acknowledgement/delivery-windows.js';
import { BrokerCounters } from '../../../../src/broker/delivery/broker-counters.js';
import { DispatchBudget, DispatchLoop } from '../../../../src/broker/delivery/dispatch-loop.js';
import { MessageLine } from '../../../../src/broker/simple/queue/message-line.js';
import { QueueConsumer } from '../../../../src/broker/simple/queue/queue-consumer.js';
import { QueueConsumers } from '../../../../src/broker/simple/queue/queue-consumers.js';
import { QueuedMessage } from '../../../../src/broker/simple/queue/queued-message.js';
import { SessionDeliveries } from '../../../../src/broker/delivery/session-deliveries.js';
import { Subscription, type SubscriptionFilter } from '../../../../src/broker/delivery/subscription.js';
import { systemClock } from '../../../../src/foundation/clock.js';
import { MessageChannel } from '../../../../src/messaging/message-channel.js';
import type { SessionContext } from '../../../../src/messaging/session-context.js';
import { createSession, publish, RecordingLogger, textOf } from '../../broker-under-test.js';
import { createSlowSession } from './queue-under-test.js';

/** The consumers of a queue without the queue: what is given is noted, and stays with its consumer. */
function createConsumers() {
  const counters = new BrokerCounters();
  const loop = new DispatchLoop();
  const context = {
    clientOutboundChannel: new MessageChannel('clientOutboundChannel'),
    logger: new RecordingLogger(),
    clock: systemClock,
    destinationSeparator: '/',
    userDestinationPrefix: '/user',
    limits: { sendBufferOctets: 512 * 1024, frameBodyOctets: 64 * 1024 },
    reportAvailability: () => undefined,
    isLocal: () => false,
    tell: () => undefined,
    note: () => undefined,
  } as const;
  const windows = new DeliveryWindows({
    loop,
    maxUnacknowledgedOctets: Infinity,
    deliveries: new SessionDeliveries(context, counters),
  });
  const line = new MessageLine();
  const given: string[] = [];
  const consumers = new QueueConsumers({
    line,
    give: (message, { subscription }) => {
      line.delete(message);
      message.isWaiting = false;
      given.push(`${subscription.id} ${textOf(message.published)}`);
    },
    wake: () => undefined,
  });
  let nextPosition = 0;
  return {
    given,
    add(id: string, filter?: SubscriptionFilter, session: SessionContext = createSession(id)): QueueConsumer {
      const subscription = new Subscription(session, id, '/queue/x', { filter });
      const consumer = new QueueConsumer(subscription, windows.of(subscription), '/queue/x');
      consumers.add(consumer);
      return consumer;
    },
    delete: (consumer: QueueConsumer) => consumers.delete(consumer),
    put(text: string): QueuedMessage {
      const message = new QueuedMessage(nextPosition, publish('/queue/x', text));
      nextPosition += 1;
      return this.putBack(message, false);
    },
    putBack(message: QueuedMessage, isBack = true): QueuedMessage {
      message.isWaiting = true;
      line.add(message);
      consumers.offer(message, isBack);
      return message;
    },
    dispatch: (steps = 100_000): boolean => consumers.dispatch(new DispatchBudget(steps)),
  };
}

describe('QueueConsumers', () => {
  it('shows a message that waits to each filter once, however often something happens', () => {
    const consumers = createConsumers();
    const looks = new Map<string, number>();
    consumers.add('1', (published) => {
      looks.set(textOf(published), (looks.get(textOf(published)) ?? 0) + 1);
      return textOf(published) === 'wanted';
    });
    for (let count = 0; count < 100; count += 1) consumers.put(`unwanted ${count}`);

    for (let count = 0; count < 100; count += 1) {
      consumers.put('wanted');
      consumers.dispatch();
    }

    expect(consumers.given).toHaveLength(100);
    expect(new Set([...looks].filter(([text]) => text !== 'wanted').map(([, times]) => times))).toEqual(new Set([1]));
  });

  it('shows it once more when it has come back, and nothing else', () => {
    const consumers = createConsumers();
    const looks: string[] = [];
    consumers.add('1', (published) => {
      looks.push(textOf(published));
      return false;
    });
    for (const text of ['1', '2']) consumers.put(text);
    const third = new QueuedMessage(99, publish('/queue/x', 'back'));
    consumers.dispatch();

    consumers.putBack(third);
    consumers.dispatch();

    expect(looks).toEqual(['1', '2', 'back']);
  });

  it('shows what came back, and nothing behind it again, to those who had no room too', async () => {
    const consumers = createConsumers();
    const looks: string[] = [];
    const slow = createSlowSession('slow');
    const other = consumers.add('other');
    consumers.add(
      'slow',
      (published) => {
        looks.push(textOf(published));
        return textOf(published) === 'wanted';
      },
      slow,
    );
    slow.stopReading();
    consumers.delete(other);
    const messages = ['0', '1', '2', 'wanted', '4', '5'].map((text) => consumers.put(text));
    await slow.readAgain();
    consumers.dispatch();
    looks.length = 0;
    slow.stopReading();
    consumers.put('6');
    consumers.dispatch();

    for (const index of [3, 1]) if (messages[index]) consumers.putBack(messages[index]);
    await slow.readAgain();
    consumers.dispatch();

    expect(looks).toEqual(['1', 'wanted', '6']);
    expect(consumers.given).toEqual(['slow wanted', 'slow wanted']);
  });

  it('gives the others their turn after some looks of one that does not find what it wants', () => {
    const consumers = createConsumers();
    for (let id = 0; id < 5; id += 1) consumers.add(`choosy ${id}`, () => false);
    consumers.add('plain');
    for (let count = 0; count < 10_000; count += 1) consumers.put('unwanted');

    consumers.dispatch(1000);

    expect(consumers.given).toContain('plain unwanted');
  });

  it('goes on where the budget ran out', () => {
    const consumers = createConsumers();
    consumers.add('1', (published) => textOf(published) === 'wanted');
    for (let count = 0; count < 50; count += 1) consumers.put('unwanted');
    consumers.put('wanted');

    let slices = 1;
    while (consumers.dispatch(10)) slices += 1;

    expect(consumers.given).toEqual(['1 wanted']);
    expect(slices).toBeGreaterThan(4);
  });

  it('lets what came while a consumer had no room not pass it by', async () => {
    const consumers = createConsumers();
    const slow = createSlowSession('slow');
    consumers.add('slow', () => true, slow);
    consumers.dispatch();
    slow.stopReading();
    for (const text of ['1', '2', '3']) consumers.put(text);
    consumers.dispatch();
    expect(consumers.given).toEqual([]);

    await slow.readAgain();
    consumers.dispatch();

    expect(consumers.given).toEqual(['slow 1', 'slow 2', 'slow 3']);
  });

  it('gives a message that one rejected to another, be it not its turn, and to that one where there is no other', () => {
    const consumers = createConsumers();
    const first = consumers.add('1');
    const second = consumers.add('2', (published) => textOf(published) === 'wanted by both');
    for (const text of ['wanted by both', 'wanted by the first']) consumers.put(text).rejectedBy = first.subscription;

    consumers.dispatch();
    consumers.delete(second);
    consumers.put('later').rejectedBy = first.subscription;
    consumers.dispatch();

    expect(consumers.given).toEqual(['2 wanted by both', '1 wanted by the first', '1 later']);
  });

  it('gives nothing to a consumer that has gone while it waited for room', async () => {
    const consumers = createConsumers();
    const slow = createSlowSession('slow');
    const consumer = consumers.add('slow', undefined, slow);
    slow.stopReading();
    consumers.put('1');
    consumers.dispatch();

    consumers.delete(consumer);
    await slow.readAgain();
    consumers.dispatch();

    expect(consumers.given).toEqual([]);
  });
});
