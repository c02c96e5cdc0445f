import { connect, FakeClock, StompServerError, type TestClient } from '@treadle/testing';
import { type Application, createApplication } from '../../src/application.js';
import type { QueuePolicy } from '../../src/broker/simple/policy/destination-policy.js';
import { simpleBroker } from '../../src/broker/simple/simple-broker.js';
import { silentLogger } from '../../src/foundation/logger.js';
import type { ChannelInterceptor } from '../../src/messaging/channel-interceptor.js';
import type { ApplicationOptions } from '../../src/options.js';

const JOBS = '/queue/jobs';
const EACH = { ack: 'client-individual' };

function createQueues(policy: Partial<QueuePolicy> = {}, options: ApplicationOptions = {}): Application {
  const queues = { destinations: '/queue/**', ...policy, kind: 'queue' } as const;
  return createApplication({ logger: silentLogger, broker: simpleBroker({ policies: [queues] }), ...options });
}

const bodiesOf = (client: TestClient): string[] =>
  client.frames.filter(({ command }) => command === 'MESSAGE').map(({ body }) => body);

describe('a queue between clients', () => {
  it('holds messages until a worker comes, whose RECEIPT of SUBSCRIBE goes before them', async () => {
    await using application = createQueues();
    const producer = await connect(application);
    for (const text of ['1', '2', '3']) await producer.send(JOBS, text);

    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS, EACH);
    const received = [await inbox.next(), await inbox.next(), await inbox.next()];

    expect(received).toEqual(['1', '2', '3']);
    expect(worker.frames.map(({ command }) => command)).toEqual([
      'CONNECTED',
      'RECEIPT',
      'MESSAGE',
      'MESSAGE',
      'MESSAGE',
    ]);
  });

  it('gives what a lost worker had not acknowledged to another one, marked', async () => {
    await using application = createQueues();
    const lost = await connect(application);
    const first = await lost.subscribe(JOBS, EACH);
    const producer = await connect(application);
    for (const text of ['1', '2', '3']) await producer.send(JOBS, text);
    await first.nextMessage();
    await lost.ack(await first.nextMessage());

    lost.drop();
    const other = await connect(application);
    const second = await other.subscribe(JOBS, EACH);

    const messages = [await second.nextMessage(), await second.nextMessage()];
    expect(messages.map(({ body, headers }) => [body, headers['redelivered']])).toEqual([
      ['1', 'true'],
      ['3', 'true'],
    ]);
    await second.expectNothing();
  });

  it('keeps dead letters from the worker that failed, be it subscribed to every queue', async () => {
    await using application = createQueues({ maxDeliveries: 2 });
    const worker = await connect(application);
    const inbox = await worker.subscribe('/queue/**', EACH);
    await worker.send(JOBS, 'poison');
    for (let delivery = 0; delivery < 2; delivery += 1) await worker.nack(await inbox.nextMessage());

    const person = await connect(application);
    const letters = await person.subscribe('/queue/dead-letters', EACH);

    expect(await letters.next()).toBe('poison');
    await inbox.expectNothing();
  });

  it('gives a message that an interceptor keeps from one worker to another, and asks for the first no more', async () => {
    const asked: string[] = [];
    const notToFirst: ChannelInterceptor = {
      preSend: (message) => {
        if (message.destination !== JOBS) return message;
        asked.push(message.user?.name ?? '');
        return Promise.resolve(message.user?.name === 'first' ? null : message);
      },
    };
    await using application = createQueues(
      {},
      {
        interceptors: { clientOutbound: [notToFirst] },
        authenticate: ({ login = '' }) => ({ name: login }),
      },
    );
    const first = await connect(application, { login: 'first' });
    const kept = await first.subscribe(JOBS, EACH);
    await first.send(JOBS, '1');
    await kept.expectNothing();

    const second = await connect(application, { login: 'second' });
    const inbox = await second.subscribe(JOBS, EACH);

    expect(await inbox.next()).toBe('1');
    expect(asked).toEqual(['first', 'second']);
  });

  it('marks nothing as redelivered because its sender says so', async () => {
    await using application = createQueues();
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS, EACH);

    await worker.send(JOBS, '1', { redelivered: 'true' });

    expect((await inbox.nextMessage()).headers['redelivered']).toBeUndefined();
  });

  it('lets a worker set its pace with prefetch-count', async () => {
    await using application = createQueues();
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS, { ...EACH, 'prefetch-count': '1' });
    const producer = await connect(application);
    for (const text of ['1', '2']) await producer.send(JOBS, text);

    const message = await inbox.nextMessage();
    await inbox.expectNothing();
    await worker.ack(message);

    expect(await inbox.next()).toBe('2');
  });

  it('sends nothing more to a subscription behind the RECEIPT of its UNSUBSCRIBE', async () => {
    await using application = createQueues();
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS, { ack: 'auto' });

    await inbox.unsubscribe();
    const producer = await connect(application);
    await producer.send(JOBS, 'late');

    expect(worker.frames.at(-1)?.command).toBe('RECEIPT');
  });

  it('gives a client that has stalled half of its send buffer at most, and the rest to others', async () => {
    await using application = createQueues({}, { limits: { sendBufferOctets: 20_000 } });
    const stalled = await connect(application);
    await stalled.subscribe(JOBS);
    stalled.stopReading();
    const producer = await connect(application);
    for (let count = 0; count < 100; count += 1) await producer.send(JOBS, 'x'.repeat(1000));

    const healthy = await connect(application);
    const inbox = await healthy.subscribe(JOBS);
    for (let count = 0; count < 80; count += 1) await inbox.next();
    await healthy.disconnect();
    stalled.readAgain();

    expect(bodiesOf(healthy).length).toBeGreaterThan(80);
    const waiting = application.stats().broker?.queues?.waitingMessages ?? Number.NaN;
    expect(bodiesOf(stalled).length).toBeLessThanOrEqual(10);
    expect(bodiesOf(healthy).length + bodiesOf(stalled).length + waiting).toBe(100);
    expect(stalled.errorFrame).toBeUndefined();
  });

  it.each<[string, (client: TestClient, clock: FakeClock) => unknown]>([
    ['loses its connection', (client) => client.drop()],
    ['is cut off as it takes nothing', (_client, clock) => clock.advance(10_000)],
  ])('gives nothing more to a client that has stalled and then %s', async (_what, end) => {
    const clock = new FakeClock();
    const limits = { sendBufferOctets: 20_000 };
    await using application = createQueues({}, { clock, limits, heartBeat: { sends: 0, expects: 0 } });
    const stalled = await connect(application);
    await stalled.subscribe(JOBS); // without acknowledgements: what is given to it counts as done
    stalled.stopReading();
    const producer = await connect(application);
    for (let count = 0; count < 100; count += 1) await producer.send(JOBS, 'x'.repeat(1000));
    const waiting = application.stats().broker?.queues?.waitingMessages ?? 0;

    await end(stalled, clock);
    await stalled.closed;
    await clock.advance(0);

    expect(waiting).toBeGreaterThan(80);
    expect(application.sessionCount).toBe(1);
    expect(application.stats().broker?.queues?.waitingMessages).toBe(waiting);
  });
});

describe('a delivery to be acknowledged', () => {
  it.each(['1.0', '1.1', '1.2'])('is acknowledged in the form of STOMP %s', async (acceptVersion) => {
    await using application = createQueues();
    const worker = await connect(application, { acceptVersion });
    const inbox = await worker.subscribe(JOBS, { ack: 'client' });
    const producer = await connect(application);
    for (const text of ['1', '2', '3']) await producer.send(JOBS, text);
    await inbox.nextMessage();
    const second = await inbox.nextMessage();

    await worker.ack(second);
    await worker.disconnect();
    const other = await connect(application);
    const rest = await other.subscribe(JOBS);

    expect('ack' in second.headers).toBe(acceptVersion === '1.2');
    expect(await rest.next()).toBe('3');
    await rest.expectNothing();
  });

  it('has no ack header for a subscription that needs none', async () => {
    await using application = createQueues();
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS);
    await worker.send(JOBS, '1');

    expect('ack' in (await inbox.nextMessage()).headers).toBe(false);
  });

  it('acknowledged twice ends the session with ERROR', async () => {
    await using application = createQueues();
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS, EACH);
    await worker.send(JOBS, '1');
    const message = await inbox.nextMessage();
    await worker.ack(message);

    await expect(worker.ack(message)).rejects.toMatchObject({ code: 'ACKNOWLEDGEMENT_UNKNOWN' });
    await worker.closed;
  });

  it('counts with the transaction it belongs to, and comes again when the client goes before COMMIT', async () => {
    await using application = createQueues();
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS, EACH);
    await worker.send(JOBS, '1');
    const transaction = await worker.begin();
    await transaction.ack(await inbox.nextMessage());

    await worker.disconnect();
    const other = await connect(application);
    const again = await other.subscribe(JOBS, EACH);

    expect((await again.nextMessage()).headers['redelivered']).toBe('true');
  });
});

describe('what a queue cannot take or give', () => {
  it('fails at the sender: a template rejects with QUEUE_FULL', async () => {
    await using application = createQueues({ maxMessages: 1 });
    await application.start();
    await application.template.convertAndSend(JOBS, '1');

    await expect(async () => application.template.convertAndSend(JOBS, '2')).rejects.toMatchObject({
      code: 'QUEUE_FULL',
    });
  });

  it('is told to a client that asked for a receipt, and costs another one no session', async () => {
    await using application = createQueues({ maxMessages: 1 });
    const producer = await connect(application);
    const errors = await producer.subscribe('/user/queue/errors');
    await producer.send(JOBS, '1');

    producer.sendWithoutReceipt(JOBS, '2');

    expect(await errors.next()).toMatchObject({ code: 'QUEUE_FULL' });
    await expect(producer.send(JOBS, '3')).rejects.toBeInstanceOf(StompServerError);
  });

  it('expires when its time is over, without anybody asking', async () => {
    const clock = new FakeClock();
    await using application = createQueues({ expiresAfterMs: 1000 }, { clock });
    const producer = await connect(application);
    await producer.send(JOBS, 'policy');
    await producer.send(JOBS, 'own', { expires: String(clock.wallTime() + 5000) });

    await clock.advance(1000);
    expect(application.stats().broker?.messages.expired).toBe(1);
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS);

    expect(await inbox.next()).toBe('own');
    await inbox.expectNothing();
  });

  it('expires when its only worker rejects it too late and had no room until then', async () => {
    const clock = new FakeClock();
    await using application = createQueues({ expiresAfterMs: 1000 }, { clock });
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS, { ...EACH, 'prefetch-count': '1' });
    await worker.send(JOBS, 'rejected too late');
    const rejected = await inbox.nextMessage();

    await clock.advance(1000);
    await worker.nack(rejected);

    await inbox.expectNothing();
    expect(application.stats().broker?.messages).toMatchObject({ delivered: 1, expired: 1 });
  });

  it('that has expired takes no room in a full queue, be it gone a moment later', async () => {
    const clock = new FakeClock();
    await using application = createQueues({ maxMessages: 1 }, { clock });
    const [producer, worker, other] = [
      await connect(application),
      await connect(application),
      await connect(application),
    ];
    await worker.subscribe(JOBS, { ...EACH, id: 'mine' });
    await producer.send(JOBS, 'too late', { expires: String(clock.wallTime() + 500) });
    await clock.advance(1000);

    // What a new subscription causes comes in the next turn of the event loop, and what else is to be given out then waits for that.
    other.sendFrame('SUBSCRIBE', { id: 'theirs', destination: JOBS });
    worker.sendFrame('UNSUBSCRIBE', { id: 'mine' });
    await producer.send(JOBS, 'in time');
    await clock.advance(0);

    expect(bodiesOf(other)).toEqual(['in time']);
    expect(application.stats().broker?.messages).toMatchObject({ expired: 1, refusedByCode: {} });
  });

  it('expires behind its worker only if it comes back', async () => {
    const clock = new FakeClock();
    await using application = createQueues({ expiresAfterMs: 1000 }, { clock });
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS, EACH);
    await worker.send(JOBS, 'done in time');
    await worker.send(JOBS, 'rejected too late');
    const [done, rejected] = [await inbox.nextMessage(), await inbox.nextMessage()];

    await clock.advance(2000);
    await worker.ack(done);
    await worker.nack(rejected);

    const { messages, queues } = application.stats().broker ?? {};
    expect(messages).toMatchObject({ acknowledged: 1, rejected: 1, expired: 1 });
    expect(queues).toMatchObject({ waitingMessages: 0, unacknowledgedMessages: 0, octets: 0 });
    await inbox.expectNothing();
  });

  it('becomes a dead letter when no worker wants it, for whoever looks after those', async () => {
    await using application = createQueues({ maxDeliveries: 2 });
    const worker = await connect(application);
    const inbox = await worker.subscribe(JOBS, EACH);
    await worker.send(JOBS, 'poison', { color: 'red' });

    await worker.nack(await inbox.nextMessage());
    await worker.nack(await inbox.nextMessage());
    const keeper = await connect(application);
    const letter = await (await keeper.subscribe('/queue/dead-letters', EACH)).nextMessage();

    expect(letter.headers).toMatchObject({
      color: 'red',
      'original-destination': JOBS,
      'delivery-count': '2',
      'dead-letter-reason': 'delivery-limit',
    });
    await keeper.ack(letter);
  });
});
