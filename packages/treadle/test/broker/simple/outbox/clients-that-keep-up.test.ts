import { connect } from '@treadle/testing';
import type { SimpleBroker } from '../../../../src/broker/simple/simple-broker.js';
import type { ChannelInterceptor } from '../../../../src/messaging/channel-interceptor.js';
import type { HeaderRecord } from '../../../../src/messaging/native-headers.js';
import type { SessionContext } from '../../../../src/messaging/session-context.js';
import {
  type BrokerUnderTest,
  createMessage,
  createSession,
  handle,
  publish,
  startBroker,
  textOf,
} from '../../broker-under-test.js';
import { policed, settled } from '../policed-application.js';

function subscribe(
  broker: SimpleBroker,
  session: SessionContext,
  headers: HeaderRecord,
  destination = '/topic/x',
): void {
  handle(broker, createMessage('SUBSCRIBE', { session, subscriptionId: 's', destination, headers }));
}

function say({ broker }: BrokerUnderTest, ...texts: readonly string[]): void {
  for (const text of texts) handle(broker, publish('/topic/x', text));
}

function numbered(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_none, index) => String(index + from));
}

describe('a client that reads', () => {
  it('gets a burst whole that comes before it has what it missed', async () => {
    const session = createSession('a');
    const underTest = startBroker({ policies: [{ destinations: '/topic/**', history: { messages: 2000 } }] });
    say(underTest, ...numbered(100));
    subscribe(underTest.broker, session, { offset: '0' });

    say(underTest, ...numbered(1000, 101));
    await settled();

    expect(underTest.deliveries.messages.map(textOf)).toEqual(numbered(1100));
    expect(session.failures).toEqual([]);
  });

  it.each(['disconnect', 'drop-oldest'] as const)(
    'gets everything that leaves the history before its turn comes (%s)',
    async (slowConsumer) => {
      const session = createSession('a');
      const policy = { destinations: '/topic/**', history: { messages: 600 }, slowConsumer };
      const underTest = startBroker({ policies: [policy] });
      say(underTest, ...numbered(600));
      subscribe(underTest.broker, session, { offset: '0' });

      say(underTest, ...numbered(700, 601));
      await settled();

      expect(underTest.deliveries.messages.map(textOf)).toEqual(numbered(1300));
      expect([session.failures, underTest.broker.stats.messages.dropped]).toEqual([[], 0]);
    },
  );

  it('gets what it missed, and a message that the history has no room for', async () => {
    const session = createSession('a');
    const history = { messages: 2000, octets: 1_000_000 };
    const underTest = startBroker({ policies: [{ destinations: '/topic/**', history }] });
    say(underTest, ...numbered(1500));
    subscribe(underTest.broker, session, { offset: '0' });

    say(underTest, 'x'.repeat(1_000_000), 'last');
    await settled();

    const received = underTest.deliveries.messages.map(textOf);
    expect(received).toEqual([...numbered(1500), 'x'.repeat(1_000_000), 'last']);
    expect(session.failures).toEqual([]);
  });

  it('may reject thousands of messages at one time', async () => {
    const session = createSession('a');
    const underTest = startBroker();
    const { broker, deliveries } = underTest;
    subscribe(broker, session, { ack: 'client', 'prefetch-count': '10000' });
    say(underTest, ...numbered(3000));
    const { delivery } = deliveries.messages.at(-1) ?? {};

    handle(broker, createMessage('NACK', { session, acknowledgement: { ackId: delivery?.ackId } }));
    say(underTest, 'next');
    await settled();
    await settled();

    expect(session.failures).toEqual([]);
    expect(deliveries.messages.slice(3000).map(textOf)).toEqual([...numbered(3000), 'next']);
  });

  it('is not ended though what it gets leads to a publication at once', async () => {
    const session = createSession('a');
    const echo: ChannelInterceptor = {
      preSend(message) {
        if (message.destination === '/topic/x' && textOf(message) !== 'echo') say(underTest, 'echo');
        return message;
      },
    };
    const policies = [{ destinations: '/topic/**', history: { messages: 2000 } }];
    const underTest = startBroker({ policies }, [echo]);
    say(underTest, ...numbered(100));
    subscribe(underTest.broker, session, { offset: '0' });

    say(underTest, ...numbered(1100, 101));
    for (let turn = 0; turn < 10; turn += 1) await settled();

    const received = underTest.deliveries.messages.map(textOf);
    expect(received.filter((text) => text !== 'echo')).toEqual(numbered(1200));
    expect([received.length, session.failures]).toEqual([2400, []]);
  });
});

describe('messages that a selector does not want', () => {
  it('take their turns with everything else, though nothing is sent of them', async () => {
    const underTest = startBroker({ policies: [{ destinations: '/topic/**', history: { messages: 2000 } }] });
    say(underTest, ...numbered(1999));
    const last = createMessage('MESSAGE', { destination: '/topic/x', headers: { k: 'wanted' } });
    handle(underTest.broker, last);
    subscribe(underTest.broker, createSession('a'), { offset: '0', selector: "k = 'wanted'" });

    await new Promise((resolve) => setImmediate(resolve));
    const afterOneTurn = underTest.deliveries.messages.length;
    await settled();

    expect([afterOneTurn, underTest.deliveries.messages.length]).toEqual([0, 1]);
  });

  it('are not counted as dropped when they leave the history', async () => {
    await using broker = policed({ destinations: '/topic/**', history: { messages: 5 }, slowConsumer: 'drop-oldest' });
    const client = await connect(broker.application);
    for (let index = 0; index < 5; index += 1) await client.send('/topic/x', 'x');
    client.sendFrame('SUBSCRIBE', { id: 's', destination: '/topic/x', offset: '0', selector: "k = 'never'" });
    client.stopReading();

    for (let index = 0; index < 20; index += 1) await broker.application.template.convertAndSend('/topic/x', 'y');
    client.readAgain();
    await settled();

    expect(broker.application.stats().broker?.messages.dropped).toBe(0);
  });
});

describe('an outbox that is over', () => {
  it('leaves the one after it alone, so that order holds', async () => {
    const releases: (() => void)[] = [];
    const slowly: ChannelInterceptor = {
      preSend: (message) => new Promise((resolve) => releases.push(() => resolve(message))),
    };
    const policies = [{ destinations: '/topic/**', retainLast: true, slowConsumer: 'drop-oldest' as const }];
    const underTest = startBroker({ policies }, [slowly]);
    const sayWith = (k: string, text: string): void =>
      handle(
        underTest.broker,
        createMessage('MESSAGE', { destination: '/topic/x', payload: new TextEncoder().encode(text), headers: { k } }),
      );
    sayWith('unwanted', 'last value');
    subscribe(underTest.broker, createSession('a'), { selector: "k = '1'" });
    const step = async (): Promise<void> => {
      releases.shift()?.();
      await settled();
    };

    for (const text of numbered(5)) sayWith('1', text);
    await settled();
    await step();
    await step();
    for (const text of numbered(4, 6)) sayWith('1', text);
    for (let index = 0; index < 10; index += 1) await step();

    expect(underTest.deliveries.messages.map(textOf)).toEqual(numbered(9));
  });
});
