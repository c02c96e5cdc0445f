import { connect, type TestClient } from '@treadle/testing';
import type { TopicPolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import type { Message } from '../../../../src/messaging/message.js';
import { policed, type PolicedApplication, settled } from '../policed-application.js';

const DROPPING: TopicPolicy = { destinations: '/topic/**', slowConsumer: 'drop-oldest', maxWaitingMessages: 3 };
const PRICES: TopicPolicy = { destinations: '/topic/**', slowConsumer: { latestByKey: 'symbol' } };
const LIMITS = { limits: { sendBufferOctets: 2000 } };

/** A client that has stopped reading, with as much before it as it can take. */
async function stalled(broker: PolicedApplication, destination = '/topic/x'): Promise<TestClient> {
  const client = await connect(broker.application);
  await client.subscribe(destination, { id: 'mine' });
  client.stopReading();
  await send(broker, 'x'.repeat(1000));
  await settled();
  return client;
}

async function send(broker: PolicedApplication, text: string, headers = {}, destination = '/topic/x'): Promise<void> {
  await broker.application.template.convertAndSend(destination, text, headers);
}

/** What came after it could take no more. */
async function readAgain(client: TestClient): Promise<string[]> {
  client.readAgain();
  for (let turn = 0; turn < 20; turn += 1) await settled();
  return client.frames
    .filter(({ command }) => command === 'MESSAGE')
    .slice(1)
    .map(({ body }) => body);
}

const dropped = (broker: PolicedApplication): number | undefined => broker.application.stats().broker?.messages.dropped;

describe('drop-oldest', () => {
  it('keeps the newest messages for a subscriber that reads too slowly, and its session', async () => {
    await using broker = policed(DROPPING, LIMITS);
    const client = await stalled(broker);

    for (const text of ['1', '2', '3', '4', '5']) await send(broker, text);

    expect(await readAgain(client)).toEqual(['3', '4', '5']);
    expect(dropped(broker)).toBe(2);
  });

  it('drops nothing while a client keeps up, and goes straight to it again when it has caught up', async () => {
    await using broker = policed(DROPPING, LIMITS);
    const client = await stalled(broker);
    await send(broker, '1');
    await readAgain(client);
    for (const text of ['2', '3', '4', '5', '6']) await send(broker, text);

    expect(await readAgain(client)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(dropped(broker)).toBe(0);
  });

  it('holds no more octets than the buffer of the session, over all its subscriptions', async () => {
    await using broker = policed({ ...DROPPING, maxWaitingMessages: 1000 }, LIMITS);
    const client = await stalled(broker, '/topic/*');
    client.sendFrame('SUBSCRIBE', { id: 'second', destination: '/topic/x' });
    await settled();

    for (let index = 0; index < 30; index += 1) await send(broker, `${index % 10}`.repeat(300));
    const held = await readAgain(client);

    expect(held.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(2000);
    expect(held.length).toBeGreaterThan(2);
    expect(held.at(-1)).toBe('9'.repeat(300));
  });

  it('takes what was sent or forgotten for free again', async () => {
    await using broker = policed({ ...DROPPING, maxWaitingMessages: 1000 }, LIMITS);
    const client = await stalled(broker);
    client.sendFrame('SUBSCRIBE', { id: 'second', destination: '/topic/y' });
    await settled();
    for (let round = 0; round < 5; round += 1) {
      await send(broker, 'x'.repeat(1000));
      client.readAgain();
      await settled();
      await settled();
      client.stopReading();
      await send(broker, 'x'.repeat(1000));
      await settled();
    }
    await send(broker, 'x'.repeat(1500));
    client.sendFrame('UNSUBSCRIBE', { id: 'mine' });
    await settled();

    await send(broker, 'y'.repeat(500), {}, '/topic/y');
    await send(broker, 'z'.repeat(1000), {}, '/topic/y');

    expect((await readAgain(client)).slice(-2).map(([letter]) => letter)).toEqual(['y', 'z']);
    expect(dropped(broker)).toBe(0);
  });

  it('lets one message wait that alone is larger than the buffer', async () => {
    await using broker = policed(DROPPING, LIMITS);
    const client = await stalled(broker);

    await send(broker, 'y'.repeat(5000));

    expect(await readAgain(client)).toEqual(['y'.repeat(5000)]);
  });

  it('is told in the log at once, and then every ten seconds how many there were', async () => {
    await using broker = policed(
      { ...DROPPING, maxWaitingMessages: 1 },
      { limits: { ...LIMITS.limits, sendTimeMs: 60_000 } },
    );
    await stalled(broker);

    for (let index = 0; index < 6; index += 1) await send(broker, 'x');
    const lines = (): unknown[] =>
      broker.logger.lines
        .filter(({ message }) => message.includes('dropped'))
        .map(({ details }) => details?.['dropped']);
    const before = lines();
    await broker.clock.advance(10_000);
    const after = lines();
    await broker.clock.advance(30_000);

    expect([before, after, lines()]).toEqual([[1], [1, 4], [1, 4]]);
  });

  it('costs only the slow one: a hundred others get everything, and the publisher never waits', async () => {
    await using broker = policed(DROPPING, LIMITS);
    const slow = await stalled(broker);
    const others = await Promise.all(Array.from({ length: 100 }, () => connect(broker.application)));
    const inboxes = await Promise.all(others.map((each) => each.subscribe('/topic/x')));

    let [waits, stillWaiting] = [0, 0];
    for (let index = 0; index < 50; index += 1) {
      waits += 1;
      void broker.application.template.convertAndSend('/topic/x', 'y'.repeat(500)).then(() => (waits -= 1));
      await Promise.resolve();
      await Promise.resolve();
      stillWaiting += waits;
      await settled();
    }

    expect(stillWaiting).toBe(0);
    expect(new Set(inboxes.map(({ messages }) => messages.length))).toEqual(new Set([50]));
    expect(await readAgain(slow)).toHaveLength(3);
  });

  it('drops what waits behind an interceptor that does not keep up', async () => {
    const held: (() => void)[] = [];
    const preSend = (message: Message): Promise<Message> => new Promise((resolve) => held.push(() => resolve(message)));
    await using broker = policed(
      { ...DROPPING, maxWaitingMessages: 2 },
      { interceptors: { clientOutbound: [{ preSend }] } },
    );
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x');

    for (const text of ['1', '2', '3', '4']) void broker.application.template.convertAndSend('/topic/x', text);
    for (let turn = 0; turn < 10; turn += 1) {
      held.shift()?.();
      await settled();
    }

    expect(inbox.messages.map(({ body }) => body)).toEqual(['1', '3', '4']);
  });

  it('forgets what waits when the subscription or its session ends', async () => {
    await using broker = policed(DROPPING, LIMITS);
    const client = await stalled(broker);
    await send(broker, '1');
    client.sendFrame('UNSUBSCRIBE', { id: 'mine' });
    await settled();

    expect(await readAgain(client)).toEqual([]);
  });
});

describe('latestByKey', () => {
  it('keeps the newest message of each key, in the place of the one it replaces', async () => {
    await using broker = policed(PRICES, LIMITS);
    const client = await stalled(broker);

    await send(broker, 'gold 1', { symbol: 'gold' });
    await send(broker, 'no key');
    await send(broker, 'silver 1', { symbol: 'silver' });
    await send(broker, 'gold 2', { symbol: 'gold' });

    expect(await readAgain(client)).toEqual(['gold 2', 'no key', 'silver 1']);
    expect(dropped(broker)).toBe(1);
  });

  it('may be a function of the message', async () => {
    const latestByKey = (message: Message): string => Buffer.from(message.payload).toString().slice(0, 1);
    await using broker = policed({ ...PRICES, slowConsumer: { latestByKey } }, LIMITS);
    const client = await stalled(broker);

    for (const text of ['a1', 'b1', 'a2', 'a3']) await send(broker, text);

    expect(await readAgain(client)).toEqual(['a3', 'b1']);
  });

  it('whose function throws replaces nothing, and the log says so', async () => {
    const latestByKey = (): never => {
      throw new Error('no key today');
    };
    await using broker = policed({ ...PRICES, slowConsumer: { latestByKey } }, LIMITS);
    const client = await stalled(broker);

    for (const text of ['a', 'b']) await send(broker, text);

    expect(await readAgain(client)).toEqual(['a', 'b']);
    expect(broker.logger.lines.some(({ level, message }) => level === 'error' && message === 'latestByKey threw')).toBe(
      true,
    );
  });

  it('of one destination says nothing about another', async () => {
    await using broker = policed(PRICES, LIMITS);
    const client = await stalled(broker, '/topic/*');

    await send(broker, 'a', { symbol: 'gold' }, '/topic/a');
    await send(broker, 'b', { symbol: 'gold' }, '/topic/b');

    expect(await readAgain(client)).toEqual(['a', 'b']);
  });

  it('bounds what has no key by dropping the oldest', async () => {
    await using broker = policed({ ...PRICES, maxWaitingMessages: 2 }, LIMITS);
    const client = await stalled(broker);

    for (const text of ['1', '2', '3']) await send(broker, text);

    expect(await readAgain(client)).toEqual(['2', '3']);
  });
});

describe('a subscription to several destinations', () => {
  const MIXED: readonly TopicPolicy[] = [
    { destinations: '/topic/prices', slowConsumer: 'drop-oldest', maxWaitingMessages: 2 },
    { destinations: '/topic/orders', maxWaitingMessages: 4 },
    { destinations: '/topic/x', slowConsumer: 'drop-oldest' },
  ];

  it('loses only messages whose own policy allows it, and keeps the order of the rest', async () => {
    await using broker = policed(MIXED, LIMITS);
    const client = await stalled(broker, '/topic/*');

    await send(broker, 'price 1', {}, '/topic/prices');
    await send(broker, 'order 1', {}, '/topic/orders');
    await send(broker, 'price 2', {}, '/topic/prices');
    await send(broker, 'order 2', {}, '/topic/orders');
    await send(broker, 'order 3', {}, '/topic/orders');
    await send(broker, 'order 4', {}, '/topic/orders');

    expect(await readAgain(client)).toEqual(['order 1', 'order 2', 'order 3', 'order 4']);
  });

  it('goes on when a message that may be dropped comes behind more than its policy lets wait', async () => {
    await using broker = policed(MIXED, LIMITS);
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/*', { ack: 'client', 'prefetch-count': '1' });
    for (let index = 1; index <= 4; index += 1) await send(broker, `order ${index}`, {}, '/topic/orders');

    await send(broker, 'price', {}, '/topic/prices');
    const received: string[] = [];
    for (let index = 1; index <= 4; index += 1) {
      const message = await inbox.nextMessage();
      received.push(message.body);
      await client.ack(message);
    }

    expect(received).toEqual(['order 1', 'order 2', 'order 3', 'order 4']);
    await inbox.expectNothing();
    expect(dropped(broker)).toBe(1);
  });

  it('ends its session when too many wait that may not be dropped', async () => {
    await using broker = policed(MIXED, LIMITS);
    const client = await connect(broker.application);
    await client.subscribe('/topic/*', { ack: 'client', 'prefetch-count': '1' });

    for (let index = 0; index < 6; index += 1) await send(broker, `order ${index}`, {}, '/topic/orders');

    expect((await client.nextError()).headers['code']).toBe('SLOW_CONSUMER');
  });
});

describe('a subscription to a topic that acknowledges', () => {
  const PLAIN: TopicPolicy = { destinations: '/topic/other' };

  it('gets the next message when it has acknowledged enough', async () => {
    await using broker = policed(PLAIN);
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x', { ack: 'client-individual', 'prefetch-count': '1' });
    await send(broker, 'a');
    await send(broker, 'b');

    const first = await inbox.nextMessage();
    await inbox.expectNothing();
    await client.request('ACK', { id: first.headers['ack'] ?? '' });

    expect([first.body, await inbox.next()]).toEqual(['a', 'b']);
  });

  it('gets a message again that it rejects, marked and before those that wait, until it was delivered five times', async () => {
    await using broker = policed(PLAIN);
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x', { ack: 'client-individual', 'prefetch-count': '1' });
    await send(broker, 'bad');
    await send(broker, 'good');

    const received: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      const { body, headers } = await inbox.nextMessage();
      received.push(`${body} ${headers['redelivered']}`);
      await client.request('NACK', { id: headers['ack'] ?? '' });
    }

    expect(received).toEqual(['bad undefined', ...Array.from({ length: 4 }, () => 'bad true'), 'good undefined']);
    expect(dropped(broker)).toBe(1);
  });

  it('that rejects again and again holds no more octets than others', async () => {
    await using broker = policed({ ...DROPPING, maxWaitingMessages: 1000 }, LIMITS);
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x', { ack: 'client-individual', 'prefetch-count': '1' });
    await send(broker, 'x'.repeat(900));
    for (let index = 0; index < 4; index += 1) {
      const { headers } = await inbox.nextMessage();
      await client.request('NACK', { id: headers['ack'] ?? '' });
    }

    for (let index = 0; index < 20; index += 1) await send(broker, String(index).padStart(400));
    const held: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { body, headers } = await inbox.nextMessage();
      held.push(body.trim());
      await client.request('ACK', { id: headers['ack'] ?? '' });
    }
    await inbox.expectNothing();

    expect(held.slice(1)).toEqual(['16', '17', '18', '19']);
  });

  it('gets a message no more that it rejects for good', async () => {
    await using broker = policed(PLAIN);
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x', { ack: 'client-individual', 'prefetch-count': '1' });
    await send(broker, 'bad');
    await send(broker, 'good');

    const { headers } = await inbox.nextMessage();
    await client.request('NACK', { id: headers['ack'] ?? '', requeue: 'false' });

    expect(await inbox.next()).toBe('good');
    expect(dropped(broker)).toBe(1);
  });

  it('ends its session when a thousand messages wait, unless its policy says otherwise', async () => {
    await using broker = policed(PLAIN);
    const client = await connect(broker.application);
    await client.subscribe('/topic/x', { ack: 'client', 'prefetch-count': '1' });

    for (let index = 0; index < 1001; index += 1) await send(broker, 'x');
    const isOpen = client.errorFrame === undefined && broker.application.sessionCount === 1;
    await send(broker, 'x');

    expect(isOpen).toBe(true);
    expect((await client.nextError()).headers['code']).toBe('SLOW_CONSUMER');
  });

  it('others that need no acknowledgement are not held up by it', async () => {
    await using broker = policed(PLAIN);
    const client = await connect(broker.application);
    await client.subscribe('/topic/x', { ack: 'client', 'prefetch-count': '1' });
    const inbox = await client.subscribe('/topic/x');

    for (let index = 0; index < 10; index += 1) await send(broker, 'x');
    await settled();

    expect(inbox.messages).toHaveLength(10);
  });
});
