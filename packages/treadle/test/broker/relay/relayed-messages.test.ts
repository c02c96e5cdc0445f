import { headerValue } from '@treadle/stomp';
import { bodies, send, sendAndWait, subscribe } from '../conformance/conversation.js';
import { hearNotices, notice } from './kit/notices.js';
import { RelayedApplication } from './kit/relayed-application.js';
import { ScriptedBroker } from './kit/scripted-broker.js';

async function start(): Promise<{ broker: ScriptedBroker; relayed: RelayedApplication } & AsyncDisposable> {
  const broker = await ScriptedBroker.listen();
  const alone = { userDestinationBroadcast: false, userRegistryBroadcast: false } as const;
  const relayed = await RelayedApplication.on({ hosts: [broker.address], dialect: 'none', ...alone });
  return {
    broker,
    relayed,
    async [Symbol.asyncDispose]() {
      await relayed[Symbol.asyncDispose]();
      await broker.stop();
    },
  };
}

describe('messages through the relay', () => {
  it('are not where servers tell each other something, of which no client may hear by its name', async () => {
    await using broker = await ScriptedBroker.listen();
    await using relayed = await RelayedApplication.on({ hosts: [broker.address], dialect: 'none' });
    const client = await relayed.connect();
    await hearNotices(client);

    for (const destination of ['/topic/treadle-user-destinations', '/topic/treadle-user-registry']) {
      client.type(`SUBSCRIBE\nid:s\ndestination:${destination}\n\n\0`);
      expect(await notice(client)).toBe('ACCESS_DENIED');
      client.type(send(destination, 'a lie'));
      expect(await notice(client)).toBe('ACCESS_DENIED');
    }

    const [system, own] = broker.conversations;
    expect(system?.commands).toContain('SUBSCRIBE /topic/treadle-user-registry');
    expect(own?.commands).toEqual(['CONNECT']);
  });

  it('go from one client by way of the broker to another', async () => {
    await using server = await start();
    const [alice, bob] = [await server.relayed.connect(), await server.relayed.connect()];
    await subscribe(bob, '/topic/tea');

    await sendAndWait(alice, '/topic/tea', 'hi', 'kind:green\n');

    const message = await bob.next();
    expect(message.body.toString()).toBe('hi');
    expect(message.header('destination')).toBe('/topic/tea');
    expect(message.header('subscription')).toBe('s');
    expect(message.header('kind')).toBe('green');
  });

  it('never look like the answer to a SUBSCRIBE, whose ACK would reach nobody, whatever their sender calls them', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    await subscribe(client, '/topic/tea');
    const own = await server.broker.conversation(1);

    own.message(own.subscriptionTo('/topic/tea'), '/topic/tea', 'x', ['message-id', 'answer-1']);

    expect((await client.next()).header('message-id')).toBe('broker-answer-1');
  });

  it('show the client nothing of the broker and the sender but the message', async () => {
    await using server = await start();
    const [alice, bob] = [await server.relayed.connect('alice'), await server.relayed.connect()];
    await subscribe(bob, '/topic/tea');

    await sendAndWait(alice, '/topic/tea', 'hi', 'login:alice\npasscode:secret\n');

    const { lines } = await bob.next();
    const names = lines.map((line) => line.slice(0, line.indexOf(':')));
    expect(names.toSorted()).toEqual(['content-length', 'destination', 'message-id', 'subscription']);
  });

  it('reach the broker without the credentials and the session id of their sender', async () => {
    await using server = await start();
    const alice = await server.relayed.connect('alice');

    await sendAndWait(alice, '/topic/tea', 'hi', 'passcode:secret\ntreadle-sender:somebody\ntreadle-message-id:mine\n');

    const conversation = await server.broker.conversation(1);
    const { headers } = await conversation.next('SEND');
    expect(headerValue(headers, 'passcode')).toBeUndefined();
    expect(headers.filter((name) => name === 'treadle-sender')).toHaveLength(1);
    expect(headers).not.toContain('somebody');
    expect(headers).not.toContain('mine');
  });

  it('have one message id for all receivers', async () => {
    await using server = await start();
    const [alice, bob] = [await server.relayed.connect(), await server.relayed.connect()];
    for (const client of [alice, bob]) await subscribe(client, '/topic/tea');

    alice.type(send('/topic/tea', 'hi'));

    const [first, second] = [await alice.next(), await bob.next()];
    expect(first.header('message-id')).toBe(second.header('message-id'));
  });

  it('carry any octets', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    await subscribe(client, '/topic/tea');
    const body = Buffer.from([0, 1, 2, 0, 255, 10, 13, 0]);

    client.type(
      Buffer.concat([
        Buffer.from(`SEND\ndestination:/topic/tea\ncontent-length:${body.length}\n\n`),
        body,
        Buffer.from([0]),
      ]),
    );

    expect((await client.next()).body).toEqual(body);
  });

  it('of the application come by the system connection and settle when the broker has them', async () => {
    await using server = await start();
    const held = server.broker.hold('SEND');
    let isSettled = false;

    const sent = server.relayed.application.template.convertAndSend('/topic/tea', 'hi').then(() => (isSettled = true));
    await server.broker.until(() => held.frames.length === 1);
    expect(isSettled).toBe(false);
    held.release();
    await sent;

    expect((await server.broker.conversation(0)).commands).toContain('SEND /topic/tea');
  });

  it('of a session settle when they are written, and with a receipt when the broker has them', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    const held = server.broker.hold('SEND');

    client.type(send('/topic/tea', '1'));
    client.type(send('/topic/tea', '2', 'receipt:two\n'));
    await server.broker.until(() => held.frames.length === 2);
    expect(client.waiting).toEqual([]);
    held.release();

    expect((await client.next()).header('receipt-id')).toBe('two');
  });

  it('leave out the subscriptions of their sender that want no echo', async () => {
    await using server = await start();
    const [alice, bob] = [await server.relayed.connect(), await server.relayed.connect()];
    for (const client of [alice, bob]) await subscribe(client, '/topic/tea', 'no-echo:true\n');

    alice.type(send('/topic/tea', 'from alice'));
    bob.type(send('/topic/tea', 'from bob'));

    expect(bodies([await alice.next()])).toEqual(['from bob']);
    expect(bodies([await bob.next()])).toEqual(['from alice']);
  });

  it('come to a subscription whose selector fits', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    await subscribe(client, '/topic/tea', "selector:kind = 'green'\n");

    await sendAndWait(client, '/topic/tea', 'no', 'kind:black\n');
    client.type(send('/topic/tea', 'yes', 'kind:green\n'));

    expect(bodies([await client.next()])).toEqual(['yes']);
  });

  it('to users never touch the broker', async () => {
    await using server = await start();
    const alice = await server.relayed.connect('alice');
    await subscribe(alice, '/user/queue/news');

    await server.relayed.application.template.convertAndSendToUser('alice', '/queue/news', 'hi');

    const message = await alice.next();
    expect(message.header('destination')).toBe('/user/queue/news');
    expect((await server.broker.conversation(1)).commands).toEqual(['CONNECT']);
  });
});

describe('a transaction through the relay', () => {
  it('takes effect whole, though its client is gone in the middle of its COMMIT', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    const held = server.broker.hold('SEND');
    client.type('BEGIN\ntransaction:t\n\n\0');
    for (const body of ['1', '2', '3']) client.type(send('/topic/tea', body, 'transaction:t\n'));
    client.type('COMMIT\ntransaction:t\n\n\0');
    await server.broker.until(() => held.frames.length === 1);

    client.vanish();
    held.release();

    const sent = (): number =>
      server.broker.conversations.flatMap(({ frames }) => frames).filter(({ command }) => command === 'SEND').length;
    await server.broker.until(() => sent() === 3);
  });
});

describe('a subscription through the relay', () => {
  it('is confirmed when the broker has confirmed it', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    const held = server.broker.hold('SUBSCRIBE');

    client.type('SUBSCRIBE\nid:s\ndestination:/topic/tea\nreceipt:live\n\n\0');
    await server.broker.until(() => held.frames.length === 1);
    expect(client.waiting).toEqual([]);
    held.release();

    expect((await client.next()).header('receipt-id')).toBe('live');
  });

  it('ends at the broker before its UNSUBSCRIBE is answered', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    await subscribe(client, '/topic/tea');

    await client.ask('UNSUBSCRIBE\nid:s\nreceipt:gone\n\n\0');

    expect((await server.broker.conversation(1)).subscriptions.size).toBe(0);
    expect(server.relayed.application.stats().broker?.subscriptions).toBe(0);
  });

  it('that the broker refuses is told alone, and its id is free again', async () => {
    await using server = await start();
    const client = await server.relayed.connect('alice');
    await subscribe(client, '/user/queue/errors', '', 'errors');
    server.broker.once('SUBSCRIBE', (frame, conversation) =>
      conversation.error('secret words', ['receipt-id', headerValue(frame.headers, 'receipt') ?? '']),
    );

    client.type('SUBSCRIBE\nid:s\ndestination:/topic/tea\n\n\0');
    const told = await client.next();
    await subscribe(client, '/topic/tea');

    expect(JSON.parse(told.body.toString())).toMatchObject({ code: 'BROKER_REFUSED' });
    expect(told.text).not.toContain('secret');
  });
});

describe('the connection of a session', () => {
  it('ends in order with its session', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    const conversation = await server.broker.conversation(1);

    client.type('DISCONNECT\nreceipt:bye\n\n\0');
    const [receipt] = await client.rest();

    expect(receipt?.header('receipt-id')).toBe('bye');
    expect(conversation.commands.at(-1)).toBe('DISCONNECT');
    await conversation.closed();
    expect(server.relayed.application.stats().broker?.connections).toMatchObject({ open: 1, opened: 2, lost: 0 });
  });

  it('ends when the client is gone without a word', async () => {
    await using server = await start();
    const client = await server.relayed.connect();
    const conversation = await server.broker.conversation(1);

    client.vanish();

    await conversation.closed();
  });

  it('that is refused refuses the session, in words of our own', async () => {
    await using server = await start();
    server.broker.on('CONNECT', (_frame, conversation) => conversation.error('Bad CONNECT', [], 'secret words'));

    const error = await server.relayed.open().refusal();

    expect(error.header('code')).toBe('BROKER_REFUSED');
    expect(error.text).not.toContain('secret');
  });

  it('stays nowhere when the session ends while it is being made', async () => {
    await using server = await start();
    const held = server.broker.hold('CONNECT');
    const client = server.relayed.open();
    await server.broker.until(() => held.frames.length === 1);

    client.vanish();

    await (await server.broker.conversation(1)).closed();
  });
});
