import { type Frame, headerValue } from '@treadle/stomp';
import { acknowledgement } from '../../../obligations/acknowledgement-frames.js';
import type { RawClient } from '../../../obligations/raw-client.js';
import type { RawFrame } from '../../../obligations/raw-frame.js';
import { subscribe, take } from '../../conformance/conversation.js';
import { hearNotices, notice } from '../kit/notices.js';
import { RelayedApplication } from '../kit/relayed-application.js';
import { ScriptedBroker } from '../kit/scripted-broker.js';
import type { ScriptedConversation } from '../kit/scripted-conversation.js';

interface Server extends AsyncDisposable {
  readonly broker: ScriptedBroker;
  readonly relayed: RelayedApplication;
}

async function start(server = 'ActiveMQ/5.17.2'): Promise<Server> {
  const broker = await ScriptedBroker.listen({ server });
  const alone = { userDestinationBroadcast: false, userRegistryBroadcast: false } as const;
  const relayed = await RelayedApplication.on({ hosts: [broker.address], onBrokerLoss: 'hold', ...alone });
  return {
    broker,
    relayed,
    async [Symbol.asyncDispose]() {
      await relayed[Symbol.asyncDispose]();
      await broker.stop();
    },
  };
}

/** Has the broker give messages to the only subscription of a client, with the acknowledgement ids `a-1`, `a-2` … */
async function give(conversation: ScriptedConversation, client: RawClient, count: number): Promise<RawFrame[]> {
  const [[id, destination] = ['', '']] = conversation.subscriptions;
  for (let number = 1; number <= count; number += 1) {
    conversation.message(id, destination, String(number), ['message-id', `m-${number}`, 'ack', `a-${number}`]);
  }
  return take(client, count);
}

async function consume(server: Server, headers = 'ack:client\n'): Promise<[RawClient, ScriptedConversation]> {
  const client = await server.relayed.connect('alice');
  await hearNotices(client);
  await subscribe(client, '/queue/work', headers);
  const conversation = server.broker.open.find((one) => one.subscriptions.size > 0);
  if (!conversation) throw new Error('nobody subscribed');
  return [client, conversation];
}

function named(frames: readonly Frame[]): string[] {
  return frames.map(({ command, headers }) => `${command} ${headerValue(headers, 'id')}`);
}

function said(conversation: ScriptedConversation): string[] {
  return named(conversation.frames.filter(({ command }) => command === 'ACK' || command === 'NACK'));
}

describe('acknowledgements through the relay', () => {
  it('of client mode reach the broker one by one, for all before', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);
    const messages = await give(conversation, client, 3);

    await client.ask(acknowledgement('ACK', messages[1], '1.2', 'receipt:done\n'));

    expect(said(conversation)).toEqual(['ACK a-1', 'ACK a-2']);
  });

  it('of client-individual mode are of one message', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server, 'ack:client-individual\n');
    const messages = await give(conversation, client, 3);

    await client.ask(acknowledgement('NACK', messages[1], '1.2', 'receipt:done\n'));

    expect(said(conversation)).toEqual(['NACK a-2']);
  });

  it('are answered when the broker has answered', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);
    const messages = await give(conversation, client, 1);
    const held = server.broker.hold('ACK');

    client.type(acknowledgement('ACK', messages[0], '1.2', 'receipt:done\n'));
    await server.broker.until(() => held.frames.length === 1);
    expect(client.waiting).toEqual([]);
    held.release();

    expect((await client.next()).header('receipt-id')).toBe('done');
  });

  it('that the broker refuses end the session: no receipt tells a lie', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);
    const messages = await give(conversation, client, 1);
    server.broker.on('ACK', (frame, one) =>
      one.error('no', ['receipt-id', headerValue(frame.headers, 'receipt') ?? '']),
    );

    client.type(acknowledgement('ACK', messages[0], '1.2', 'receipt:done\n'));

    const error = await client.refusal();
    expect([error.header('code'), error.header('receipt-id')]).toEqual(['BROKER_REFUSED', 'done']);
  });

  it('of a message that was acknowledged already are unknown', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);
    const messages = await give(conversation, client, 1);
    client.type(acknowledgement('ACK', messages[0], '1.2'));

    client.type(acknowledgement('ACK', messages[0], '1.2'));

    expect((await client.refusal()).header('code')).toBe('ACKNOWLEDGEMENT_UNKNOWN');
  });

  it('of what a selector here does not fit are given at once, so that the broker has nothing that waits for ever', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    await subscribe(client, '/topic/teas', "ack:client\nselector:kind = 'green'\n");
    const conversation = server.broker.open.find((one) => one.subscriptions.size > 0);
    if (!conversation) throw new Error('nobody subscribed');
    const [[id, destination] = ['', '']] = conversation.subscriptions;

    conversation.message(id, destination, 'black', ['message-id', 'm-1', 'ack', 'a-1', 'kind', 'black']);
    conversation.message(id, destination, 'green', ['message-id', 'm-2', 'ack', 'a-2', 'kind', 'green']);

    expect((await client.next()).body.toString()).toBe('green');
    await server.broker.until(() => said(conversation).length > 0, 'acknowledgement');
    expect(said(conversation)).toEqual(['ACK a-1']);
  });

  it('of queues with ack:auto are given when the message has gone to the client', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server, '');

    await give(conversation, client, 2);
    await conversation.next('ACK');
    await conversation.next('ACK');

    expect(said(conversation)).toEqual(['ACK a-1', 'ACK a-2']);
    const subscribed = conversation.frames.find(({ command }) => command === 'SUBSCRIBE');
    expect(headerValue(subscribed?.headers ?? [], 'ack')).toBe('client-individual');
  });

  it('name a delivery differently each time the broker gives a message', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);

    const messages = [...(await give(conversation, client, 1)), ...(await give(conversation, client, 1))];

    expect(new Set(messages.map((message) => message.header('ack'))).size).toBe(2);
  });
});

describe('acknowledgements in a transaction through the relay', () => {
  it('count at COMMIT, which is answered when the broker has answered them', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);
    const messages = await give(conversation, client, 2);
    client.type('BEGIN\ntransaction:t\n\n\0');
    await client.ask(acknowledgement('ACK', messages[1], '1.2', 'transaction:t\nreceipt:kept\n'));
    expect(said(conversation)).toEqual([]);
    const held = server.broker.hold('ACK');

    client.type('COMMIT\ntransaction:t\nreceipt:committed\n\n\0');
    await server.broker.until(() => held.frames.length === 2);
    expect(client.waiting).toEqual([]);
    held.release();

    expect((await client.next()).header('receipt-id')).toBe('committed');
    expect(said(conversation)).toEqual(['ACK a-1', 'ACK a-2']);
  });

  it('never reach the broker after ABORT, and can be given again', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);
    const messages = await give(conversation, client, 1);
    client.type('BEGIN\ntransaction:t\n\n\0');
    client.type(acknowledgement('NACK', messages[0], '1.2', 'transaction:t\n'));
    await client.ask('ABORT\ntransaction:t\nreceipt:aborted\n\n\0');

    await client.ask(acknowledgement('ACK', messages[0], '1.2', 'receipt:done\n'));

    expect(said(conversation)).toEqual(['ACK a-1']);
  });

  it('fail the COMMIT when the broker was lost since', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);
    const messages = await give(conversation, client, 1);
    client.type('BEGIN\ntransaction:t\n\n\0');
    await client.ask(acknowledgement('ACK', messages[0], '1.2', 'transaction:t\nreceipt:kept\n'));
    conversation.reset();
    await notice(client);
    await notice(client);

    client.type('COMMIT\ntransaction:t\nreceipt:committed\n\n\0');

    const error = await client.refusal();
    expect([error.header('code'), error.header('receipt-id')]).toEqual(['ACKNOWLEDGEMENT_LOST', 'committed']);
  });
});

describe('an acknowledgement of a message that came before the broker was lost', () => {
  it('is forgotten when nobody asks: the message comes again', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);
    const messages = await give(conversation, client, 1);
    conversation.reset();
    await notice(client);
    await notice(client);

    client.type(acknowledgement('ACK', messages[0], '1.2'));

    await client.ask('SEND\ndestination:/topic/tea\nreceipt:alive\n\n\0');
    expect(server.broker.open.flatMap(said)).toEqual([]);
  });

  it('gets ERROR instead of a receipt', async () => {
    await using server = await start();
    const [client, conversation] = await consume(server);
    const messages = await give(conversation, client, 1);
    conversation.reset();
    await notice(client);
    await notice(client);

    client.type(acknowledgement('ACK', messages[0], '1.2', 'receipt:done\n'));

    const error = await client.refusal();
    expect([error.header('code'), error.header('receipt-id')]).toEqual(['ACKNOWLEDGEMENT_LOST', 'done']);
  });
});

describe('a subscription to a queue of a broker that keeps what was not acknowledged until the connection ends', () => {
  it('has a connection of its own, which ends before its UNSUBSCRIBE is answered', async () => {
    await using server = await start('RabbitMQ/3.10.8');
    const [client, conversation] = await consume(server);
    expect(server.broker.open).toHaveLength(3);
    await give(conversation, client, 1);

    await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');

    await conversation.closed();
    expect(conversation.commands.at(-1)).toBe('DISCONNECT');
    await client.ask('SEND\ndestination:/topic/tea\nreceipt:alive\n\n\0');
  });

  it('is refused alone when its connection does not survive it', async () => {
    await using server = await start('RabbitMQ/3.10.8');
    const client = await server.relayed.connect('alice');
    await hearNotices(client);
    server.broker.on('SUBSCRIBE', (_frame, conversation) => {
      conversation.error('not found');
      conversation.cut();
    });

    client.type('SUBSCRIBE\nid:s\ndestination:/queue/work\n\n\0');

    expect(await notice(client)).toBe('BROKER_REFUSED');
    await client.ask('SEND\ndestination:/topic/tea\nreceipt:alive\n\n\0');
  });

  it('is ended alone when it costs its connection again and again', async () => {
    await using server = await start('RabbitMQ/3.10.8');
    const client = await server.relayed.connect('alice');
    await hearNotices(client);
    server.broker.on('SUBSCRIBE', (_frame, conversation, standard) => {
      standard();
      setImmediate(() => {
        conversation.error('not found');
        conversation.cut();
      });
    });

    client.type('SUBSCRIBE\nid:s\ndestination:/queue/work\n\n\0');

    const told = [await notice(client), await notice(client), await notice(client)];
    expect(told).toEqual(['BROKER_UNAVAILABLE', 'SUBSCRIPTIONS_RESTORED', 'UNSUBSCRIBED_BY_SERVER']);
    await server.broker.until(() => server.broker.open.length === 2);
  });

  it('leaves no connection when its session ends', async () => {
    await using server = await start('RabbitMQ/3.10.8');
    const [client, conversation] = await consume(server);

    client.vanish();

    await conversation.closed();
    await server.broker.until(() => server.broker.open.length === 1);
  });
});
