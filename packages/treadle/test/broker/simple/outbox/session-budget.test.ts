import { connect } from '@treadle/testing';
import type { TopicPolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import { SessionBudget } from '../../../../src/broker/simple/outbox/session-budget.js';
import type { ErrorCode } from '../../../../src/foundation/errors.js';
import type { ChannelInterceptor } from '../../../../src/messaging/channel-interceptor.js';
import type { SessionContext } from '../../../../src/messaging/session-context.js';
import { type BrokerUnderTest, createMessage, handle, publish, startBroker, textOf } from '../../broker-under-test.js';
import { policed, settled } from '../policed-application.js';
import { createSlowSession } from '../queue/queue-under-test.js';

const OCTETS = 10_000;
const POLICIES: readonly TopicPolicy[] = [
  { destinations: '/topic/prices', slowConsumer: 'drop-oldest' },
  { destinations: '/topic/quotes', slowConsumer: 'drop-oldest' },
  { destinations: '/topic/log', history: { messages: 1000 } },
];

interface SlowClient {
  readonly underTest: BrokerUnderTest;
  readonly session: ReturnType<typeof createSlowSession>;
  readonly failures: readonly ErrorCode[];
  /** Sends so many messages of so many octets, each with its number in front. */
  say(destination: string, count: number, octets?: number): void;
  /** The numbers of what came, by destination. */
  numbersOf(destination: string): number[];
  subscribe(destination: string, headers?: Record<string, string>): void;
}

function slowClient(): SlowClient {
  const underTest = startBroker({ policies: POLICIES }, [], OCTETS);
  const failures: ErrorCode[] = [];
  const session = createSlowSession('a');
  session.fail = (code): void => void failures.push(code);
  return {
    underTest,
    session,
    failures,
    say(destination, count, octets = 100) {
      for (let index = 1; index <= count; index += 1) {
        handle(underTest.broker, publish(destination, `${index} `.padEnd(octets, 'x')));
      }
    },
    numbersOf: (destination) =>
      underTest.deliveries.messages
        .filter((message) => message.destination === destination)
        .map((message) => Number.parseInt(textOf(message), 10)),
    subscribe(destination, headers = {}) {
      handle(underTest.broker, subscribeMessage(session, destination, headers));
    },
  };
}

function subscribeMessage(
  session: SessionContext,
  destination: string,
  headers: Record<string, string>,
): ReturnType<typeof createMessage> {
  return createMessage('SUBSCRIBE', { session, subscriptionId: destination, destination, headers });
}

describe('what waits for one session', () => {
  it('is dropped where it may be, for a message that may not', async () => {
    const { session, failures, underTest, ...client } = slowClient();
    client.subscribe('/topic/prices');
    client.subscribe('/topic/chat', { ack: 'client' });
    session.stopReading();
    client.say('/topic/prices', 200);
    const before = underTest.broker.stats.messages.dropped;

    client.say('/topic/chat', 1, 250);
    await settled();
    const { dropped } = underTest.broker.stats.messages;
    await session.readAgain();
    await settled();

    expect([before, dropped, failures]).toEqual([100, 103, []]);
    expect(client.numbersOf('/topic/prices')).toEqual(Array.from({ length: 97 }, (_none, index) => index + 104));
    expect(client.numbersOf('/topic/chat')).toEqual([1]);
  });

  it('ends the session when nothing of it may be dropped', async () => {
    const { session, failures, ...client } = slowClient();
    client.subscribe('/topic/chat', { ack: 'client' });
    client.subscribe('/topic/other', { ack: 'client' });
    session.stopReading();

    client.say('/topic/chat', 50);
    client.say('/topic/other', 50);
    await settled();
    const before = [...failures];
    client.say('/topic/other', 1);
    await settled();

    expect([before, failures]).toEqual([[], ['SLOW_CONSUMER']]);
  });

  it('leaves room for the newest of each subscription, however much another one is sent', async () => {
    const { session, failures, ...client } = slowClient();
    client.subscribe('/topic/quotes');
    client.subscribe('/topic/prices');
    session.stopReading();

    client.say('/topic/prices', 200);
    client.say('/topic/quotes', 3);
    client.say('/topic/prices', 200);
    await session.readAgain();
    await settled();

    expect(client.numbersOf('/topic/quotes').at(-1)).toBe(3);
    expect(client.numbersOf('/topic/prices').at(-1)).toBe(200);
    expect(failures).toEqual([]);
  });

  it('only until its turn comes is sent before anything is dropped or ended', async () => {
    const { session, failures, underTest, ...client } = slowClient();
    client.say('/topic/log', 40);
    client.subscribe('/topic/log', { offset: '0' });
    client.subscribe('/topic/chat', { ack: 'client', 'prefetch-count': '1' });

    client.say('/topic/chat', 70);
    await settled();

    expect([failures, underTest.broker.stats.messages.dropped, session.isReachable]).toEqual([[], 0, true]);
    expect(client.numbersOf('/topic/log')).toEqual(Array.from({ length: 40 }, (_none, index) => index + 1));
    expect(client.numbersOf('/topic/chat')).toEqual([1]);
  });

  it('keeps its order, though what a delivery leads to makes room by sending more', async () => {
    const chatter: ChannelInterceptor = {
      preSend(message) {
        if (message.destination !== '/topic/log') return message;
        for (let index = 0; index < 5; index += 1) handle(broker, publish('/topic/chat', 'x'.repeat(100)));
        return message;
      },
    };
    const { broker, deliveries } = startBroker({ policies: POLICIES }, [chatter], OCTETS);
    const session = createSlowSession('a');
    for (let index = 1; index <= 60; index += 1) handle(broker, publish('/topic/log', `${index} `.padEnd(100, 'x')));
    handle(broker, subscribeMessage(session, '/topic/chat', { ack: 'client', 'prefetch-count': '1' }));
    handle(broker, subscribeMessage(session, '/topic/log', { offset: '0' }));

    await settled();

    const log = deliveries.messages.filter(({ destination }) => destination === '/topic/log');
    const numbers = log.map((message) => Number.parseInt(textOf(message), 10));
    expect(numbers.length).toBeGreaterThan(5);
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
  });

  it('is bounded when what it reads gets too old, though nothing is published', async () => {
    await using broker = policed({ destinations: '/topic/x', history: { forMs: 1000 } });
    const client = await connect(broker.application);
    for (let index = 0; index < 1600; index += 1) await broker.application.template.convertAndSend('/topic/x', '');
    await client.subscribe('/topic/x', { offset: '0', ack: 'client', 'prefetch-count': '1' });

    await broker.clock.advance(10_000);

    expect((await client.nextError()).headers['code']).toBe('SLOW_CONSUMER');
  });

  it('is bounded though a history that it reads lets go of everything at one time', async () => {
    const { session, failures, underTest, ...client } = slowClient();
    const big = 'x'.repeat(2 * 1024 * 1024);
    client.say('/topic/log', 500);
    session.stopReading();
    client.subscribe('/topic/log', { offset: '0' });

    handle(underTest.broker, publish('/topic/log', big));
    await settled();

    expect(failures).toEqual(['SLOW_CONSUMER']);
  });
});

describe('SessionBudget', () => {
  it('relieves those that can be in turn, and passes over those that cannot', () => {
    const budget = new SessionBudget(10);
    const relieved: string[] = [];
    const sharer = (name: string, canBe: boolean): void =>
      budget.join({
        relieve() {
          if (canBe) relieved.push(name);
          return canBe;
        },
      });
    sharer('a', true);
    sharer('stuck', false);
    sharer('b', true);

    const found = [budget.relieve(true), budget.relieve(true), budget.relieve(true)];

    expect([found, relieved]).toEqual([
      [true, true, true],
      ['a', 'b', 'a'],
    ]);
  });
});
