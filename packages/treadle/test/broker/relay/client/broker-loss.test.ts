import { send, sendAndWait, subscribe } from '../../conformance/conversation.js';
import { hearNotices, notice } from '../kit/notices.js';
import { RelayedApplication } from '../kit/relayed-application.js';
import { ScriptedBroker } from '../kit/scripted-broker.js';

type Loss = 'close' | 'hold';

async function start(
  onBrokerLoss: Loss,
  connections: 'per-client' | 'shared' = 'per-client',
): Promise<{ broker: ScriptedBroker; relayed: RelayedApplication } & AsyncDisposable> {
  const broker = await ScriptedBroker.listen();
  const alone = { userDestinationBroadcast: false, userRegistryBroadcast: false } as const;
  const relay = { hosts: [broker.address], dialect: 'none', onBrokerLoss, connections, sharedConnections: 1 } as const;
  const relayed = await RelayedApplication.on({ ...relay, ...alone });
  return {
    broker,
    relayed,
    async [Symbol.asyncDispose]() {
      await relayed[Symbol.asyncDispose]();
      await broker.stop();
    },
  };
}

describe('when its connection is lost, a session that is to be closed', () => {
  it('ends with BROKER_UNAVAILABLE, and others do not', async () => {
    await using server = await start('close');
    const [alice, bob] = [await server.relayed.connect(), await server.relayed.connect()];

    (await server.broker.conversation(1)).reset();

    expect((await alice.refusal()).header('code')).toBe('BROKER_UNAVAILABLE');
    await sendAndWait(bob, '/topic/tea', 'still here');
  });

  it.each(['per-client', 'shared'] as const)(
    'learns which frame is unanswered, if it asked for a receipt (%s)',
    async (connections) => {
      await using server = await start('close', connections);
      const client = await server.relayed.connect();
      const held = server.broker.hold('SEND');
      client.type(send('/topic/tea', '1', 'receipt:r\n'));
      await server.broker.until(() => held.frames.length === 1);

      for (const conversation of server.broker.open) conversation.reset();

      const error = await client.refusal();
      expect([error.header('code'), error.header('receipt-id')]).toEqual(['OUTCOME_UNKNOWN', 'r']);
    },
  );

  it('ends with BROKER_REFUSED when the broker complained before', async () => {
    await using server = await start('close');
    const client = await server.relayed.connect();
    const conversation = await server.broker.conversation(1);

    conversation.error('no exchange', [], 'secret words');
    conversation.cut();

    const error = await client.refusal();
    expect(error.header('code')).toBe('BROKER_REFUSED');
    expect(error.text).not.toContain('secret');
  });

  it('goes on behind a complaint that costs no connection', async () => {
    await using server = await start('close');
    const client = await server.relayed.connect();

    (await server.broker.conversation(1)).error('something');

    await sendAndWait(client, '/topic/tea', 'still here');
  });

  it('cannot begin while the broker is away', async () => {
    await using server = await start('close');
    await server.broker.stop();

    expect((await server.relayed.open().refusal()).header('code')).toBe('BROKER_UNAVAILABLE');
  });
});

describe('a client that vanishes before the broker has answered', () => {
  it.each(['close', 'hold'] as const)('leaves no attempt to connect (%s)', async (onBrokerLoss) => {
    await using server = await start(onBrokerLoss);
    const held = server.broker.hold('CONNECT');
    const client = server.relayed.open();
    await server.broker.until(() => held.frames.length === 1);
    const before = performance.now();

    await client[Symbol.asyncDispose]();

    const conversation = await server.broker.conversation(1);
    await server.broker.until(() => !conversation.isOpen, 'end of the attempt');
    expect(performance.now() - before).toBeLessThan(1_000); // connectTimeMs is longer
    expect(server.relayed.application.stats().sessions.current).toBe(0);
  });
});

describe('when its connection is lost, a session that is held', () => {
  it('is told, and told again when its subscriptions are back', async () => {
    await using server = await start('hold');
    const client = await server.relayed.connect('alice');
    await hearNotices(client);
    await subscribe(client, '/topic/tea');

    await server.broker.stop();
    expect(await notice(client)).toBe('BROKER_UNAVAILABLE');
    await server.broker.start();
    expect(await notice(client)).toBe('SUBSCRIPTIONS_RESTORED');

    client.type(send('/topic/tea', 'hi'));
    expect((await client.next()).body.toString()).toBe('hi');
  });

  it('sends what it sent meanwhile when the broker is back, in order', async () => {
    await using server = await start('hold');
    const client = await server.relayed.connect('alice');
    await hearNotices(client);
    await subscribe(client, '/topic/tea');
    await server.broker.stop();
    await notice(client);

    for (const body of ['1', '2', '3']) client.type(send('/topic/tea', body));
    await server.broker.start();

    expect(await notice(client)).toBe('SUBSCRIPTIONS_RESTORED');
    const came = [await client.next(), await client.next(), await client.next()];
    expect(came.map(({ body }) => body.toString())).toEqual(['1', '2', '3']);
  });

  it('is refused what has waited for too long, alone', async () => {
    await using server = await start('hold');
    const client = await server.relayed.connect('alice');
    await hearNotices(client);
    await server.broker.stop();
    await notice(client);

    client.type(send('/topic/tea', 'lost'));

    expect(await notice(client)).toBe('BROKER_UNAVAILABLE');
    expect(client.isClosed).toBe(false);
  });

  it('is told of messages whose outcome nobody knows, those of one loss together', async () => {
    await using server = await start('hold');
    const client = await server.relayed.connect('alice');
    await hearNotices(client);
    const held = server.broker.hold('SEND');
    for (const body of ['1', '2', '3']) client.type(send('/topic/tea', body));
    await server.broker.until(() => held.frames.length === 3);

    (await server.broker.conversation(1)).reset();

    const told = [await notice(client), await notice(client), await notice(client)];
    expect(told.toSorted()).toEqual(['BROKER_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'SUBSCRIPTIONS_RESTORED']);
  });

  it('gets no receipt for a message whose outcome nobody knows, but ERROR', async () => {
    await using server = await start('hold');
    const client = await server.relayed.connect('alice');
    const held = server.broker.hold('SEND');
    client.type(send('/topic/tea', '1', 'receipt:r\n'));
    await server.broker.until(() => held.frames.length === 1);

    (await server.broker.conversation(1)).reset();

    const error = await client.refusal();
    expect(error.header('code')).toBe('OUTCOME_UNKNOWN');
    expect(error.header('receipt-id')).toBe('r');
  });

  it('may begin while the broker is away', async () => {
    await using server = await start('hold');
    await server.broker.stop();
    await server.relayed.whenAvailable(false);

    const client = await server.relayed.connect('alice');
    await subscribe(client, '/user/queue/news');
    await server.relayed.application.template.convertAndSendToUser('alice', '/queue/news', 'hi');

    expect((await client.next()).body.toString()).toBe('hi');
  });

  it('loses a subscription that the broker does not take again, and is told which', async () => {
    await using server = await start('hold');
    const client = await server.relayed.connect('alice');
    await hearNotices(client);
    await subscribe(client, '/topic/tea');
    await server.broker.stop();
    await notice(client);
    server.broker.once('SUBSCRIBE', (frame, conversation) => {
      const receipt = frame.headers[frame.headers.indexOf('receipt') + 1] ?? '';
      conversation.error('no such topic', ['receipt-id', receipt]);
    });
    await server.broker.start();

    const told = [await notice(client), await notice(client)];

    expect(told.toSorted()).toEqual(['SUBSCRIPTIONS_RESTORED', 'UNSUBSCRIBED_BY_SERVER']);
  });
});

describe('what the application publishes while the broker is away', () => {
  it('waits for it', async () => {
    await using server = await start('close');
    await server.broker.stop();
    await server.relayed.whenAvailable(false);

    const sent = server.relayed.application.template.convertAndSend('/topic/tea', 'hi');
    await server.broker.start();

    await expect(sent).resolves.toBeUndefined();
  });

  it('fails when that takes too long', async () => {
    await using server = await start('close');
    await server.broker.stop();
    await server.relayed.whenAvailable(false);

    const sent = server.relayed.application.template.convertAndSend('/topic/tea', 'hi');

    await expect(sent).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
  });

  it('fails when the application stops', async () => {
    await using server = await start('close');
    await server.broker.stop();
    await server.relayed.whenAvailable(false);
    const sent = server.relayed.application.template.convertAndSend('/topic/tea', 'hi');
    sent.catch(() => undefined);

    await server.relayed.application.stop();

    await expect(sent).rejects.toMatchObject({ code: 'SERVER_STOPPING' });
  });
});
