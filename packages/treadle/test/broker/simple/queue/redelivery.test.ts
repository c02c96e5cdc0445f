import type { ChannelInterceptor } from '../../../../src/messaging/channel-interceptor.js';
import { createMessage, createSession, subscribe } from '../../broker-under-test.js';
import { createTransaction, nextTurn, startQueues } from './queue-under-test.js';

const alice = createSession('a');
const bob = createSession('b');
const ONE = { 'prefetch-count': 1 };

describe('a message of a queue that a consumer rejects', () => {
  it('goes to another consumer, marked as redelivered', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    await queues.consume(bob, '1');
    queues.send('1');

    queues.nack('1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 1 again']);
    expect(queues.broker.stats.messages).toMatchObject({ delivered: 2, redelivered: 1, rejected: 1 });
  });

  it('goes back to the same one when no other can take it', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    queues.send('1');

    queues.nack('1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 1 again']);
  });

  it('goes to another one that is up to date though who rejected it had no room until then', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', ONE);
    queues.send('1');
    await queues.consume(bob, '1', '/queue/jobs', ONE);

    queues.nack('1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 1 again']);
  });

  it('goes to another one that has just come rather than to who rejected it', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    queues.send('1');

    const coming = queues.consume(bob, '1');
    queues.nack('1');
    await coming;

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 1 again']);
  });

  it('comes in the order of the queue when it comes back together with others', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { ack: 'client', 'prefetch-count': 3 });
    queues.send('1', '2');
    queues.nack('1');
    queues.takeDeliveries();

    queues.nack('1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1 again', 'a/1 2 again']);
  });

  it('goes to another one that is behind rather than to who rejected it', async () => {
    const queues = startQueues();
    queues.send('1', '2', '3', '4');
    void queues.consume(alice, '1', '/queue/jobs', ONE);
    await queues.consume(bob, '1', '/queue/jobs', ONE);

    queues.nack('1');
    queues.ack('2');

    expect(queues.takeDeliveries().slice(0, 4)).toEqual(['a/1 1', 'b/1 2', 'a/1 1 again', 'b/1 3']);
  });

  it('takes its old place in the order', async () => {
    const queues = startQueues();
    queues.send('1', '2', '3', '4');
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 2 });

    queues.nack('2');
    queues.nack('1');
    queues.unsubscribe(alice, '1');
    queues.takeDeliveries();
    await queues.consume(bob, '1');

    expect(queues.takeDeliveries()).toEqual(['b/1 1 again', 'b/1 2 again', 'b/1 3', 'b/1 4']);
  });

  it('is dropped when the client says requeue:false', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    queues.send('1');

    queues.nack('1', { requeue: 'false' });

    expect(queues.takeDeliveries()).toEqual(['a/1 1']);
    expect(queues.broker.stats.messages).toMatchObject({ rejected: 1, dropped: 1 });
    expect(queues.broker.stats.queues).toMatchObject({ waitingMessages: 0, unacknowledgedMessages: 0, octets: 0 });
  });

  it('goes with all before it where the subscription acknowledges them together', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { ack: 'client' });
    queues.send('1', '2', '3');
    await queues.consume(bob, '1');

    queues.nack('2');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2', 'a/1 3', 'b/1 1 again', 'b/1 2 again']);
  });
});

describe('a message of a queue whose consumer goes', () => {
  it.each([
    ['unsubscribes', (queues: ReturnType<typeof startQueues>) => queues.unsubscribe(alice, '1')],
    ['disconnects', (queues: ReturnType<typeof startQueues>) => queues.disconnect(alice)],
  ])('comes again, in order, when the client %s', async (_, leave) => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    queues.send('1', '2', '3');
    queues.ack('2');
    queues.takeDeliveries();

    leave(queues);
    await queues.consume(bob, '1');

    expect(queues.takeDeliveries()).toEqual(['b/1 1 again', 'b/1 3 again']);
  });

  it('never goes to another subscription of the session that ends', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    await queues.consume(alice, '2');
    queues.send('1', '2');
    queues.takeDeliveries();

    queues.disconnect(alice);

    expect(queues.takeDeliveries()).toEqual([]);
    expect(queues.broker.stats.queues.waitingMessages).toBe(2);
  });

  it('comes before what was sent later, when all come at once', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 2 });
    queues.send('1', '2', '3', '4');
    await queues.consume(bob, '1', '/queue/jobs', { 'prefetch-count': 1 });
    queues.takeDeliveries();

    queues.disconnect(alice);
    queues.ack('3');
    queues.ack('1');
    queues.ack('2');

    expect(queues.takeDeliveries()).toEqual(['b/1 1 again', 'b/1 2 again', 'b/1 4']);
  });

  it('comes in the order of the queue, not in that of its last deliveries', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 2 });
    queues.send('1', '2');
    queues.nack('1');
    await queues.consume(bob, '1');
    queues.takeDeliveries();

    queues.disconnect(alice);

    expect(queues.takeDeliveries()).toEqual(['b/1 1 again', 'b/1 2 again']);
  });

  it('is not marked when an interceptor held it, so that the client cannot have seen it', async () => {
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const hold: ChannelInterceptor = { preSend: (message) => held.then(() => message) };
    const queues = startQueues({}, {}, [hold]);
    await queues.consume(alice, '1');
    queues.send('1');

    void queues.broker.handleMessage(createMessage('DISCONNECT', { session: alice }));
    letGo();
    await nextTurn();
    await queues.consume(bob, '1');
    await nextTurn();

    expect(queues.takeDeliveries()).toContain('b/1 1');
  });
});

describe('a message of a queue that fails again and again', () => {
  it('goes to the dead letters after five deliveries, and says where it comes from', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    await queues.consume(bob, 'dead', '/queue/dead-letters');
    queues.sendTo('/queue/jobs', 'poison', {
      color: 'red',
      'content-type': 'text/plain',
      'delivery-count': '99',
      expires: '99999999999999',
    });

    for (let count = 0; count < 5; count += 1) queues.nack('poison');

    const lines = queues.takeDeliveries();
    expect(lines).toEqual(['a/1 poison', ...Array<string>(4).fill('a/1 poison again'), 'b/dead poison']);
    expect(queues.deliveries.messages.at(-1)?.headers.toObject()).toEqual({
      color: 'red',
      'content-type': 'text/plain',
      'original-destination': '/queue/jobs',
      'delivery-count': '5',
      'dead-letter-reason': 'delivery-limit',
    });
    expect(queues.broker.stats.messages).toMatchObject({ deadLettered: 1, rejected: 5 });
  });

  it('counts deliveries that ended with their session: it may be the message that ends it', async () => {
    const queues = startQueues({ maxDeliveries: 2 });
    queues.send('poison', 'fine');
    for (const id of ['x', 'y']) {
      const session = createSession(id);
      await queues.consume(session, '1', '/queue/jobs', ONE);
      queues.disconnect(session);
    }

    await queues.consume(alice, '1');

    expect(queues.takeDeliveries()).toEqual(['x/1 poison', 'y/1 poison again', 'a/1 fine']);
    expect(queues.broker.stats.messages.deadLettered).toBe(1);
  });

  it('is held among the dead letters while nobody reads them, wherever the policy sends them', async () => {
    const queues = startQueues({ maxDeliveries: 1, deadLetters: '/topic/graveyard' });
    await queues.consume(alice, '1');
    queues.send('poison');
    queues.nack('poison');

    await queues.consume(bob, '1', '/topic/graveyard');

    expect(queues.takeDeliveries()).toEqual(['a/1 poison', 'b/1 poison']);
  });

  it('never leaves the dead letters by being rejected', async () => {
    const queues = startQueues({ maxDeliveries: 1 });
    await queues.consume(alice, '1');
    queues.send('poison');
    queues.nack('poison');
    await queues.consume(bob, '1', '/queue/dead-letters');

    for (let count = 0; count < 20; count += 1) queues.nack('poison');

    expect(queues.broker.stats.messages.deadLettered).toBe(1);
    expect(queues.takeDeliveries()).toHaveLength(22);
  });

  it('takes the place of the oldest dead letter when they are too many, and the log says so, seldom', async () => {
    const queues = startQueues({ maxDeliveries: 1, maxMessages: 3 });
    await queues.consume(alice, '1');

    for (let count = 0; count < 10; count += 1) {
      queues.send(`${count}`);
      queues.nack(`${count}`);
    }
    queues.takeDeliveries();
    await queues.consume(bob, '1', '/queue/dead-letters');

    expect(queues.takeDeliveries()).toEqual(['b/1 7', 'b/1 8', 'b/1 9']);
    expect(queues.logger.lines).toEqual([
      expect.objectContaining({ level: 'warn', details: { destination: '/queue/dead-letters', dropped: 1 } }),
    ]);
    expect(queues.broker.stats.messages.dropped).toBe(7);
  });
});

describe('an acknowledgement within a transaction', () => {
  it('takes effect at its commit, and takes room until then', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 2 });
    queues.send('1');
    const transaction = createTransaction();

    queues.ack('1', transaction);
    queues.send('2', '3');
    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2']);
    transaction.commit();

    expect(queues.takeDeliveries()).toEqual(['a/1 3']);
    expect(queues.broker.stats.messages.acknowledged).toBe(1);
  });

  it('leaves the delivery as it was at a rollback: it can be acknowledged again', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { ack: 'client' });
    queues.send('1', '2', '3', '4');
    const transaction = createTransaction();
    queues.ack('2', transaction);

    transaction.rollback();
    queues.ack('3');

    expect(queues.broker.stats.messages.acknowledged).toBe(3);
    expect(queues.broker.stats.queues.unacknowledgedMessages).toBe(1);
  });

  it('puts deliveries back into their order at a rollback, whatever else was rolled back before', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { ack: 'client' });
    queues.send('1', '2', '3', '4', '5');
    const [first, second] = [createTransaction(), createTransaction()];
    queues.ack('2', first);
    queues.ack('4', second);

    first.rollback();
    second.rollback();
    queues.ack('3');

    expect(queues.broker.stats.messages.acknowledged).toBe(3);
  });

  it('survives the end of its subscription until the commit', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    queues.send('1', '2');
    const transaction = createTransaction();
    queues.ack('1', transaction);

    queues.unsubscribe(alice, '1');
    transaction.commit();
    await queues.consume(bob, '1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2', 'b/1 2 again']);
  });

  it('gives the message back at a rollback behind the end of its subscription', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    queues.send('1');
    const transaction = createTransaction();
    queues.ack('1', transaction);
    queues.unsubscribe(alice, '1');
    await queues.consume(bob, '1');

    transaction.rollback();

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 1 again']);
  });

  it('is undone by the end of its session, and a commit behind that changes nothing', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    queues.send('1');
    const transaction = createTransaction();
    queues.ack('1', transaction);

    queues.disconnect(alice);
    await queues.consume(bob, '1');
    transaction.commit();

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 1 again']);
    expect(queues.broker.stats.messages.acknowledged).toBe(0);
  });

  it('is undone by the end of its session too when its subscription had ended before', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    queues.send('1');
    queues.ack('1', createTransaction());

    queues.unsubscribe(alice, '1');
    queues.disconnect(alice);
    await queues.consume(bob, '1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 1 again']);
  });

  it('may reject too', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    await queues.consume(bob, '1');
    queues.send('1');
    const transaction = createTransaction();

    queues.nack('1', undefined, transaction);
    expect(queues.takeDeliveries()).toEqual(['a/1 1']);
    transaction.commit();

    expect(queues.takeDeliveries()).toEqual(['b/1 1 again']);
  });
});

describe('a subscription that began while the broker had stopped', () => {
  it('is refused, and nothing is held after the stop', () => {
    const queues = startQueues();
    queues.send('1');

    queues.broker.stop();

    expect(() => queues.broker.handleMessage(subscribe(alice, '1', '/queue/jobs'))).toThrow();
    expect(queues.broker.stats.queues.count).toBe(0);
  });
});
