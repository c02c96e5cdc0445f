import { connect } from '@treadle/testing';
import { RetainedMessages } from '../../../../src/broker/simple/history/retained-messages.js';
import type { TopicPolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import { DestinationPattern } from '../../../../src/messaging/destination-pattern.js';
import { createMessage, publish } from '../../broker-under-test.js';
import { policed, settled } from '../policed-application.js';

const ALL: TopicPolicy = { destinations: '/topic/**', retainLast: true };

describe('retainLast', () => {
  it('gives a new subscription the last message, marked, and others later ones unmarked', async () => {
    await using broker = policed(ALL);
    const [early, late] = [await connect(broker.application), await connect(broker.application)];
    const before = await early.subscribe('/topic/x');
    await early.send('/topic/x', 'a');
    await early.send('/topic/x', 'b');

    const after = await late.subscribe('/topic/x');
    await early.send('/topic/x', 'c');
    const received = [await after.nextMessage(), await after.nextMessage()];
    await settled();

    expect(received.map(({ body, headers }) => [body, headers['retained']])).toEqual([
      ['b', 'true'],
      ['c', undefined],
    ]);
    expect(before.messages.map(({ body, headers }) => [body, headers['retained']])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['c', undefined],
    ]);
  });

  it('gives it behind the RECEIPT and before what is published right after the subscription', async () => {
    await using broker = policed(ALL);
    const client = await connect(broker.application);
    await client.send('/topic/x', 'kept');

    client.sendFrame('SUBSCRIBE', { id: 's', destination: '/topic/x', receipt: 'live' });
    client.sendWithoutReceipt('/topic/x', 'later');
    await settled();

    const frames = client.frames.slice(-3).map(({ command, body }) => `${command} ${body}`);
    expect(frames.toSorted()).toEqual(['MESSAGE kept', 'MESSAGE later', 'RECEIPT ']);
    expect(frames.indexOf('MESSAGE kept')).toBeLessThan(frames.indexOf('MESSAGE later'));
  });

  it.each(['disconnect', 'drop-oldest', { latestByKey: 'symbol' }] as const)(
    'gives it to a client that keeps up, however soon it is followed by a newer one (%j)',
    async (slowConsumer) => {
      await using broker = policed({ ...ALL, slowConsumer });
      const client = await connect(broker.application);
      await client.send('/topic/x', 'kept', { symbol: 'gold' });

      client.sendFrame('SUBSCRIBE', { id: 's', destination: '/topic/x' });
      client.sendWithoutReceipt('/topic/x', 'later', { symbol: 'gold' });
      client.sendWithoutReceipt('/topic/x', 'latest', { symbol: 'gold' });
      await settled();

      const received = client.frames.filter(({ command }) => command === 'MESSAGE');
      expect(received[0]).toMatchObject({ body: 'kept', headers: { retained: 'true' } });
      expect(received.at(-1)).toMatchObject({ body: 'latest' });
      expect(received.at(-1)?.headers['retained']).toBeUndefined();
    },
  );

  it('gives a wildcard subscription the last message of every destination it matches', async () => {
    await using broker = policed(ALL);
    const client = await connect(broker.application);
    for (const symbol of ['gold', 'silver', 'gold']) await client.send(`/topic/prices/${symbol}`, symbol);
    await client.send('/topic/news', 'news');

    const inbox = await client.subscribe('/topic/prices/*');
    await settled();

    expect(inbox.messages.map(({ body }) => body)).toEqual(['silver', 'gold']);
  });

  it('is cleared by an empty payload, which subscribers get', async () => {
    await using broker = policed(ALL);
    const client = await connect(broker.application);
    const before = await client.subscribe('/topic/x');
    await client.send('/topic/x', 'a');
    await client.send('/topic/x');

    const after = await client.subscribe('/topic/x');
    await settled();

    expect(before.messages).toHaveLength(2);
    expect(after.messages).toEqual([]);
  });

  it('does not give what has expired', async () => {
    await using broker = policed({ ...ALL, expiresAfterMs: 1000 });
    const client = await connect(broker.application);
    await client.send('/topic/x', 'a');

    await broker.clock.advance(999);
    const inTime = await client.subscribe('/topic/x');
    await settled();
    await broker.clock.advance(1);
    const late = await client.subscribe('/topic/x');
    await settled();

    expect([inTime.messages.length, late.messages.length]).toEqual([1, 0]);
  });

  it('no sender can pretend that its message was retained', async () => {
    await using broker = policed(ALL);
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x');

    await client.send('/topic/x', 'a', { retained: 'true' });

    expect((await inbox.nextMessage()).headers['retained']).toBeUndefined();
  });

  it('keeps nothing of user destinations', async () => {
    await using broker = policed([{ destinations: '/**', retainLast: true, history: { messages: 5 } }]);
    const client = await connect(broker.application);
    const { template } = broker.application;
    const before = await client.subscribe('/user/queue/x');
    await template.convertAndSendToUser(client.sessionId ?? '', '/queue/x', 'mine');

    const again = await client.subscribe('/user/queue/x');
    const guessed = await client.subscribe(`/queue/x-user${client.sessionId}`, { offset: '0' });
    const wide = await client.subscribe('/queue/**');
    await settled();

    expect((await before.nextMessage()).headers['offset']).toBeUndefined();
    expect([again, guessed, wide].map(({ messages }) => messages.length)).toEqual([0, 0, 0]);
  });

  it('goes through selectors', async () => {
    await using broker = policed(ALL);
    const client = await connect(broker.application);
    await client.send('/topic/a', 'a', { color: 'red' });
    await client.send('/topic/b', 'b', { color: 'blue' });

    const inbox = await client.subscribe('/topic/*', { selector: "color = 'blue'" });
    await settled();

    expect(inbox.messages.map(({ body }) => body)).toEqual(['b']);
  });

  it('more of them than a client can take wait for it, and nobody’s session ends', async () => {
    await using broker = policed(ALL, { limits: { sendBufferOctets: 10_000 } });
    const client = await connect(broker.application);
    for (let index = 0; index < 200; index += 1) await client.send(`/topic/${index}`, 'x'.repeat(1000));

    client.sendFrame('SUBSCRIBE', { id: 's', destination: '/topic/*' });
    client.stopReading();
    await settled();
    await broker.application.template.convertAndSend('/topic/199', 'newer');
    await broker.application.template.convertAndSend('/topic/0', 'newer');
    client.readAgain();
    for (let turn = 0; turn < 200; turn += 1) await settled();

    const messages = client.frames.filter(({ command }) => command === 'MESSAGE');
    expect(broker.application.sessionCount).toBe(1);
    const of = (destination: string): string[] =>
      messages
        .filter(({ headers }) => headers['destination'] === destination)
        .map(({ body, headers }) => `${body.slice(0, 5)} ${headers['retained']}`);
    expect(of('/topic/199')).toEqual(['newer undefined']); // it was published before its turn came
    expect(of('/topic/0')).toEqual(['xxxxx true', 'newer undefined']);
    expect(new Set(messages.map(({ headers }) => headers['destination'])).size).toBe(200);
    expect(messages).toHaveLength(201);
  });
});

describe('RetainedMessages', () => {
  const ALL_TOPICS = DestinationPattern.compile('/topic/**', { captures: false });

  it('forget the destination published to longest ago when there are too many', () => {
    const retained = new RetainedMessages({ destinations: 2, octets: 10_000 }, {});
    for (const name of ['a', 'b', 'a', 'c']) retained.keep(`/topic/${name}`, publish(`/topic/${name}`, name));

    expect(retained.matching(ALL_TOPICS)).toEqual(['/topic/a', '/topic/c']);
  });

  it('hold no more octets than they may, but always the last message', () => {
    const retained = new RetainedMessages({ destinations: 10, octets: 2 * 512 + 100 }, {});
    for (const name of ['a', 'b', 'c']) retained.keep(`/topic/${name}`, publish(`/topic/${name}`, 'x'.repeat(40)));
    const before = retained.matching(ALL_TOPICS);
    retained.keep('/topic/d', publish('/topic/d', 'x'.repeat(5000)));

    expect(before).toEqual(['/topic/b', '/topic/c']);
    expect(retained.matching(ALL_TOPICS)).toEqual(['/topic/d']);
  });

  it('of destinations with very many segments are for exact subscriptions only', () => {
    const retained = new RetainedMessages({ destinations: 10, octets: 100_000 }, {});
    const deep = `/topic${'/x'.repeat(100)}`;
    retained.keep(deep, createMessage('MESSAGE', { destination: deep, payload: new Uint8Array(1) }));

    expect([retained.matching(ALL_TOPICS), retained.only(deep)]).toEqual([[], [deep]]);
  });
});
