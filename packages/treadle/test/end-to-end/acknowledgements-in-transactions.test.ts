import 'reflect-metadata';
import { connect, type TestClient } from '@treadle/testing';
import { type Application, Controller, createApplication, MessageMapping, simpleBroker, silentLogger } from 'treadle';

@Controller()
class Workshop {
  @MessageMapping('/spill')
  spill(): never {
    throw new Error('the ink is gone');
  }
}

/** `/queue/jobs` is a queue, whose messages go to one of its consumers each. */
function start(): Application {
  return createApplication({
    controllers: [Workshop],
    broker: simpleBroker({ policies: [{ destinations: '/queue/jobs', kind: 'queue' }] }),
    logger: silentLogger,
  });
}

/** A consumer that acknowledges, and gets one job after the other. */
async function consume(client: TestClient, headers: Readonly<Record<string, string>> = {}) {
  return client.subscribe('/queue/jobs', { ack: 'client', 'prefetch-count': '1', ...headers });
}

describe.each(['1.0', '1.1', '1.2'])('an acknowledgement in a transaction of a client of STOMP %s', (acceptVersion) => {
  test('counts at COMMIT, together with what is sent', async () => {
    await using application = start();
    await using worker = await connect(application, { acceptVersion });
    const [jobs, results] = [await consume(worker), await worker.subscribe('/topic/results')];
    await worker.send('/queue/jobs', 'first');
    await worker.send('/queue/jobs', 'second');

    const transaction = await worker.begin();
    await transaction.ack(await jobs.nextMessage());
    await transaction.send('/topic/results', 'done');
    await jobs.expectNothing();
    await results.expectNothing();
    await transaction.commit();

    expect(await results.next()).toBe('done');
    expect(await jobs.next()).toBe('second');
  });

  test('does not count at ABORT, and may be given again', async () => {
    await using application = start();
    await using worker = await connect(application, { acceptVersion });
    const jobs = await consume(worker);
    await worker.send('/queue/jobs', 'first');
    await worker.send('/queue/jobs', 'second');
    const job = await jobs.nextMessage();

    const transaction = await worker.begin();
    await transaction.ack(job);
    await transaction.abort();
    await jobs.expectNothing();
    await worker.ack(job);

    expect(await jobs.next()).toBe('second');
  });

  test.each([
    ['DISCONNECT', (client: TestClient) => client.disconnect()],
    ['the loss of the connection', async (client: TestClient) => (client.drop(), client.closed)],
  ])('does not count at %s: somebody else gets the message', async (_, leave) => {
    await using application = start();
    const worker = await connect(application, { acceptVersion });
    const jobs = await consume(worker);
    await worker.send('/queue/jobs', 'first');
    const transaction = await worker.begin();
    await transaction.ack(await jobs.nextMessage());

    await leave(worker);
    await using other = await connect(application);
    const again = await consume(other);

    const job = await again.nextMessage();
    expect(job.body).toBe('first');
    expect(job.headers).toMatchObject({ redelivered: 'true' });
  });

  test('of a message that is not there fails at once', async () => {
    await using application = start();
    await using worker = await connect(application, { acceptVersion });
    const jobs = await consume(worker);
    await worker.send('/queue/jobs', 'first');
    const job = await jobs.nextMessage();
    await worker.ack(job);
    const transaction = await worker.begin();

    const error: unknown = await transaction.ack(job).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: 'ACKNOWLEDGEMENT_UNKNOWN' });
  });
});

test('a message that is kept for one transaction cannot be acknowledged beside it', async () => {
  await using application = start();
  await using worker = await connect(application);
  const jobs = await consume(worker);
  await worker.send('/queue/jobs', 'first');
  const job = await jobs.nextMessage();
  const [one, other] = [await worker.begin(), await worker.begin()];
  await one.ack(job);

  const error: unknown = await other.ack(job).catch((reason: unknown) => reason);

  expect(error).toMatchObject({ code: 'ACKNOWLEDGEMENT_UNKNOWN' });
});

test('a NACK in a transaction counts at COMMIT: the message is delivered again', async () => {
  await using application = start();
  await using worker = await connect(application);
  const jobs = await consume(worker);
  await worker.send('/queue/jobs', 'first');

  const transaction = await worker.begin();
  await transaction.nack(await jobs.nextMessage());
  await jobs.expectNothing();
  await transaction.commit();

  const again = await jobs.nextMessage();
  expect(again.body).toBe('first');
  expect(again.headers).toMatchObject({ redelivered: 'true' });
});

test('an acknowledgement outlives its subscription until COMMIT', async () => {
  await using application = start();
  await using worker = await connect(application);
  const jobs = await consume(worker);
  await worker.send('/queue/jobs', 'first');
  const transaction = await worker.begin();
  await transaction.ack(await jobs.nextMessage());

  await jobs.unsubscribe();
  await transaction.commit();
  const again = await consume(worker);

  await again.expectNothing();
});

test('an acknowledgement beside a message that fails is rolled back: the job goes to somebody else', async () => {
  await using application = start();
  await using worker = await connect(application);
  const jobs = await consume(worker);
  await worker.send('/queue/jobs', 'first');
  await using other = await connect(application);
  const others = await consume(other);

  const transaction = await worker.begin();
  await transaction.ack(await jobs.nextMessage());
  await transaction.send('/app/spill');
  const error: unknown = await transaction.commit().catch((reason: unknown) => reason);

  expect(error).toMatchObject({ code: 'HANDLER_FAILED' });
  expect(await others.next()).toBe('first');
});
