import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChannelInterceptor } from '../../../src/messaging/channel-interceptor.js';
import type { Message } from '../../../src/messaging/message.js';
import {
  createSession,
  disconnect,
  handle,
  publish,
  startBroker,
  subscribe,
  textOf,
  unsubscribe,
} from '../broker-under-test.js';

const alice = createSession('a');
const bob = createSession('b');

/** Holds the messages it is told to until they are let go, one by one. */
class Gate implements ChannelInterceptor {
  readonly #holds: (message: Message) => boolean;
  readonly #held: (() => void)[] = [];

  constructor(holds: (message: Message) => boolean) {
    this.#holds = holds;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  preSend(message: Message): Message | Promise<Message> {
    if (!this.#holds(message)) return message;
    return new Promise((resolve) => this.#held.push(() => resolve(message)));
  }

  /** Lets the oldest go and everything that follows happen. */
  async letOneGo(): Promise<void> {
    this.#held.shift()?.();
    await nextTurn();
  }
}

describe('SimpleBroker behind asynchronous outbound interceptors', () => {
  it('a session gets its messages in order, also when only some of them are held up', async () => {
    const gate = new Gate((message) => textOf(message).startsWith('slow'));
    const { broker, deliveries } = startBroker({}, [gate]);
    handle(broker, subscribe(alice, '1', '/topic/foo'));

    for (const text of ['slow 1', 'fast 2', 'slow 3', 'fast 4']) handle(broker, publish('/topic/foo', text));
    expect(deliveries.summary).toEqual([]);

    await gate.letOneGo();
    expect(deliveries.summary).toEqual(['a/1 slow 1', 'a/1 fast 2']);

    await gate.letOneGo();
    expect(deliveries.summary).toEqual(['a/1 slow 1', 'a/1 fast 2', 'a/1 slow 3', 'a/1 fast 4']);
  });

  it('order holds over random delays for many messages and sessions', async () => {
    const { broker, deliveries } = startBroker({}, [
      {
        async preSend(message) {
          for (let turn = Number(textOf(message)) % 4; turn > 0; turn -= 1) await nextTurn();
          return message;
        },
      },
    ]);
    for (const session of [alice, bob]) handle(broker, subscribe(session, '1', '/topic/foo'));

    for (let index = 0; index < 200; index += 1) handle(broker, publish('/topic/foo', String(index)));
    while (deliveries.messages.length < 400) await nextTurn();

    const expected = Array.from({ length: 200 }, (_, index) => String(index));
    for (const session of [alice, bob]) {
      const received = deliveries.messages.filter(({ sessionId }) => sessionId === session.id);
      expect(received.map(textOf)).toEqual(expected);
    }
  });

  it('one session that is held up keeps neither the publisher nor other sessions waiting', async () => {
    const gate = new Gate((message) => message.sessionId === 'a');
    const { broker, deliveries } = startBroker({}, [gate]);
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, subscribe(bob, '1', '/topic/foo'));

    const result = broker.handleMessage(publish('/topic/foo', 'x'));
    handle(broker, publish('/topic/foo', 'y'));

    expect(result).toBeUndefined();
    expect(deliveries.summary).toEqual(['b/1 x', 'b/1 y']);
    await gate.letOneGo();
    await gate.letOneGo();
    expect(deliveries.summary.slice(2)).toEqual(['a/1 x', 'a/1 y']);
  });

  it('a late failure is logged and the next message of the session follows', async () => {
    const failure = new Error('late');
    const { broker, deliveries, logger } = startBroker({}, [
      {
        async preSend(message) {
          await nextTurn();
          if (textOf(message) === 'bad') throw failure;
          return message;
        },
      },
    ]);
    handle(broker, subscribe(alice, '1', '/topic/foo'));

    handle(broker, publish('/topic/foo', 'bad'));
    handle(broker, publish('/topic/foo', 'good'));
    while (deliveries.messages.length === 0) await nextTurn();

    expect(deliveries.summary).toEqual(['a/1 good']);
    const details = { destination: '/topic/foo', sessionId: 'a', subscriptionId: '1', error: failure };
    expect(logger.lines).toEqual([{ level: 'error', message: 'a delivery failed', details }]);
  });

  it('UNSUBSCRIBE settles only when the delivery on its way is through, and those behind it are dropped', async () => {
    const gate = new Gate(() => true);
    const { broker, deliveries } = startBroker({}, [gate]);
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, publish('/topic/foo', 'x'));
    handle(broker, publish('/topic/foo', 'y'));

    const events: string[] = [];
    const unsubscribed = Promise.resolve(broker.handleMessage(unsubscribe(alice, '1'))).then(() => {
      events.push(`unsubscribed after ${deliveries.messages.length}`);
    });
    await nextTurn();
    expect(events).toEqual([]);
    await gate.letOneGo();
    await unsubscribed;
    await nextTurn();

    expect(events).toEqual(['unsubscribed after 1']);
    expect(deliveries.summary).toEqual(['a/1 x']);
    expect(gate.heldCount).toBe(0);
  });

  it('UNSUBSCRIBE does not wait for the deliveries of other subscriptions', async () => {
    const gate = new Gate((message) => message.subscriptionId === '1');
    const { broker, deliveries } = startBroker({}, [gate]);
    handle(broker, subscribe(alice, '1', '/topic/foo'));
    handle(broker, subscribe(alice, '2', '/topic/foo'));
    handle(broker, publish('/topic/foo'));

    const result = broker.handleMessage(unsubscribe(alice, '2'));
    await gate.letOneGo();

    expect(result).toBeUndefined();
    expect(deliveries.summary).toEqual(['a/1']);
  });

  it('nothing that waits is sent to a session that has ended', async () => {
    const gate = new Gate(() => true);
    const { broker, deliveries } = startBroker({}, [gate]);
    const session = createSession('ends');
    handle(broker, subscribe(session, '1', '/topic/foo'));
    handle(broker, publish('/topic/foo', 'x'));
    handle(broker, publish('/topic/foo', 'y'));

    handle(broker, disconnect(session));
    await gate.letOneGo();

    expect(deliveries.summary).toEqual(['ends/1 x']);
    expect(gate.heldCount).toBe(0);
  });

  it('a new subscription under the same id gets nothing of the old one', async () => {
    const gate = new Gate(() => true);
    const { broker, deliveries } = startBroker({}, [gate]);
    handle(broker, subscribe(alice, '1', '/topic/old'));
    handle(broker, publish('/topic/old', 'old 1'));
    handle(broker, publish('/topic/old', 'old 2'));

    const unsubscribed = broker.handleMessage(unsubscribe(alice, '1'));
    await gate.letOneGo();
    await unsubscribed;
    handle(broker, subscribe(alice, '1', '/topic/new'));
    handle(broker, publish('/topic/new', 'new'));
    await gate.letOneGo();

    expect(deliveries.summary).toEqual(['a/1 old 1', 'a/1 new']);
  });

  it('a session for which too many octets wait is ended with SLOW_CONSUMER, and the log says so once', async () => {
    const gate = new Gate((message) => message.sessionId === 'slow');
    const { broker, deliveries, logger } = startBroker({}, [gate], 10_000);
    const slow = createSession('slow');
    handle(broker, subscribe(slow, '1', '/topic/foo'));
    handle(broker, subscribe(bob, '1', '/topic/foo'));

    for (let index = 0; index < 20; index += 1) handle(broker, publish('/topic/foo', 'x'.repeat(1_000)));
    await gate.letOneGo();

    expect(slow.failures).toEqual(['SLOW_CONSUMER']);
    expect(bob.failures).toEqual([]);
    const details = { sessionId: 'slow', waitingOctets: 8 * 1_256, limit: 10_000 };
    expect(logger.lines.map(({ level, details: logged }) => [level, logged])).toEqual([['error', details]]);
    expect(deliveries.messages.filter(({ sessionId }) => sessionId === 'b')).toHaveLength(20);
    expect(deliveries.messages.filter(({ sessionId }) => sessionId === 'slow')).toHaveLength(1);
    expect(gate.heldCount).toBe(0);
  });

  it('one message that waits may be larger than the limit', () => {
    const { broker } = startBroker({}, [new Gate(() => true)], 10_000);
    const session = createSession('patient');
    handle(broker, subscribe(session, '1', '/topic/foo'));

    for (let index = 0; index < 2; index += 1) handle(broker, publish('/topic/foo', 'x'.repeat(20_000)));

    expect(session.failures).toEqual([]);
  });

  it('messages without payload count too', () => {
    const { broker } = startBroker({}, [new Gate(() => true)], 10_000);
    const slow = createSession('slow');
    handle(broker, subscribe(slow, '1', '/topic/foo'));

    for (let index = 0; index < 100; index += 1) handle(broker, publish('/topic/foo'));

    expect(slow.failures).toEqual(['SLOW_CONSUMER']);
  });

  it('what has been sent counts no more, however much it was', async () => {
    const gate = new Gate(() => true);
    const { broker, deliveries } = startBroker({}, [gate], 10_000);
    const steady = createSession('steady');
    handle(broker, subscribe(steady, '1', '/topic/foo'));

    for (let round = 0; round < 30; round += 1) {
      for (let index = 0; index < 5; index += 1) handle(broker, publish('/topic/foo', 'x'.repeat(1_000)));
      for (let index = 0; index < 5; index += 1) await gate.letOneGo();
    }

    expect(steady.failures).toEqual([]);
    expect(deliveries.messages).toHaveLength(150);
  });
});
