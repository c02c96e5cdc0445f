import { connect, FakeClock, type Inbox, type TestClient } from '@treadle/testing';
import { type Application, createApplication } from '../../../../src/application.js';
import { simpleBroker } from '../../../../src/broker/simple/simple-broker.js';
import type { TopicPolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import { silentLogger } from '../../../../src/foundation/logger.js';
import type { Message } from '../../../../src/messaging/message.js';
import type { ApplicationOptions } from '../../../../src/options.js';

const ROOM = '/topic/room';

function chat(policy: Partial<TopicPolicy> = {}, options: ApplicationOptions = {}): Application {
  const policies = [{ destinations: '/topic/**', history: { messages: 100 }, ...policy }];
  return createApplication({ logger: silentLogger, broker: simpleBroker({ policies }), ...options });
}

async function say(application: Application, ...words: readonly string[]): Promise<void> {
  for (const text of words) await application.template.convertAndSend(ROOM, text);
}

/** Subscribes and gives the RECEIPT too. */
async function subscribe(
  client: TestClient,
  headers: Readonly<Record<string, string>>,
  destination = ROOM,
): Promise<{ readonly recovered: string | undefined; readonly epoch: string | undefined; readonly inbox: Inbox }> {
  const inbox = await client.subscribe(destination, headers);
  const receipt = client.frames.findLast(({ command }) => command === 'RECEIPT');
  return { recovered: receipt?.headers['recovered'], epoch: receipt?.headers['epoch'], inbox };
}

async function texts(inbox: Inbox, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) found.push((await inbox.nextMessage()).body);
  return found;
}

describe('a destination with history', () => {
  it('numbers its messages from 1 on, in one epoch', async () => {
    await using application = chat();
    const client = await connect(application);
    const inbox = await client.subscribe(ROOM);

    await say(application, 'a', 'b');
    const [first, second] = [await inbox.nextMessage(), await inbox.nextMessage()];

    expect([first.headers['offset'], second.headers['offset']]).toEqual(['1', '2']);
    expect(first.headers['epoch']).toMatch(/^[\da-f]+-0$/);
    expect(second.headers['epoch']).toBe(first.headers['epoch']);
  });

  it('gives a subscription what it missed, then what comes, each once and in order', async () => {
    await using application = chat();
    const before = await connect(application);
    const inbox = await before.subscribe(ROOM);
    await say(application, 'a', 'b');
    await inbox.nextMessage();
    const { offset = '', epoch = '' } = (await inbox.nextMessage()).headers;
    before.drop();
    await say(application, 'c', 'd');

    const again = await connect(application);
    const { recovered, inbox: rest } = await subscribe(again, { offset, epoch });
    await say(application, 'e');

    expect(recovered).toBe('true');
    expect(await texts(rest, 3)).toEqual(['c', 'd', 'e']);
  });
});

describe('recovery', () => {
  it('says what it did in the RECEIPT and in the first message alone', async () => {
    await using application = chat();
    await application.start();
    await say(application, 'a', 'b');
    const client = await connect(application);

    const { recovered, epoch, inbox } = await subscribe(client, { offset: '0' });
    const headers = [await inbox.nextMessage(), await inbox.nextMessage()].map((message) => message.headers);

    expect(recovered).toBe('true');
    expect(headers.map((each) => each['recovered'])).toEqual(['true', undefined]);
    expect(headers[0]?.['epoch']).toBe(epoch);
  });

  it('that found nothing to give says so in the first message that comes', async () => {
    await using application = chat();
    const client = await connect(application);

    const { recovered, inbox } = await subscribe(client, { offset: '0' });
    await say(application, 'a', 'b');
    const first = await inbox.nextMessage();
    const second = await inbox.nextMessage();

    expect([recovered, first.headers['recovered'], second.headers['recovered']]).toEqual(['true', 'true', undefined]);
  });

  it('goes on from offset 0 with the epoch of the RECEIPT, for a client that got no message yet', async () => {
    await using application = chat();
    const before = await connect(application);
    const { epoch = '' } = await subscribe(before, { offset: '0' });
    before.drop();
    await say(application, 'a');

    const { recovered, inbox } = await subscribe(await connect(application), { offset: '0', epoch });

    expect([recovered, await inbox.next()]).toEqual(['true', 'a']);
  });

  it('goes on from the RECEIPT of a subscription that wanted nothing from before', async () => {
    await using application = chat();
    await application.start();
    await say(application, 'a', 'b');
    const before = await connect(application);
    await before.request('SUBSCRIBE', { id: 's', destination: ROOM });
    const { offset = '', epoch = '' } = before.frames.at(-1)?.headers ?? {};
    before.drop();
    await say(application, 'c');

    const { recovered, inbox } = await subscribe(await connect(application), { offset, epoch });

    expect([offset, recovered, await inbox.next()]).toEqual(['2', 'true', 'c']);
  });

  it.each([
    ['nothing was published yet', { messages: 9 }, [], {}, '0'],
    ['it goes on', { messages: 9 }, ['a', 'b', 'c'], { offset: '1' }, '1'],
    ['it has everything', { messages: 9 }, ['a', 'b', 'c'], { offset: '3' }, '3'],
    ['the next ones were trimmed', { messages: 1 }, ['a', 'b', 'c'], { offset: '1' }, '2'],
    ['it is of another epoch', { messages: 2 }, ['a', 'b', 'c'], { offset: '3', epoch: 'other' }, '1'],
    ['it asks for nothing', { messages: 2 }, ['a', 'b', 'c'], undefined, '3'],
  ])('answers behind which number the subscription begins when %s', async (_when, history, words, asked, expected) => {
    await using application = chat({ history });
    const client = await connect(application);
    const { epoch = '' } = await subscribe(client, { offset: '0' });
    await say(application, ...words);

    await client.request('SUBSCRIBE', { id: 's', destination: ROOM, ...(asked && { epoch, ...asked }) });

    const receipt = client.frames.findLast(({ command }) => command === 'RECEIPT');
    expect(receipt?.headers).toMatchObject({ offset: expected, epoch });
  });

  it.each([
    [
      'something after the offset was trimmed',
      { messages: 2 },
      (epoch: string) => ({ offset: '1', epoch }),
      ['c', 'd'],
    ],
    ['the epoch is another one', { messages: 9 }, () => ({ offset: '2', epoch: 'other' }), ['a', 'b', 'c', 'd']],
    ['the offset was never given', { messages: 9 }, (epoch: string) => ({ offset: '9', epoch }), ['a', 'b', 'c', 'd']],
    ['everything is wanted and the oldest are gone', { messages: 3 }, () => ({ offset: '0' }), ['b', 'c', 'd']],
  ])('is not complete when %s; what is kept comes all the same', async (_why, history, headersFor, expected) => {
    await using application = chat({ history });
    const client = await connect(application);
    const all = await client.subscribe(ROOM);
    await say(application, 'a', 'b', 'c', 'd');
    const { epoch = '' } = (await all.nextMessage()).headers;

    const { recovered, inbox } = await subscribe(client, headersFor(epoch));

    expect(recovered).toBe('false');
    expect((await inbox.nextMessage()).headers['recovered']).toBe('false');
    expect([expected[0], ...(await texts(inbox, expected.length - 1))]).toEqual(expected);
  });

  it('is not complete for the epoch of an earlier server, though nothing was published yet', async () => {
    await using application = chat();

    const { recovered } = await subscribe(await connect(application), { offset: '0', epoch: 'earlier' });

    expect(recovered).toBe('false');
  });

  it('goes through what it began with before a history that replaced a forgotten one', async () => {
    const policies = [{ destinations: '/topic/**', history: { messages: 100 }, maxWaitingMessages: 100 }];
    await using application = createApplication({
      logger: silentLogger,
      limits: { sendBufferOctets: 100_000 },
      broker: simpleBroker({ policies, maxHistories: 1 }),
    });
    await application.start();
    const expected = Array.from({ length: 80 }, (_none, index) => String(index));
    await say(application, ...expected.slice(0, 79));
    const client = await connect(application);

    client.sendFrame('SUBSCRIBE', { id: 's', destination: ROOM, offset: '0', ack: 'client', 'prefetch-count': '1' });
    await application.template.convertAndSend('/topic/other', 'the room is forgotten');
    await say(application, '79');
    const received: string[] = [];
    for (let turn = 0; turn < 2000 && received.length < 80; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      const { command, body, headers } = client.frames.at(-1) ?? {};
      if (command !== 'MESSAGE' || body === undefined || received.at(-1) === body) continue;
      received.push(body);
      client.sendFrame('ACK', { id: headers?.['ack'] ?? '' });
    }

    expect(received).toEqual(expected);
  });

  it.each([
    ['a wildcard subscription', '/topic/*', {}],
    ['a destination without history', '/queue/x', {}],
    ['a user destination', '/user/queue/x', { destinations: ['/**'] }],
  ])('of %s is never complete, and gives nothing', async (_what, destination, policy) => {
    await using application = chat(policy);
    await application.start();
    await say(application, 'a');
    const client = await connect(application);

    const { recovered, epoch, inbox } = await subscribe(client, { offset: '0' }, destination);
    await inbox.expectNothing();

    expect([recovered, epoch]).toEqual(['false', undefined]);
  });

  it('answers on plain brokers too that nothing was recovered', async () => {
    await using application = createApplication({ logger: silentLogger });
    const client = await connect(application);

    const { recovered, inbox } = await subscribe(client, { offset: '5', epoch: 'x' });
    await say(application, 'a');

    expect([recovered, (await inbox.nextMessage()).headers['recovered']]).toEqual(['false', 'false']);
  });

  it.each([{ offset: 'latest' }, { offset: '-1' }, { offset: '' }, { offset: '1.0' }, { offset: '3' }])(
    'asked for with %j ends the session: it cannot be understood',
    async (headers) => {
      await using application = chat();
      const client = await connect(application);

      await expect(client.subscribe(ROOM, headers)).rejects.toMatchObject({ code: 'HEADER_MALFORMED' });
    },
  );

  it('is not complete for a number that was not given to any message yet, be it the very next', async () => {
    await using application = chat();
    await application.start();
    await say(application, 'a', 'b');
    const client = await connect(application);
    const { epoch = '' } = await subscribe(client, { offset: '0' });

    const last = await subscribe(client, { offset: '2', epoch });
    const { recovered, inbox } = await subscribe(client, { offset: '3', epoch });

    expect([last.recovered, recovered, await texts(inbox, 2)]).toEqual(['true', 'false', ['a', 'b']]);
  });

  it('is nothing that a queue knows, as what nobody acknowledged is still in it', async () => {
    const policies = [{ destinations: '/queue/**', kind: 'queue' as const }];
    await using application = createApplication({ logger: silentLogger, broker: simpleBroker({ policies }) });
    const client = await connect(application);

    const { recovered, inbox } = await subscribe(client, { offset: '0' }, '/queue/jobs');
    await client.send('/queue/jobs', 'a');
    const { headers } = await inbox.nextMessage();

    expect([recovered, headers['recovered']]).toEqual([undefined, undefined]);
  });

  it('says so again when the first message is delivered again', async () => {
    await using application = chat();
    const client = await connect(application);
    await client.send(ROOM, 'a');

    const { inbox } = await subscribe(client, { offset: '0', ack: 'client' });
    const first = await inbox.nextMessage();
    await client.request('NACK', { id: first.headers['ack'] ?? '' });
    const again = await inbox.nextMessage();

    expect([first, again].map(({ headers }) => [headers['recovered'], headers['redelivered']])).toEqual([
      ['true', undefined],
      ['true', 'true'],
    ]);
  });

  it('a subscription without offset gets nothing from before, as everywhere', async () => {
    await using application = chat();
    await application.start();
    await say(application, 'a');
    const client = await connect(application);

    const { recovered, inbox } = await subscribe(client, { epoch: 'x' });
    await say(application, 'b');
    const first = await inbox.nextMessage();

    expect([recovered, first.body, first.headers['recovered']]).toEqual([undefined, 'b', undefined]);
  });

  it('no sender can pretend to be part of a history', async () => {
    await using application = chat();
    const client = await connect(application);
    const inbox = await client.subscribe(ROOM);

    await client.send(ROOM, 'a', { offset: '77', epoch: 'mine', recovered: 'false', other: 'kept' });
    const { headers } = await inbox.nextMessage();

    expect(headers).toMatchObject({ offset: '1', other: 'kept' });
    expect([headers['epoch'], headers['recovered']]).toEqual([expect.stringMatching(/-0$/), undefined]);
    expect(inbox.messages).toHaveLength(1);
  });

  it('keeps what a selector wants, with the numbers they have', async () => {
    await using application = chat();
    const client = await connect(application);
    for (const color of ['red', 'blue', 'red', 'blue']) await client.send(ROOM, color, { color });

    const { inbox } = await subscribe(client, { offset: '0', selector: "color = 'blue'" });
    const offsets = [await inbox.nextMessage(), await inbox.nextMessage()].map(({ headers }) => headers['offset']);

    expect(offsets).toEqual(['2', '4']);
  });

  it('leaves out what the session itself sent, with no-echo', async () => {
    await using application = chat();
    const [alice, bob] = [await connect(application), await connect(application)];
    await alice.send(ROOM, 'by alice');
    await bob.send(ROOM, 'by bob');

    const { inbox } = await subscribe(alice, { offset: '0', 'no-echo': 'true' });

    expect(await inbox.next()).toBe('by bob');
    await inbox.expectNothing();
  });

  it('waits for acknowledgements, then goes on with what was published meanwhile', async () => {
    await using application = chat();
    await application.start();
    await say(application, 'a', 'b', 'c');
    const client = await connect(application);

    const { inbox } = await subscribe(client, { offset: '0', ack: 'client-individual', 'prefetch-count': '1' });
    await say(application, 'd');
    const received: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      const message = await inbox.nextMessage();
      await inbox.expectNothing();
      received.push(message.body);
      await client.request('ACK', { id: message.headers['ack'] ?? '' });
    }

    expect(received).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is complete and in order behind interceptors that take their time, while more is published', async () => {
    const slowly = {
      async preSend(message: Message): Promise<Message> {
        await new Promise((resolve) => setImmediate(resolve));
        return message;
      },
    };
    await using application = chat({}, { interceptors: { clientInbound: [slowly], clientOutbound: [slowly] } });
    await application.start();
    const expected = Array.from({ length: 60 }, (_none, index) => String(index + 1));
    await say(application, ...expected.slice(0, 20));
    const client = await connect(application);

    const subscribing = subscribe(client, { offset: '0' });
    for (const text of expected.slice(20)) {
      await say(application, text);
      if (Number(text) % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const { inbox } = await subscribing;

    expect(await texts(inbox, 60)).toEqual(expected);
    await inbox.expectNothing();
  });

  it('of more than the client’s buffer holds waits for the client', async () => {
    await using application = chat({ history: { messages: 1000 } }, { limits: { sendBufferOctets: 20_000 } });
    await application.start();
    const expected = Array.from({ length: 500 }, (_none, index) => `${index} ${'x'.repeat(500)}`);
    await say(application, ...expected.slice(0, 400));
    const client = await connect(application);

    client.sendFrame('SUBSCRIBE', { id: 's', destination: ROOM, offset: '0' });
    client.stopReading();
    await new Promise((resolve) => setImmediate(resolve));
    await say(application, ...expected.slice(400));
    client.readAgain();
    const bodies = (): string[] => client.frames.filter(({ command }) => command === 'MESSAGE').map(({ body }) => body);
    for (let turn = 0; turn < 2000 && bodies().length < 500; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(bodies()).toEqual(expected);
    expect(client.errorFrame).toBeUndefined();
  });

  it('that cannot keep up with its history ends the session where nothing may be dropped', async () => {
    await using application = chat({ history: { messages: 100 } }, { limits: { sendBufferOctets: 5_000 } });
    await application.start();
    await say(application, ...Array.from({ length: 100 }, () => 'x'.repeat(500)));
    const client = await connect(application);

    client.sendFrame('SUBSCRIBE', { id: 's', destination: ROOM, offset: '0' });
    client.stopReading();
    await new Promise((resolve) => setImmediate(resolve));
    await say(application, ...Array.from({ length: 100 }, () => 'y'.repeat(500)));
    client.readAgain();

    expect((await client.nextError()).headers['code']).toBe('SLOW_CONSUMER');
  });

  it('that cannot keep up with its history goes on behind the gap where messages may be dropped', async () => {
    await using application = chat(
      { history: { messages: 100 }, slowConsumer: 'drop-oldest' },
      { limits: { sendBufferOctets: 5_000 } },
    );
    await application.start();
    await say(application, ...Array.from({ length: 100 }, () => 'x'.repeat(500)));
    const client = await connect(application);

    client.sendFrame('SUBSCRIBE', { id: 's', destination: ROOM, offset: '0' });
    client.stopReading();
    await new Promise((resolve) => setImmediate(resolve));
    await say(application, ...Array.from({ length: 100 }, (_none, index) => `${index} ${'y'.repeat(500)}`));
    client.readAgain();
    const last = (): string => client.frames.at(-1)?.body ?? '';
    for (let turn = 0; turn < 2000 && !last().startsWith('99 '); turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }

    const offsets = client.frames.flatMap(({ headers }) => headers['offset'] ?? []).map(Number);
    expect(offsets.at(-1)).toBe(200);
    expect(offsets.slice(-100)).toEqual(Array.from({ length: 100 }, (_none, index) => index + 101));
    expect(application.stats().broker?.messages.dropped).toBe(200 - offsets.length);
  });

  it('leaves out what has expired, and is complete without it', async () => {
    const clock = new FakeClock();
    await using application = chat({}, { clock });
    await application.start();
    const expires = String(clock.wallTime() + 1000);
    await application.template.convertAndSend(ROOM, 'short-lived', { expires });
    await say(application, 'stays');
    await clock.advance(1000);

    const { recovered, inbox } = await subscribe(await connect(application), { offset: '0' });

    expect([recovered, await inbox.next()]).toEqual(['true', 'stays']);
    expect(application.stats().broker?.messages.expired).toBe(0); // it had been delivered
  });
});
