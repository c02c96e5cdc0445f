import { connect } from '@treadle/testing';
import type { TopicPolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import { policed, settled } from '../policed-application.js';

const ALL: TopicPolicy = { destinations: '/topic/**' };
const MOMENT = Date.parse('2000-01-01T00:00:00.000Z'); // where FakeClock begins

describe('maxMessageOctets', () => {
  it('refuses a larger message alone: others get it not, the session goes on', async () => {
    await using broker = policed({ ...ALL, maxMessageOctets: 5 });
    const client = await connect(broker.application);
    const errors = await client.subscribe('/user/queue/errors');
    const inbox = await client.subscribe('/topic/x');

    client.sendWithoutReceipt('/topic/x', '123456');
    await client.send('/topic/x', '12345');

    expect(await errors.next()).toMatchObject({ code: 'DESTINATION_MESSAGE_TOO_LARGE' });
    expect(await inbox.next()).toBe('12345');
    await inbox.expectNothing();
  });

  it('rejects the send of a template', async () => {
    await using broker = policed({ ...ALL, maxMessageOctets: 5 });
    await broker.application.start();

    const sent = broker.application.template.convertAndSend('/topic/x', '123456');

    await expect(sent).rejects.toMatchObject({ code: 'DESTINATION_MESSAGE_TOO_LARGE' });
  });

  it('for everything leaves what the framework tells a client of its failures alone', async () => {
    const limits = { maxMessageOctets: 5, maxMessagesPerSecond: 1, maxSubscribers: 1 };
    await using broker = policed({ ...limits, destinations: '/**' });
    const other = await connect(broker.application);
    const client = await connect(broker.application);
    await other.subscribe('/user/queue/errors');
    const errors = await client.subscribe('/user/queue/errors');

    for (const destination of ['/app/a', '/app/b', '/topic/c']) client.sendWithoutReceipt(destination, '123456');

    const codes = [await errors.next(), await errors.next(), await errors.next()].map(
      (each) => (each as { code: string }).code,
    );
    expect(codes).toEqual(['DESTINATION_UNKNOWN', 'DESTINATION_UNKNOWN', 'DESTINATION_MESSAGE_TOO_LARGE']);
  });

  it('holds for user destinations that its pattern names', async () => {
    await using broker = policed({ destinations: '/user/queue/**', maxMessageOctets: 5 });
    const client = await connect(broker.application);
    await client.subscribe('/user/queue/x');

    const sent = broker.application.template.convertAndSendToUser(client.sessionId ?? '', '/queue/x', '123456');

    await expect(sent).rejects.toMatchObject({ code: 'DESTINATION_MESSAGE_TOO_LARGE' });
  });
});

describe('maxMessagesPerSecond', () => {
  it('refuses what exceeds it, of each destination by itself, and goes on when time has passed', async () => {
    await using broker = policed({ ...ALL, maxMessagesPerSecond: 2 });
    await broker.application.start();
    const { template } = broker.application;
    const send = async (destination: string): Promise<boolean> =>
      Promise.resolve(template.convertAndSend(destination, 'x')).then(
        () => true,
        () => false,
      );

    const first = [await send('/topic/a'), await send('/topic/a'), await send('/topic/a'), await send('/topic/b')];
    await broker.clock.advance(500);
    const later = [await send('/topic/a'), await send('/topic/a')];

    expect(first).toEqual([true, true, false, true]);
    expect(later).toEqual([true, false]);
  });

  it('is told to the client with its code, and counted', async () => {
    await using broker = policed({ ...ALL, maxMessagesPerSecond: 1 });
    const client = await connect(broker.application);
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/topic/x', 'a');
    client.sendWithoutReceipt('/topic/x', 'b');

    expect(await errors.next()).toMatchObject({ code: 'DESTINATION_RATE_EXCEEDED' });
    expect(broker.application.stats().broker?.messages.refusedByCode).toEqual({ DESTINATION_RATE_EXCEEDED: 1 });
  });
});

describe('maxSubscribers', () => {
  it('refuses a further subscription alone, and takes one again when another has gone', async () => {
    await using broker = policed({ ...ALL, maxSubscribers: 1 });
    const [first, second] = [await connect(broker.application), await connect(broker.application)];
    const errors = await second.subscribe('/user/queue/errors');
    const inbox = await first.subscribe('/topic/x');

    second.sendFrame('SUBSCRIBE', { id: 'late', destination: '/topic/x' });
    const told = await errors.next();
    await inbox.unsubscribe();
    await second.subscribe('/topic/x');

    expect(told).toMatchObject({ code: 'SUBSCRIBER_LIMIT_EXCEEDED' });
    expect(second.errorFrame).toBeUndefined();
  });

  it('counts wildcard subscriptions that match, and a wildcard like a destination of that name', async () => {
    await using broker = policed({ ...ALL, maxSubscribers: 2 });
    const client = await connect(broker.application);
    const errors = await client.subscribe('/user/queue/errors');
    await client.subscribe('/topic/*');
    await client.subscribe('/topic/*');

    client.sendFrame('SUBSCRIBE', { id: 'exact', destination: '/topic/x' });
    client.sendFrame('SUBSCRIBE', { id: 'wildcard', destination: '/topic/*' });

    expect([(await errors.next()).code, (await errors.next()).code]).toEqual(
      Array.from({ length: 2 }, () => 'SUBSCRIBER_LIMIT_EXCEEDED'),
    );
  });
});

describe('expires', () => {
  it('comes from the policy when the message has none, and receivers see it', async () => {
    await using broker = policed({ ...ALL, expiresAfterMs: 5000 });
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x');

    await client.send('/topic/x', 'a');
    await client.send('/topic/x', 'b', { expires: String(MOMENT + 1) });
    await client.send('/topic/x', 'c', { expires: '0' });
    const expires = [await inbox.nextMessage(), await inbox.nextMessage(), await inbox.nextMessage()].map(
      ({ headers }) => headers['expires'],
    );

    expect(expires).toEqual([String(MOMENT + 5000), String(MOMENT + 1), '0']);
  });

  it('drops a message that has expired when it comes', async () => {
    await using broker = policed(ALL);
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x');

    await client.send('/topic/x', 'late', { expires: String(MOMENT) });
    await client.send('/topic/x', 'in time', { expires: String(MOMENT + 1) });

    expect(await inbox.next()).toBe('in time');
    expect(broker.application.stats().broker?.messages).toMatchObject({ published: 2, expired: 1 });
  });

  it.each(['soon', '-1', '1.5', '', '99999999999999999'])(
    'that says "%s" refuses the message alone',
    async (expires) => {
      await using broker = policed(ALL);
      const client = await connect(broker.application);
      const errors = await client.subscribe('/user/queue/errors');
      const inbox = await client.subscribe('/topic/x');

      client.sendWithoutReceipt('/topic/x', 'x', { expires });
      const told = await errors.next();
      await inbox.expectNothing();

      expect(told).toMatchObject({
        code: 'HEADER_MALFORMED',
        message: 'A header does not have the form it needs.',
        issues: [{ path: ['expires'], message: 'is no moment in milliseconds since 1970' }],
      });
    },
  );

  it('is a header like any other where no policy matches', async () => {
    await using broker = policed({ destinations: '/topic/other' });
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x');

    await client.send('/topic/x', 'a', { expires: 'Tuesday' });

    expect((await inbox.nextMessage()).headers['expires']).toBe('Tuesday');
  });

  it('counts while a message waits for a slow client', async () => {
    await using broker = policed(
      { ...ALL, expiresAfterMs: 1000, slowConsumer: 'drop-oldest' },
      { limits: { sendBufferOctets: 1000 } },
    );
    const client = await connect(broker.application);
    const inbox = await client.subscribe('/topic/x');
    client.stopReading();
    const { template } = broker.application;

    await template.convertAndSend('/topic/x', 'x'.repeat(1000));
    await settled();
    await template.convertAndSend('/topic/x', 'expires');
    await broker.clock.advance(999);
    await template.convertAndSend('/topic/x', 'stays');
    await broker.clock.advance(1);
    client.readAgain();
    await settled();

    expect(inbox.messages.map(({ body }) => body.slice(0, 10))).toEqual(['xxxxxxxxxx', 'stays']);
    expect(broker.application.stats().broker?.messages).toMatchObject({ expired: 1, dropped: 0 });
  });
});
