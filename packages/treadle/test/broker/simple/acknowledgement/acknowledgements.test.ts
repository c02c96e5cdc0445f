import type { Acknowledgement } from '../../../../src/messaging/acknowledgement.js';
import type { Message } from '../../../../src/messaging/message.js';
import type { SessionContext } from '../../../../src/messaging/session-context.js';
import {
  codeOf,
  createMessage,
  createSession,
  handle,
  publish,
  startBroker,
  unsubscribe,
} from '../../broker-under-test.js';
import { createTransaction, nextTurn, type QueuesUnderTest, startQueues } from '../queue/queue-under-test.js';

const alice = createSession('a');
const bob = createSession('b');

/** A queue with a consumer that has four messages. */
async function startWithFour(ack: string): Promise<QueuesUnderTest> {
  const queues = startQueues();
  await queues.consume(alice, '1', '/queue/jobs', { ack });
  queues.send('1', '2', '3', '4');
  return queues;
}

function acknowledge(
  { broker }: QueuesUnderTest,
  acknowledgement: Acknowledgement,
  session: SessionContext = alice,
): string | undefined {
  return codeOf(() => handle(broker, createMessage('ACK', { session, acknowledgement })));
}

function deliveryOf({ deliveries }: QueuesUnderTest, index: number): Message {
  const delivery = deliveries.messages.at(index);
  if (!delivery) throw new Error(`there is no delivery ${index}`);
  return delivery;
}

describe('an ACK', () => {
  it('covers its message alone with ack:client-individual', async () => {
    const queues = await startWithFour('client-individual');

    queues.ack('3');

    expect(queues.broker.stats.messages.acknowledged).toBe(1);
  });

  it('covers all messages of the subscription up to its own with ack:client', async () => {
    const queues = await startWithFour('client');

    queues.ack('3');

    expect(queues.broker.stats.messages.acknowledged).toBe(3);
  });

  it('covers no message of another subscription', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/x', { ack: 'client' });
    await queues.consume(alice, '2', '/queue/y', { ack: 'client' });
    queues.sendTo('/queue/x', 'x1');
    queues.sendTo('/queue/y', 'y1');

    queues.ack('y1');

    expect(queues.broker.stats.messages.acknowledged).toBe(1);
    expect(codeOf(() => queues.ack('x1'))).toBeUndefined();
  });

  it('may name its message by id and subscription, as in STOMP 1.1', async () => {
    const queues = await startWithFour('client-individual');
    const messageId = deliveryOf(queues, 1).id;

    expect(acknowledge(queues, { messageId, subscriptionId: 'other' })).toBe('ACKNOWLEDGEMENT_UNKNOWN');
    expect(acknowledge(queues, { messageId, subscriptionId: '1' })).toBeUndefined();
    expect(queues.broker.stats.queues.unacknowledgedMessages).toBe(3);
  });

  it('may name its message by id alone, as in STOMP 1.0', async () => {
    const queues = await startWithFour('client');

    expect(acknowledge(queues, { messageId: deliveryOf(queues, 1).id })).toBeUndefined();
    expect(queues.broker.stats.messages.acknowledged).toBe(2);
  });

  it.each([
    ['a message that was acknowledged before', (queues: QueuesUnderTest) => deliveryOf(queues, 0).delivery],
    ['an id that was never given', () => ({ ackId: 'no such' })],
    ['nothing', () => undefined],
  ])('of %s is unknown', async (_, name) => {
    const queues = await startWithFour('client-individual');
    queues.ack('1');

    expect(acknowledge(queues, { ackId: name(queues)?.ackId })).toBe('ACKNOWLEDGEMENT_UNKNOWN');
    expect(queues.broker.stats.messages.acknowledged).toBe(1);
  });

  it('of another session is unknown: ids are those of one connection', async () => {
    const queues = await startWithFour('client-individual');
    await queues.consume(bob, '1', '/queue/other');

    expect(acknowledge(queues, { ackId: deliveryOf(queues, 0).delivery?.ackId }, createSession('c'))).toBe(
      'ACKNOWLEDGEMENT_UNKNOWN',
    );
    expect(acknowledge(queues, { messageId: deliveryOf(queues, 0).id }, bob)).toBe('ACKNOWLEDGEMENT_UNKNOWN');
  });

  it('of a message that a transaction has is unknown until that is rolled back', async () => {
    const queues = await startWithFour('client-individual');
    const transaction = createTransaction();
    queues.ack('1', transaction);

    expect(codeOf(() => queues.ack('1'))).toBe('ACKNOWLEDGEMENT_UNKNOWN');
    transaction.rollback();

    expect(codeOf(() => queues.ack('1'))).toBeUndefined();
  });

  it('of a subscription that has ended is unknown', async () => {
    const queues = await startWithFour('client-individual');
    handle(queues.broker, unsubscribe(alice, '1'));

    expect(codeOf(() => queues.ack('1'))).toBe('ACKNOWLEDGEMENT_UNKNOWN');
  });

  it('of a subscription that needs none is unknown, and its deliveries have no id to name', async () => {
    const queues = await startWithFour('auto');

    expect(deliveryOf(queues, 0).delivery?.ackId).toBeUndefined();
    expect(acknowledge(queues, { messageId: deliveryOf(queues, 0).id, subscriptionId: '1' })).toBe(
      'ACKNOWLEDGEMENT_UNKNOWN',
    );
  });

  it('covers after a rollback what was delivered before its message, and nothing behind it', async () => {
    const queues = await startWithFour('client');
    const transaction = createTransaction();
    queues.ack('2', transaction);
    transaction.rollback();
    const acknowledged: number[] = [];

    for (const text of ['1', '2', '4']) {
      queues.ack(text);
      acknowledged.push(queues.broker.stats.messages.acknowledged);
    }

    expect(acknowledged).toEqual([1, 2, 4]);
  });

  it.each([
    ['as they began', [0, 1]],
    ['the last one first', [1, 0]],
  ])('covers so in whatever order transactions are rolled back: %s', async (_, order) => {
    const queues = await startWithFour('client');
    const transactions = [createTransaction(), createTransaction()];
    queues.ack('1', transactions[0]);
    queues.ack('3', transactions[1]);
    for (const index of order) transactions[index]?.rollback();
    const acknowledged: number[] = [];

    for (const text of ['1', '3', '4']) {
      queues.ack(text);
      acknowledged.push(queues.broker.stats.messages.acknowledged);
    }

    expect(acknowledged).toEqual([1, 3, 4]);
  });

  it('skips what a transaction has when it covers all before it', async () => {
    const queues = await startWithFour('client');
    const transaction = createTransaction();
    queues.ack('2', transaction);

    queues.ack('3');
    transaction.rollback();
    queues.ack('2');

    expect(queues.broker.stats.messages.acknowledged).toBe(3);
    expect(queues.broker.stats.queues.unacknowledgedMessages).toBe(1);
  });
});

describe('the ids of deliveries', () => {
  it('are new for each delivery of the session, of the same message too', async () => {
    const queues = startQueues({ maxDeliveries: 100 });
    await queues.consume(alice, '1');
    await queues.consume(alice, '2', '/queue/other');
    queues.send('1');
    queues.sendTo('/queue/other', 'x');
    for (let count = 0; count < 10; count += 1) queues.nack('1');

    const ids = queues.deliveries.messages.map(({ delivery }) => delivery?.ackId);

    expect(ids).toHaveLength(12);
    expect(new Set(ids).size).toBe(12);
    expect(ids).not.toContain(undefined);
  });
});

describe('a NACK', () => {
  it('with a requeue header that says neither true nor false is malformed and changes nothing', async () => {
    const queues = await startWithFour('client-individual');

    expect(codeOf(() => queues.nack('1', { requeue: 'maybe' }))).toBe('HEADER_MALFORMED');
    expect(codeOf(() => queues.nack('1', { requeue: 'true' }))).toBeUndefined();
  });
});

describe('the prefetch count of a subscription', () => {
  it.each(['0', '-1', '1.5', 'ten', '', '1e3', ' 1'])('"%s" is malformed', async (count) => {
    const queues = startQueues();

    await expect(queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': count })).rejects.toMatchObject({
      code: 'HEADER_MALFORMED',
    });
    expect(queues.broker.stats.subscriptions).toBe(0);
  });

  it.each([
    [{}, {}, 1000],
    [{ prefetchCount: 3 }, {}, 3],
    [{ maxPrefetchCount: 4 }, {}, 4],
    [{ maxPrefetchCount: 4 }, { 'prefetch-count': '9999999999999999999' }, 4],
    [{ prefetchCount: 3 }, { 'prefetch-count': '7' }, 7],
  ])('of %j and %j is %d', async (options, headers, expected) => {
    const queues = startQueues({}, options);
    for (let count = 0; count < 1100; count += 1) queues.send(`${count}`);

    await queues.consume(alice, '1', '/queue/jobs', headers);
    await nextTurn();
    await nextTurn();

    expect(queues.broker.stats.queues.unacknowledgedMessages).toBe(expected);
  });

  it.each([
    ['prefetchCount', 0],
    ['maxPrefetchCount', 1.5],
    ['maxQueues', -1],
  ])('%s of %d fails the start with the cure', (name, value) => {
    expect(() => startBroker({ [name]: value })).toThrow(`simpleBroker, ${name}: it is ${value}`);
  });
});

describe('a subscription of a topic with ack:client-individual', () => {
  const subscribe = (session: SessionContext, headers = {}): Message =>
    createMessage('SUBSCRIBE', {
      session,
      subscriptionId: '1',
      destination: '/topic/x',
      headers: { ack: 'client-individual', ...headers },
    });

  it('gets no more than its prefetch count, in order, and the others all', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice, { 'prefetch-count': '1' }));
    handle(broker, subscribe(bob));

    for (const text of ['1', '2', '3']) handle(broker, publish('/topic/x', text));
    expect(deliveries.summary).toEqual(['a/1 1', 'b/1 1', 'b/1 2', 'b/1 3']);
    const [first] = deliveries.messages;
    handle(broker, createMessage('ACK', { session: alice, acknowledgement: { ackId: first?.delivery?.ackId } }));

    expect(deliveries.summary.at(-1)).toBe('a/1 2');
  });

  it('gets what it rejects again, five times in all, and nobody else does', () => {
    const { broker, deliveries } = startBroker();
    handle(broker, subscribe(alice));
    handle(broker, subscribe(bob));
    handle(broker, publish('/topic/x', '1'));

    for (let count = 0; count < 5; count += 1) {
      const last = deliveries.messages.findLast(({ sessionId }) => sessionId === 'a');
      handle(broker, createMessage('NACK', { session: alice, acknowledgement: { ackId: last?.delivery?.ackId } }));
    }

    expect(deliveries.summary).toEqual(['a/1 1', 'b/1 1', ...Array<string>(4).fill('a/1 1')]);
    expect(deliveries.messages.at(-1)?.delivery?.headers).toEqual(['redelivered', 'true']);
    expect(broker.stats.messages).toMatchObject({ rejected: 5, dropped: 1 });
  });
});
