import type { Message } from '../../../../src/messaging/message.js';
import type { SessionContext } from '../../../../src/messaging/session-context.js';
import { MessageRejectedError } from '../../../../src/foundation/errors.js';
import type { HeaderRecord } from '../../../../src/messaging/native-headers.js';
import { createMessage } from '../../broker-under-test.js';
import { SharedUnderTest } from './shared-under-test.js';

/** Of a SEND frame outside transactions. */
const TURN = { letGo: () => undefined };

describe('A client of shared connections, publishing', () => {
  it('what a session sends goes over one connection that nobody listens on, in its order, and settles when it is written', async () => {
    await using shared = await SharedUnderTest.connected({ sharedConnections: 3 });
    const { client, session } = shared.client('alice');
    const held = shared.broker.hold('SEND');

    for (let index = 0; index < 20; index += 1) await client.publish(send(session, `${index}`), `/topic/${index}`);
    await shared.broker.until(() => held.frames.length === 20);

    expect(held.frames.map(({ body }) => Buffer.from(body).toString())).toEqual([...Array(20).keys()].map(String));
    const used = shared.broker.conversations.filter(({ commands }) => commands.some((each) => each.startsWith('SEND')));
    expect(used).toHaveLength(1);
    expect(shared.broker.conversations.indexOf(used[0]!)).toBeGreaterThanOrEqual(3); // there is one
    held.release();
  });

  it('a SEND that asks for a receipt settles when the broker has answered, and so does one of a transaction', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    const held = shared.broker.hold('SEND');
    let settled = 0;

    const withReceipt = Promise.resolve(client.publish(send(session, 'one', { receipt: 'r' }), '/topic/tea'));
    const ofTransaction = Promise.resolve(client.publish(send(session, 'two').with({ turn: undefined }), '/topic/tea'));
    for (const each of [withReceipt, ofTransaction]) void each.then(() => (settled += 1));
    await shared.broker.until(() => held.frames.length === 2);
    expect(settled).toBe(0);
    held.release();

    await Promise.all([withReceipt, ofTransaction]);
  });

  it('all it sent is confirmed when the broker has answered everything', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    expect(client.whenConfirmed()).toBeUndefined();
    const held = shared.broker.hold('SEND');

    await client.publish(send(session, 'one'), '/topic/tea');
    const confirmed = client.whenConfirmed();
    expect(confirmed).toBeDefined();
    await shared.broker.until(() => held.frames.length === 1);
    held.release();

    await confirmed;
    expect(client.whenConfirmed()).toBeUndefined();
  });

  it('a place of the broker that may not exist is sent to over a connection of its own, behind what the session sent before', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session, own } = shared.client('alice');
    const held = shared.broker.hold('SEND');

    await client.publish(send(session, 'first'), '/topic/tea');
    const alone = Promise.resolve(client.publish(send(session, 'second'), '/exchange/nowhere'));
    await shared.broker.until(() => held.frames.length === 1);
    expect(own).toHaveLength(0);
    held.release();
    await alone;

    expect(own[0]?.calls).toEqual(['connect', 'publish /exchange/nowhere']);
  });

  it('a session that has gone is done when everything it sent is answered', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');
    const held = shared.broker.hold('SEND');
    let isDone = false;

    await client.publish(send(session, 'one'), '/topic/tea');
    const gone = client.disconnect().then(() => (isDone = true));
    await shared.broker.until(() => held.frames.length === 1);
    expect(isDone).toBe(false);
    held.release();

    await gone;
  });
});

describe('A client of shared connections, what cannot be shared', () => {
  it('queues, acknowledged subscriptions, places of the broker and headers it heeds take one connection of the session', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session, own } = shared.client('alice');
    const requests = [
      shared.request(session, '1', '/queue/work'),
      shared.request(session, '2', '/topic/tea', { ack: 'client' }),
      shared.request(session, '3', '/exchange/amq.topic'),
      shared.request(session, '4', '/topic/tea', { durable: 'true' }),
    ];

    for (const request of requests) await client.subscribe(request);
    await client.subscribe(shared.request(session, '5', '/topic/tea', { color: 'red' }));

    expect(own).toHaveLength(1);
    expect(own[0]?.calls).toEqual([
      'connect',
      'subscribe /queue/work',
      'subscribe /topic/tea',
      'subscribe /exchange/amq.topic',
      'subscribe /topic/tea',
    ]);
    expect(shared.frames('SUBSCRIBE')).toEqual(['SUBSCRIBE /topic/tea']);
  });

  it('what is asked of the connection of its own goes there, until it ends with the session', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session, own } = shared.client('alice');
    const queue = shared.request(session, '1', '/queue/work', { ack: 'client' });
    await client.subscribe(queue);

    await client.acknowledge(createMessage('ACK', { session }));
    await client.unsubscribe(queue.subscription);
    await client.disconnect();

    expect(own[0]?.calls).toEqual(['connect', 'subscribe /queue/work', 'ACK', 'unsubscribe /queue/work', 'disconnect']);
  });

  it('an acknowledgement of a session without such a subscription is refused', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session } = shared.client('alice');

    expect(() => client.acknowledge(createMessage('ACK', { session }))).toThrow(
      expect.objectContaining({ code: 'ACKNOWLEDGEMENT_UNKNOWN' }),
    );
  });

  it('a connection of its own that cannot be opened fails what needed it alone, and is tried again by what comes next', async () => {
    await using shared = await SharedUnderTest.connected();
    const failure = new MessageRejectedError('no', { code: 'BROKER_REFUSED', endsSession: false });
    const { client, session, own } = shared.client('alice', [failure]);

    const refused = Promise.resolve(client.subscribe(shared.request(session, '1', '/queue/work')));
    await expect(refused).rejects.toBe(failure);
    await client.subscribe(shared.request(session, '1', '/queue/work'));

    expect(own.map(({ calls }) => calls)).toEqual([
      ['connect', 'disconnect'],
      ['connect', 'subscribe /queue/work'],
    ]);
  });

  it('a session that has gone opens no connection any more', async () => {
    await using shared = await SharedUnderTest.connected();
    const { client, session, own } = shared.client('alice');

    await client.disconnect();
    const late = Promise.resolve(client.subscribe(shared.request(session, '1', '/queue/work')));

    await expect(late).rejects.toMatchObject({ code: 'SESSION_ENDED' });
    expect(own).toHaveLength(0);
  });
});

describe('A client of shared connections, connecting', () => {
  it('waits for the first connection, and with hold does not', async () => {
    await using shared = await SharedUnderTest.start();
    await using holding = await SharedUnderTest.start({ onBrokerLoss: 'hold' });
    const held = [shared.broker.hold('CONNECT'), holding.broker.hold('CONNECT')];
    let isConnected = false;

    const connecting = shared
      .client('alice')
      .client.connect()
      .then(() => (isConnected = true));
    await holding.client('alice').client.connect();
    await shared.broker.until(() => held[0]?.frames.length === 1);
    expect(isConnected).toBe(false);
    for (const each of held) each.release();

    await connecting;
  });

  it('waits for a connection that is away alone, as a connection of its own would be opened then', async () => {
    await using shared = await SharedUnderTest.connected();
    (await shared.listening).cut();
    await shared.whenDown();

    const connecting = shared.client('alice').client.connect();
    await shared.reconnected();

    await connecting;
  });

  it('is refused when the broker is not there and sessions do not stay', async () => {
    await using shared = await SharedUnderTest.connected();
    await shared.broker.stop();
    await shared.whenDown(2);
    shared.isBrokerAway = true;
    await shared.clock.advance(2001);

    await expect(shared.client('alice').client.connect()).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE' });
  });
});

describe('Shared connections, stopping', () => {
  it('nothing is left: neither a connection nor a timer', async () => {
    const shared = await SharedUnderTest.connected({ sharedConnections: 3 });
    const { client, session } = shared.client('alice');
    await client.subscribe(shared.request(session, '1', '/topic/tea'));
    await client.subscribe(shared.request(session, '2', '/topic/milk'));
    await client.disconnect();

    await shared.connections.stop();
    await shared.broker.until(() => shared.broker.open.length === 0, 'end');

    expect(shared.clock.timerCount).toBe(0);
    await shared.broker.stop();
  });
});

function send(session: SessionContext, text: string, headers: HeaderRecord = {}): Message {
  const payload = new TextEncoder().encode(text);
  return createMessage('MESSAGE', { session, senderId: session.id, payload, headers, turn: TURN });
}
