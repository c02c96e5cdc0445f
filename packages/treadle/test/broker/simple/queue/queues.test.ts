import { codeOf, createMessage, createSession, publish } from '../../broker-under-test.js';
import { collectGarbage, createSlowSession, createTransaction, nextTurn, startQueues } from './queue-under-test.js';

const alice = createSession('a');
const bob = createSession('b');
const carol = createSession('c');

describe('a queue of the embedded broker', () => {
  it('gives each message to one of its consumers, in turn', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    await queues.consume(bob, '1');

    queues.send('1', '2', '3', '4');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 2', 'a/1 3', 'b/1 4']);
  });

  it('holds what nobody takes, and gives it in order to who comes', async () => {
    const queues = startQueues();
    queues.send('1', '2', '3');

    await queues.consume(alice, '1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2', 'a/1 3']);
  });

  it('gives nothing before the SUBSCRIBE is done, so that its RECEIPT can go first', () => {
    const queues = startQueues();
    queues.send('1');

    void queues.consume(alice, '1');

    expect(queues.takeDeliveries()).toEqual([]);
  });

  it('shares what it held among those who came together', async () => {
    const queues = startQueues();
    queues.send('1', '2', '3', '4');

    void queues.consume(alice, '1');
    await queues.consume(bob, '1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 2', 'a/1 3', 'b/1 4']);
  });

  it('gives a client that needs no acknowledgement everything, once', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { ack: 'auto' });

    queues.send('1', '2');
    queues.disconnect(alice);
    await queues.consume(bob, '1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2']);
    expect(queues.broker.stats.messages).toMatchObject({ published: 2, delivered: 2, acknowledged: 0 });
  });

  it('gives nothing to a client that does not read, and goes on when it does', async () => {
    const queues = startQueues();
    const slow = createSlowSession('s');
    await queues.consume(slow, '1', '/queue/jobs', { ack: 'auto' });

    queues.send('1');
    slow.stopReading();
    queues.send('2', '3');
    expect(queues.takeDeliveries()).toEqual(['s/1 1']);

    await slow.readAgain();
    expect(queues.takeDeliveries()).toEqual(['s/1 2', 's/1 3']);
  });

  it('passes a client that does not read over, and gives the others their turn', async () => {
    const queues = startQueues();
    const slow = createSlowSession('s');
    await queues.consume(slow, '1');
    await queues.consume(bob, '1');
    slow.stopReading();

    queues.send('1', '2', '3');

    expect(queues.takeDeliveries()).toEqual(['b/1 1', 'b/1 2', 'b/1 3']);
  });

  it('lets a consumer have no more than its prefetch count', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 2 });
    queues.send('1', '2', '3', '4');
    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2']);

    queues.ack('1');

    expect(queues.takeDeliveries()).toEqual(['a/1 3']);
  });

  it('keeps a consumer that has enough out of the turn until it has room', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 1 });
    await queues.consume(bob, '1');

    queues.send('1', '2', '3');
    queues.ack('1');
    queues.send('4', '5');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 2', 'b/1 3', 'b/1 4', 'a/1 5']);
  });

  it('serves the queues of one consumer in turn, however little it takes at a time', async () => {
    const queues = startQueues();
    for (const text of ['1', '2', '3']) queues.sendTo('/queue/x', `x${text}`);
    for (const text of ['1', '2', '3']) queues.sendTo('/queue/y', `y${text}`);

    await queues.consume(alice, '1', '/queue/*', { 'prefetch-count': 1 });
    for (const text of ['x1', 'x2', 'y1', 'x3', 'y2']) queues.ack(text);

    expect(queues.takeDeliveries()).toEqual(['a/1 x1', 'a/1 x2', 'a/1 y1', 'a/1 x3', 'a/1 y2', 'a/1 y3']);
  });

  it('is consumed by wildcard subscriptions too, of queues that are there and of those to come', async () => {
    const queues = startQueues();
    queues.sendTo('/queue/x', 'before');
    await queues.consume(alice, 'all', '/queue/**');
    await queues.consume(bob, 'exact', '/queue/y');

    queues.sendTo('/queue/y', '1');
    queues.sendTo('/queue/y', '2');
    queues.sendTo('/queue/z', '3');

    const lines = queues.takeDeliveries();
    expect(lines).toHaveLength(4);
    expect(lines).toEqual(expect.arrayContaining(['a/all before', 'a/all 3']));
    expect(
      lines
        .filter((line) => / [12]$/.test(line))
        .map((line) => line.slice(0, 1))
        .toSorted(),
    ).toEqual(['a', 'b']);
  });

  it('gives a message to one subscription only, be it matched by several of one session', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    await queues.consume(alice, '2', '/queue/*');
    await queues.consume(alice, '3', '/queue/**');

    queues.send('1', '2', '3');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/2 2', 'a/3 3']);
  });

  it('does not know what another destination is: topics fan out as ever', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/topic/x', { ack: 'auto' });
    await queues.consume(bob, '1', '/topic/x', { ack: 'auto' });

    queues.sendTo('/topic/x', '1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 1']);
  });

  it('is never what a translated user destination leads to', async () => {
    const queues = startQueues({ destinations: '/**' });
    const destination = '/queue/jobs-user1';
    const userDestination = '/user/queue/jobs';
    for (const session of [alice, bob]) {
      const init = { session, subscriptionId: '1', destination, userDestination };
      void queues.broker.handleMessage(createMessage('SUBSCRIBE', init));
    }

    void queues.broker.handleMessage(publish(destination, 'both').with({ userDestination }));
    await nextTurn();

    expect(queues.takeDeliveries()).toEqual(['a/1 both', 'b/1 both']);
    expect(queues.broker.stats.queues.count).toBe(0);
  });
});

describe('a queue whose consumers filter', () => {
  const red = { selector: "color = 'red'" };
  const blue = { selector: "color = 'blue'" };

  it('gives each what it wants, past what it does not want', async () => {
    const queues = startQueues();
    for (const color of ['red', 'green', 'blue', 'red']) queues.sendTo('/queue/jobs', color, { color });

    await queues.consume(alice, '1', '/queue/jobs', blue);
    await queues.consume(bob, '1', '/queue/jobs', red);
    queues.sendTo('/queue/jobs', 'late blue', { color: 'blue' });

    expect(queues.takeDeliveries()).toEqual(['a/1 blue', 'b/1 red', 'b/1 red', 'a/1 late blue']);
    expect(queues.broker.stats.queues.waitingMessages).toBe(1);
  });

  it('shows a message that came back to those who were past it', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', red);
    queues.sendTo('/queue/jobs', 'first', { color: 'red' });
    queues.sendTo('/queue/jobs', 'other', { color: 'green' });
    await queues.consume(bob, '1', '/queue/jobs', red);

    queues.unsubscribe(alice, '1');

    expect(queues.takeDeliveries()).toEqual(['a/1 first', 'b/1 first again']);
  });

  it('gives a consumer that had no room what came back meanwhile, before what came later', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 1 });
    await queues.consume(bob, '1', '/queue/jobs', { ...red, 'prefetch-count': 1 });
    for (const text of ['1', '2', '3']) queues.sendTo('/queue/jobs', text, { color: 'red' });

    queues.unsubscribe(alice, '1');
    queues.ack('2');
    queues.ack('1');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 2', 'b/1 1 again', 'b/1 3']);
  });

  it('shows a consumer whose room ended among several that came back the rest of them later', async () => {
    const queues = startQueues();
    await queues.consume(bob, '1');
    for (const text of ['1', '2', '3']) queues.sendTo('/queue/jobs', text, { color: 'red' });
    await queues.consume(alice, '1', '/queue/jobs', { selector: "color = 'red'", 'prefetch-count': '1' });
    queues.takeDeliveries();

    queues.disconnect(bob);
    for (const text of ['1', '2', '3']) queues.ack(text);

    expect(queues.takeDeliveries()).toEqual(['a/1 1 again', 'a/1 2 again', 'a/1 3 again']);
  });

  it('shows a consumer that had no room what came meanwhile', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', { ...red, 'prefetch-count': 1 });
    queues.sendTo('/queue/jobs', '1', { color: 'red' });
    queues.sendTo('/queue/jobs', 'green', { color: 'green' });
    queues.sendTo('/queue/jobs', '2', { color: 'red' });
    queues.sendTo('/queue/jobs', '3', { color: 'red' });

    queues.ack('1');
    queues.ack('2');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2', 'a/1 3']);
  });

  it('keeps the turn of those who were asked and did not want', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1', '/queue/jobs', red);
    await queues.consume(bob, '1', '/queue/jobs', red);
    await queues.consume(carol, '1', '/queue/jobs', blue);

    for (const color of ['red', 'blue', 'red', 'blue', 'red']) queues.sendTo('/queue/jobs', color, { color });

    expect(queues.takeDeliveries()).toEqual(['a/1 red', 'c/1 blue', 'b/1 red', 'c/1 blue', 'a/1 red']);
  });
});

describe('a full queue', () => {
  it('refuses a message with QUEUE_FULL, which concerns that message alone', async () => {
    const queues = startQueues({ maxMessages: 2 });
    queues.send('1', '2');

    const refusal = (): unknown => queues.broker.handleMessage(publish('/queue/jobs', '3'));

    expect(codeOf(refusal)).toBe('QUEUE_FULL');
    expect(refusal).toThrow(expect.objectContaining({ endsSession: false }));
    expect(queues.broker.stats.messages).toMatchObject({ published: 2, refusedByCode: { QUEUE_FULL: 2 } });
    await queues.consume(alice, '1');
    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 2']);
  });

  it('counts what is unacknowledged', async () => {
    const queues = startQueues({ maxMessages: 2 });
    await queues.consume(alice, '1');
    queues.send('1', '2');

    expect(codeOf(() => queues.send('3'))).toBe('QUEUE_FULL');
    queues.ack('1');

    expect(codeOf(() => queues.send('4'))).toBeUndefined();
  });

  it('counts the octets of payloads and headers', () => {
    const queues = startQueues({ maxOctets: 100 });
    queues.send('x'.repeat(60));

    expect(codeOf(() => queues.send('y'.repeat(60)))).toBe('QUEUE_FULL');
    expect(codeOf(() => queues.sendTo('/queue/jobs', 'y', { h: 'z'.repeat(60) }))).toBe('QUEUE_FULL');
    expect(codeOf(() => queues.send('y'.repeat(40)))).toBeUndefined();
    expect(queues.broker.stats.queues.octets).toBe(100);
  });

  it('drops its oldest waiting messages instead where the policy says so, never those that somebody has', async () => {
    const queues = startQueues({ maxMessages: 3, whenFull: 'drop-oldest' });
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 1 });
    queues.send('1', '2', '3', '4', '5');

    queues.ack('1');
    queues.ack('4');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'a/1 4', 'a/1 5']);
    expect(queues.broker.stats.messages).toMatchObject({ published: 5, dropped: 2 });
  });

  it('refuses even then when all it holds is unacknowledged', async () => {
    const queues = startQueues({ maxMessages: 1, whenFull: 'drop-oldest' });
    await queues.consume(alice, '1');
    queues.send('1');

    expect(codeOf(() => queues.send('2'))).toBe('QUEUE_FULL');
  });

  it('drops nothing for a message that it could not take even then', async () => {
    const queues = startQueues({ maxOctets: 1000, maxMessages: 10, whenFull: 'drop-oldest' }, { maxQueueOctets: 8000 });
    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 1 });
    queues.send('x'.repeat(500), '2', '3');
    for (let count = 0; count < 8; count += 1) queues.sendTo('/queue/other', `${count}`);

    const tooLarge = ['x'.repeat(1001), 'x'.repeat(600), 'x'.repeat(490)].map((text) =>
      codeOf(() => queues.send(text)),
    );

    expect(tooLarge).toEqual(['QUEUE_FULL', 'QUEUE_FULL', undefined]);
    expect(queues.broker.stats.messages.dropped).toBe(0);
  });

  it('drops nothing either when other queues hold what all may hold together', () => {
    const queues = startQueues({ whenFull: 'drop-oldest' }, { maxQueueOctets: 10_000 });
    for (const text of ['1', '2', '3']) queues.send(text);
    queues.sendTo('/queue/other', 'x'.repeat(7000));

    expect(codeOf(() => queues.send('y'.repeat(2500)))).toBe('QUEUE_FULL');
    expect(queues.broker.stats.messages.dropped).toBe(0);
    expect(codeOf(() => queues.send('y'.repeat(1200)))).toBeUndefined();
    expect(queues.broker.stats.messages.dropped).toBe(2);
  });

  it('refuses too when all queues together hold as much as they may', async () => {
    const queues = startQueues({}, { maxQueueOctets: 2000 });
    await queues.consume(alice, '1');
    for (const name of ['jobs', 'x', 'y']) queues.sendTo(`/queue/${name}`, name);

    expect(codeOf(() => queues.sendTo('/queue/z', 'z'))).toBe('QUEUE_FULL');
    queues.ack('jobs');

    expect(codeOf(() => queues.sendTo('/queue/z', 'z'))).toBeUndefined();
  });

  it('leaves nothing behind when its first message is refused', () => {
    const queues = startQueues({ maxOctets: 3 });

    expect(codeOf(() => queues.send('four'))).toBe('QUEUE_FULL');

    expect(queues.broker.stats.queues.count).toBe(0);
  });
});

describe('what a queue keeps in memory', () => {
  it('is the payload alone, not the chunk it came in', async () => {
    const queues = startQueues();
    const payload = new Uint8Array(64 * 1024).fill(65).subarray(10, 20);

    void queues.broker.handleMessage(createMessage('MESSAGE', { destination: '/queue/jobs', payload }));
    await queues.consume(alice, '1');

    expect(queues.deliveries.messages[0]?.payload.buffer.byteLength).toBe(10);
    expect(queues.takeDeliveries()).toEqual(['a/1 AAAAAAAAAA']);
  });

  it('is nothing of a session that has ended', async () => {
    const queues = startQueues();
    const useOnce = async (): Promise<WeakRef<object>> => {
      const session = createSession('once');
      await queues.consume(session, '1');
      await queues.consume(session, '2', '/queue/**');
      queues.send('1', '2', '3');
      queues.ack('1');
      queues.nack('2');
      queues.ack('3', createTransaction());
      queues.disconnect(session);
      queues.deliveries.messages.splice(0); // what the test kept itself
      return new WeakRef(session);
    };

    const session = await useOnce();
    await nextTurn();
    collectGarbage();

    expect(session.deref()).toBeUndefined();
  });
});

describe('the number of queues', () => {
  it('is bounded, and a message that would need a further one is refused', () => {
    const queues = startQueues({}, { maxQueues: 2 });
    queues.sendTo('/queue/x', '1');
    queues.sendTo('/queue/y', '2');

    expect(codeOf(() => queues.sendTo('/queue/z', '3'))).toBe('QUEUE_FULL');
    expect(codeOf(() => queues.sendTo('/queue/y', '4'))).toBeUndefined();
  });

  it('makes room by forgetting queues that are empty and named by nobody', async () => {
    const queues = startQueues({}, { maxQueues: 2 });
    await queues.consume(alice, '1', '/queue/**', { ack: 'auto' });

    for (const name of ['x', 'y', 'z', 'x']) queues.sendTo(`/queue/${name}`, name);

    expect(queues.takeDeliveries()).toEqual(['a/1 x', 'a/1 y', 'a/1 z', 'a/1 x']);
    expect(queues.broker.stats.queues.count).toBe(2);
  });

  it('makes no room by forgetting what holds messages again', async () => {
    const queues = startQueues({}, { maxQueues: 2 });
    const slow = createSlowSession('s');
    await queues.consume(slow, '1', '/queue/**', { ack: 'auto' });
    queues.sendTo('/queue/x', '1');
    queues.sendTo('/queue/y', '2');
    slow.stopReading();

    queues.sendTo('/queue/x', '3');
    queues.sendTo('/queue/z', '4');
    expect(codeOf(() => queues.sendTo('/queue/y', '5'))).toBe('QUEUE_FULL');
    await slow.readAgain();

    expect(queues.takeDeliveries()).toEqual(['s/1 1', 's/1 2', 's/1 3', 's/1 4']);
  });

  it('makes no room by forgetting what subscriptions name', async () => {
    const queues = startQueues({}, { maxQueues: 2 });
    await queues.consume(alice, '1', '/queue/x', { ack: 'auto' });
    await queues.consume(bob, '1', '/queue/y', { ack: 'auto' });
    queues.sendTo('/queue/x', '1');
    queues.sendTo('/queue/y', '2');

    expect(codeOf(() => queues.sendTo('/queue/z', '3'))).toBe('QUEUE_FULL');
    queues.sendTo('/queue/x', '4');

    expect(queues.takeDeliveries()).toEqual(['a/1 1', 'b/1 2', 'a/1 4']);
  });

  it('is not kept up by a subscription that ended before it had seen all of them', async () => {
    const queues = startQueues();
    for (let count = 0; count < 3000; count += 1) queues.sendTo(`/queue/${count}`, 'x');
    const init = { session: alice, subscriptionId: '1', destination: '/queue/**', headers: { 'prefetch-count': '1' } };
    const live = queues.broker.handleMessage(createMessage('SUBSCRIBE', init));

    queues.disconnect(alice);
    await live;
    await queues.consume(bob, '1', '/queue/**', { ack: 'auto' });
    while (queues.broker.stats.queues.waitingMessages > 0) await nextTurn();
    queues.unsubscribe(bob, '1');
    await nextTurn();

    expect(queues.broker.stats.queues.count).toBe(0);
  });

  it('goes back to none when 100 000 destinations were used once', async () => {
    const queues = startQueues();
    for (let count = 0; count < 100_000; count += 1) queues.sendTo(`/queue/${count}`, 'x');
    expect(queues.broker.stats.queues.count).toBe(100_000);

    await queues.consume(alice, '1', '/queue/**', { ack: 'auto' });
    while (queues.deliveries.messages.length < 100_000) await nextTurn();
    queues.unsubscribe(alice, '1');
    await nextTurn();

    expect(queues.broker.stats.queues).toEqual({ count: 0, waitingMessages: 0, unacknowledgedMessages: 0, octets: 0 });
  }, 30_000);

  it('leave nothing behind with a consumer that has no room while others take what comes', async () => {
    const queues = startQueues();
    await queues.consume(alice, 'stuck', '/queue/**', { 'prefetch-count': 1 });
    queues.sendTo('/queue/first', 'x');
    await queues.consume(bob, '1', '/queue/**', { ack: 'auto' });
    const useOnce = async (from: number, to: number): Promise<number> => {
      for (let count = from; count < to; count += 1) queues.sendTo(`/queue/n${count}`, 'x');
      queues.deliveries.messages.length = 0; // what the test kept itself
      await nextTurn();
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await useOnce(0, 3000);

    const after = await useOnce(3000, 23_000);

    expect((after - before) / 20_000).toBeLessThan(200);
  });

  it('counts one that a subscription names while the subscription lasts', async () => {
    const queues = startQueues();
    await queues.consume(alice, '1');
    expect(queues.broker.stats.queues.count).toBe(1);

    queues.unsubscribe(alice, '1');

    expect(queues.broker.stats.queues.count).toBe(0);
  });

  it('times wildcard subscriptions is bounded too', async () => {
    const queues = startQueues({}, { maxQueues: 2 });
    queues.sendTo('/queue/x', '1');
    queues.sendTo('/queue/y', '2');
    for (let id = 0; id < 10; id += 1) await queues.consume(alice, `${id}`, '/queue/*');

    await expect(queues.consume(alice, 'one more', '/queue/*')).rejects.toThrow(
      expect.objectContaining({ code: 'SUBSCRIBER_LIMIT_EXCEEDED', endsSession: false }),
    );
    expect(queues.broker.stats.subscriptions).toBe(10);
    queues.unsubscribe(alice, '0');

    await queues.consume(alice, 'one instead', '/queue/*');

    expect(queues.broker.stats.subscriptions).toBe(10);
  });
});

describe('many queues that wait for one consumer', () => {
  it('are all served when it reads again, in slices', async () => {
    const queues = startQueues();
    const slow = createSlowSession('s');
    await queues.consume(slow, '1', '/queue/**', { 'prefetch-count': 10_000 });
    slow.stopReading();
    for (let count = 0; count < 5000; count += 1) queues.sendTo(`/queue/${count}`, `${count}`);

    await slow.readAgain();
    for (let turns = 0; turns < 20; turns += 1) await nextTurn();

    expect(queues.deliveries.messages).toHaveLength(5000);
  });
});

describe('a long queue', () => {
  it('gives a consumer that wants everything its messages while others look for theirs', async () => {
    const queues = startQueues({ maxMessages: 20_000 });
    for (let count = 0; count < 20_000; count += 1) queues.send('unwanted');
    for (let id = 0; id < 50; id += 1) {
      void queues.consume(alice, `${id}`, '/queue/jobs', { selector: "color = 'red'" });
    }

    void queues.consume(bob, '1');
    for (let turns = 0; turns < 8; turns += 1) await new Promise(setImmediate);

    expect(queues.takeDeliveries()).toContain('b/1 unwanted');
  });

  it('is not looked through again by those who do not want it when a message comes back', async () => {
    const queues = startQueues({ maxMessages: 30_000, maxDeliveries: 1000 });
    for (let count = 0; count < 20_000; count += 1) queues.sendTo('/queue/jobs', 'unwanted', { color: 'blue' });
    await queues.consume(bob, '1', '/queue/jobs', { selector: "color = 'blue'", 'prefetch-count': '1' });
    await queues.consume(alice, '1', '/queue/jobs', { selector: "color = 'red'" });
    for (let turns = 0; turns < 40; turns += 1) await nextTurn();
    const before = performance.now();

    for (let count = 0; count < 300; count += 1) {
      queues.nack('unwanted');
      await nextTurn();
    }
    queues.sendTo('/queue/jobs', 'wanted', { color: 'red' });

    expect(queues.takeDeliveries()).toContain('a/1 wanted');
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('is drained in slices, so that other work of the process has its turn', async () => {
    const queues = startQueues({ maxMessages: 20_000 });
    for (let count = 0; count < 20_000; count += 1) queues.send(`${count}`);
    const drained: number[] = [];

    void queues.consume(alice, '1', '/queue/jobs', { ack: 'auto' });
    while (queues.broker.stats.queues.waitingMessages > 0) {
      await new Promise(setImmediate);
      drained.push(queues.takeDeliveries().length);
    }

    expect(Math.max(...drained)).toBeLessThanOrEqual(1000);
  });

  it('keeps the stack small when each delivery is acknowledged before it returns', async () => {
    const queues = startQueues({ maxMessages: 20_000 });
    for (let count = 0; count < 20_000; count += 1) queues.send(`${count}`);
    queues.clientOutboundChannel.subscribe({
      handleMessage: ({ session, delivery }) =>
        queues.broker.handleMessage(createMessage('ACK', { session, acknowledgement: { ackId: delivery?.ackId } })),
    });

    await queues.consume(alice, '1', '/queue/jobs', { 'prefetch-count': 1 });
    while (queues.broker.stats.queues.waitingMessages > 0) await nextTurn();

    expect(queues.broker.stats.messages.acknowledged).toBe(20_000);
    expect(queues.takeDeliveries().map((line) => Number(line.slice(4)))).toEqual(
      Array.from({ length: 20_000 }, (_, n) => n),
    );
  });
});
