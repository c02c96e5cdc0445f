import { connect, FakeClock } from '@treadle/testing';
import { createApplication } from '../../../../src/application.js';
import type { QueuePolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import { simpleBroker } from '../../../../src/broker/simple/simple-broker.js';
import { silentLogger } from '../../../../src/foundation/logger.js';
import type { ChannelInterceptor } from '../../../../src/messaging/channel-interceptor.js';
import { codeOf, createSession } from '../../broker-under-test.js';
import { nextTurn, startQueues } from './queue-under-test.js';

const DEAD_LETTERS = '/queue/dead-letters';
const alice = createSession('a');
const bob = createSession('b');

/** A policy for the dead letters before one for all others. */
function startWithOwnPolicy(ofLetters: Partial<QueuePolicy>) {
  const policies: QueuePolicy[] = [
    { destinations: DEAD_LETTERS, ...ofLetters, kind: 'queue' },
    { destinations: '/queue/**', kind: 'queue', maxDeliveries: 1 },
  ];
  return startQueues({}, { policies });
}

describe('dead letters', () => {
  it('never go to subscriptions by patterns: these would get back what they failed at', async () => {
    const queues = startQueues({ maxDeliveries: 1 });
    await queues.consume(alice, '1', '/queue/*');
    queues.send('1', '2');

    queues.nack('1');
    await queues.consume(bob, '1', '/queue/**');
    queues.nack('2');
    await nextTurn();

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2']);
    expect(queues.broker.stats).toMatchObject({ queues: { waitingMessages: 2 }, messages: { deadLettered: 2 } });
  });

  it('go to subscriptions that name them, be there patterns that match', async () => {
    const queues = startQueues({ maxDeliveries: 1 });
    await queues.consume(alice, '1', '/queue/**');
    await queues.consume(bob, 'dead', DEAD_LETTERS);
    queues.send('1');

    queues.nack('1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/dead 1']);
  });

  it('are dropped, counted and warned of when all that their queue holds is unacknowledged', async () => {
    const queues = startQueues({ maxDeliveries: 1, maxMessages: 2 });
    await queues.consume(bob, 'dead', DEAD_LETTERS);
    await queues.consume(alice, '1');
    for (const text of ['1', '2', '3']) {
      queues.send(text);
      queues.nack(text);
    }

    expect(queues.broker.stats).toMatchObject({
      messages: { deadLettered: 2, dropped: 1, rejected: 3 },
      queues: { waitingMessages: 0, unacknowledgedMessages: 2 },
    });
    expect(queues.logger.lines).toMatchObject([
      { level: 'warn', details: { destination: DEAD_LETTERS, dropped: 1, error: { code: 'QUEUE_FULL' } } },
    ]);
  });

  it('that cannot be stored keep nothing from going back when a client goes with many subscriptions', async () => {
    const queues = startQueues({ maxDeliveries: 1, maxMessages: 2 });
    await queues.consume(bob, 'dead', DEAD_LETTERS);
    for (const text of ['letter 1', 'letter 2']) queues.sendTo(DEAD_LETTERS, text);
    for (const name of ['x', 'y', 'z']) {
      await queues.consume(alice, name, `/queue/${name}`);
      for (const number of [1, 2]) queues.sendTo(`/queue/${name}`, `${name}${number}`);
    }

    queues.disconnect(alice);

    expect(queues.broker.stats).toMatchObject({
      messages: { deadLettered: 0, dropped: 6 },
      queues: { count: 1, waitingMessages: 0, unacknowledgedMessages: 2 },
    });
    for (const text of ['letter 1', 'letter 2']) queues.ack(text);
    expect(queues.broker.stats.queues.octets).toBe(0);
  });

  it('that are larger than their queue are dropped, and take nothing else along', async () => {
    const queues = startWithOwnPolicy({ maxOctets: 200 });
    await queues.consume(alice, '1');
    for (const text of ['small', 'large '.repeat(50)]) {
      queues.send(text);
      queues.nack(text);
    }

    await queues.consume(bob, 'dead', DEAD_LETTERS);

    expect(queues.takeDeliveries()).toContain('b/dead small');
    expect(queues.broker.stats.messages).toMatchObject({ deadLettered: 1, dropped: 1 });
  });

  it('are stored be all other queues full, as maxQueues and maxQueueOctets do not count them', async () => {
    const queues = startQueues({ maxDeliveries: 1 }, { maxQueues: 2, maxQueueOctets: 3600 });
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 1 });
    const large = 'x'.repeat(1000);
    queues.send('1', large, large);
    expect(codeOf(() => queues.send(large))).toBe('QUEUE_FULL');

    queues.nack('1');
    queues.sendTo('/queue/second', '2');

    expect(queues.broker.stats).toMatchObject({ messages: { deadLettered: 1, dropped: 0 }, queues: { count: 3 } });
    queues.nack(large);
    expect(codeOf(() => queues.sendTo('/queue/third', '3'))).toBe('QUEUE_FULL');
  });

  it('leave the number of queues as it was when they are gone', async () => {
    const queues = startQueues({ maxDeliveries: 1 }, { maxQueues: 1 });
    for (const text of ['1', '2']) {
      await queues.consume(alice, '1');
      queues.send(text);
      queues.nack(text);
      queues.unsubscribe(alice, '1');
      await queues.consume(bob, 'dead', DEAD_LETTERS);
      queues.ack(text);
      queues.unsubscribe(bob, 'dead');
    }

    queues.send('3');

    expect(codeOf(() => queues.sendTo('/queue/second', ''))).toBe('QUEUE_FULL');
  });

  it('count no subscription that names them among those that maxQueues bounds', async () => {
    const queues = startQueues({ maxDeliveries: 1 }, { maxQueues: 1 });
    await queues.consume(alice, '1');
    for (let id = 0; id < 10; id += 1) await queues.consume(bob, `p${id}`, '/queue/*');

    await queues.consume(bob, 'dead', DEAD_LETTERS);
    queues.sendTo(DEAD_LETTERS, 'x');

    expect(queues.takeDeliveries()).toEqual(['b/dead x']);
  });

  it('expire as the policy of their own destination says, and not as they would have as work', async () => {
    await using fixture = await startOnFakeClock();
    const { clock, worker, reader } = fixture;
    const jobs = await worker.subscribe('/queue/jobs', { ack: 'client-individual' });
    await reader.send('/queue/jobs', 'poison', { expires: String(clock.wallTime() + 10) });
    const { headers } = await jobs.nextMessage();
    worker.sendFrame('NACK', { id: headers['ack'] ?? '' });
    await worker.send('/topic/anything', '');
    expect(fixture.stats()).toMatchObject({ waitingMessages: 1 });

    await clock.advance(999);
    expect(fixture.stats()).toMatchObject({ waitingMessages: 1 });
    await clock.advance(2);

    expect(fixture.stats()).toMatchObject({ waitingMessages: 0 });
  });
});

describe('a letter that cannot be stored because of an interceptor', () => {
  it('throws into nothing, be it that the interceptor takes its time', async () => {
    const failures: unknown[] = [];
    const note = (error: unknown): void => void failures.push(error);
    process.on('unhandledRejection', note);
    const later: ChannelInterceptor = { preSend: (message) => Promise.resolve(message) };
    const queues = startQueues({ maxDeliveries: 1, maxMessages: 1 }, {}, [later]);
    await queues.consume(bob, 'dead', DEAD_LETTERS);
    await queues.consume(alice, '1');

    for (const text of ['1', '2', '3']) {
      queues.send(text);
      await nextTurn();
      queues.nack(text);
      await nextTurn();
    }
    process.off('unhandledRejection', note);

    expect(failures).toEqual([]);
    expect(queues.broker.stats.messages).toMatchObject({ deadLettered: 1, dropped: 2 });
  });
});

/** An application whose dead letters expire after a second. */
async function startOnFakeClock() {
  const clock = new FakeClock();
  const policies: QueuePolicy[] = [
    { destinations: DEAD_LETTERS, kind: 'queue', expiresAfterMs: 1000 },
    { destinations: '/queue/**', kind: 'queue', maxDeliveries: 1 },
  ];
  const application = createApplication({ clock, logger: silentLogger, broker: simpleBroker({ policies }) });
  return {
    clock,
    worker: await connect(application),
    reader: await connect(application),
    stats: () => application.stats().broker?.queues,
    [Symbol.asyncDispose]: () => application.stop(),
  };
}
