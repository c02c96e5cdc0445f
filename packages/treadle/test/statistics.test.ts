import 'reflect-metadata';
import { connect, FakeClock } from '@treadle/testing';
import {
  type Application,
  type ApplicationOptions,
  ApplicationStatistics,
  Controller,
  createApplication,
  MemoryConnection,
  MessageExceptionHandler,
  MessageMapping,
  type SessionStats,
  simpleBroker,
} from 'treadle';
import { RecordingLogger } from './annotation/fixture';
import { settled } from './session/session-fixture';
import { WebSocketClient } from './transport/web-socket-client';

let clock = new FakeClock();
let logger = new RecordingLogger();
let application: Application;

@Controller()
class Controllers {
  @MessageMapping('/ok')
  ok(): void {}

  @MessageMapping('/fails')
  fails(): void {
    throw new Error('no');
  }
}

function create(options: ApplicationOptions = {}): Application {
  clock = new FakeClock();
  logger = new RecordingLogger();
  application = createApplication({ controllers: [Controllers], clock, logger, ...options });
  return application;
}

afterEach(() => application.stop());

describe('application.stats()', () => {
  it('Spring S1: counts sessions at the moment and in total, by transport', async () => {
    const stats = (): SessionStats => application.stats().sessions;
    const first = await connect(create());
    await connect(application);
    const { url } = await application.listen(0, '127.0.0.1');
    const browser = await WebSocketClient.connect(url);

    await first.disconnect();
    browser.webSocket.close();
    await until(() => stats().current === 1);

    expect(stats()).toMatchObject({
      current: 1,
      total: 3,
      byTransport: { memory: { current: 1, total: 2 }, websocket: { current: 0, total: 1 } },
    });
  });

  it('Spring S1: counts frames of both directions by command', async () => {
    const client = await connect(create());
    const inbox = await client.subscribe('/topic/a');
    await client.send('/topic/a', 'hi');
    client.sendWithoutReceipt('/topic/a', 'hi');
    await inbox.unsubscribe();
    await client.disconnect();

    expect(application.stats().frames).toEqual({
      CONNECT: 1,
      STOMP: 0,
      SEND: 2,
      SUBSCRIBE: 1,
      UNSUBSCRIBE: 1,
      ACK: 0,
      NACK: 0,
      BEGIN: 0,
      COMMIT: 0,
      ABORT: 0,
      DISCONNECT: 1,
      CONNECTED: 1,
      MESSAGE: 2,
      RECEIPT: 4,
      ERROR: 0,
    });
  });

  it('Spring S1: counts sessions that were refused because there are too many', async () => {
    await connect(create({ limits: { sessions: 1 } }));

    await expect(connect(application)).rejects.toThrow('SESSION_LIMIT_EXCEEDED');

    expect(application.stats().sessions).toMatchObject({ current: 1, total: 1, limitExceeded: 1 });
    expect(application.stats().frames.ERROR).toBe(1);
  });

  it('Spring S1: counts sessions that never connected in time', async () => {
    await create({ limits: { connectTimeMs: 100 } }).start();
    openSilently();

    await clock.advance(100);

    expect(application.stats().sessions).toMatchObject({ current: 0, total: 1, connectTimeExceeded: 1 });
  });

  it('Spring S1: counts connections that broke or broke the rules of their transport', async () => {
    await create().start();
    const { peer } = openSilently();

    peer.close(1006);
    await settled();

    expect(application.stats().sessions).toMatchObject({ current: 0, transportErrors: 1 });
  });

  it('counts no transport error for a client that says good-bye, be it by a close frame alone', async () => {
    const client = await connect(create());
    const { peer } = openSilently();

    await client.disconnect();
    peer.close(1001);
    await settled();

    expect(application.stats().sessions).toMatchObject({ transportErrors: 0, endedByCode: {} });
  });

  it('Spring B4: counts sessions that ended because their client read too slowly, and tells how many are close to it', async () => {
    await create({ limits: { sendBufferOctets: 1_000 } }).start();
    const { peer } = openSilently();
    peer.write(Buffer.from('CONNECT\naccept-version:1.2\nhost:a\n\n\0SUBSCRIBE\nid:1\ndestination:/topic/a\n\n\0'));
    await settled();
    peer.stopReading();

    await application.template.convertAndSend('/topic/a', 'x'.repeat(600));
    await settled();
    const congested = application.stats().sessions;
    for (let count = 0; count < 3; count += 1) {
      await application.template.convertAndSend('/topic/a', 'x'.repeat(600));
      await settled();
    }

    expect(congested).toMatchObject({ congested: 1, slowConsumers: 0 });
    expect(application.stats().sessions).toMatchObject({ current: 0, congested: 0, slowConsumers: 1 });
  });

  it('counts sessions by the code they were ended with', async () => {
    const client = await connect(create());

    await expect(client.send('/app/fails')).rejects.toThrow('HANDLER_FAILED');

    expect(application.stats().sessions.endedByCode).toEqual({ HANDLER_FAILED: 1 });
  });

  it('counts messages by the code they were refused with, and the session goes on', async () => {
    const policies = [{ destinations: '/queue/jobs', kind: 'queue' as const, maxMessages: 1 }];
    const client = await connect(create({ broker: simpleBroker({ policies }) }));
    client.sendWithoutReceipt('/app/fails');
    for (let count = 0; count < 3; count += 1) client.sendWithoutReceipt('/queue/jobs', 'x');

    await client.send('/app/ok');

    const { sessions, broker } = application.stats();
    expect(sessions.refusedByCode).toEqual({ HANDLER_FAILED: 1, QUEUE_FULL: 2 });
    expect(sessions.endedByCode).toEqual({});
    expect(broker?.messages.refusedByCode).toEqual({ QUEUE_FULL: 2 });
  });

  it('counts a message whose RECEIPT was owed both as refused and as the end of its session', async () => {
    const client = await connect(create());

    await expect(client.send('/app/fails')).rejects.toThrow('HANDLER_FAILED');

    const { refusedByCode, endedByCode } = application.stats().sessions;
    expect([refusedByCode, endedByCode]).toEqual([{ HANDLER_FAILED: 1 }, { HANDLER_FAILED: 1 }]);
  });

  it('has the numbers of the broker', async () => {
    const client = await connect(create());
    const inbox = await client.subscribe('/topic/a');
    await client.send('/topic/a', 'hi');
    await inbox.next();

    expect(application.stats().broker).toMatchObject({ subscriptions: 1, messages: { published: 1, delivered: 1 } });
  });

  it('has none of a broker that keeps none', () => {
    const broker = { destinationPrefixes: ['/topic'], handles: () => true, start() {}, stop() {}, handleMessage() {} };

    create({ broker: () => broker });

    expect(application.stats().broker).toBeUndefined();
  });

  it('counts calls of handlers', async () => {
    const client = await connect(create());
    await client.send('/app/ok');
    client.sendWithoutReceipt('/app/fails');
    await settled();

    expect(application.stats().handlers).toEqual({
      inFlight: 0,
      waiting: 0,
      peak: 1,
      completed: 1,
      failed: 1,
      timedOut: 0,
      refused: 0,
    });
  });

  it.each(['recovers', 'fails itself'])('counts a failed call once when its exception handler %s', async (outcome) => {
    @Controller()
    class Recovering {
      @MessageMapping('/fails')
      fails(): void {
        throw new Error('no');
      }

      @MessageExceptionHandler(Error)
      recover(): void {
        if (outcome === 'fails itself') throw new Error('no again');
      }
    }
    const client = await connect(create({ controllers: [Recovering] }));

    client.sendWithoutReceipt('/app/fails');
    await settled();

    expect(application.stats().handlers).toMatchObject({ inFlight: 0, completed: 0, failed: 1, peak: 1 });
  });

  it('tells how long the application has been there', async () => {
    create();

    await clock.advance(1_234);

    expect(application.stats().uptimeMs).toBe(1_234);
  });

  it('Spring S3: is data, all of it: it survives JSON', async () => {
    await connect(create());

    const stats = application.stats();

    expect(JSON.parse(JSON.stringify(stats))).toEqual(stats);
  });

  it('is a picture of the moment: what it gave does not change any more', async () => {
    const client = await connect(create());
    const before = application.stats();

    await client.send('/app/ok');

    expect(before.frames.SEND).toBe(0);
    expect(before.handlers.completed).toBe(0);
  });

  it('can be injected', async () => {
    await connect(create());

    const statistics = application.container.resolve(ApplicationStatistics);

    expect(statistics.current()).toEqual(application.stats());
  });
});

describe('statsIntervalMs', () => {
  const lines = (): unknown[] => logger.lines.filter(({ message }) => message === 'statistics');

  it('Spring S2: logs the numbers after a minute, then every 30 minutes', async () => {
    await create().start();

    const counts = [lines().length];
    for (const minutes of [1, 29, 1, 30]) {
      await clock.advance(minutes * 60_000);
      counts.push(lines().length);
    }

    expect(counts).toEqual([0, 1, 1, 2, 3]);
    expect(lines().at(0)).toMatchObject({ level: 'info', details: { uptimeMs: 60_000, sessions: { current: 0 } } });
  });

  it('logs no commands that never came, and the broker so that the console prints all of it', async () => {
    const client = await connect(create());
    await client.send('/topic/a', 'hi');

    await clock.advance(60_000);

    expect(lines().at(0)).toMatchObject({
      details: {
        frames: { CONNECT: 1, SEND: 1, CONNECTED: 1, RECEIPT: 1 },
        broker: { subscriptions: 0, published: 1, refusedByCode: {} },
      },
    });
    expect(lines().at(0)).not.toHaveProperty('details.frames.ACK');
  });

  it('shorter than a minute holds for the first line too', async () => {
    await create({ statsIntervalMs: 5_000 }).start();

    await clock.advance(15_000);

    expect(lines()).toHaveLength(3);
  });

  it('of 0 logs nothing and keeps no timer', async () => {
    await create({ statsIntervalMs: 0 }).start();

    expect(clock.timerCount).toBe(0);
  });

  it('ends with the application', async () => {
    await create().start();
    await clock.advance(60_000);

    await application.stop();

    expect(clock.timerCount).toBe(0);
  });

  it.each([-1, NaN, 2 ** 31])('of %p is refused', (statsIntervalMs) => {
    expect(() => createApplication({ statsIntervalMs })).toThrow(`statsIntervalMs: it is ${statsIntervalMs};`);
  });
});

/** A connection whose client says nothing by itself. */
function openSilently(): MemoryConnection {
  const connection = new MemoryConnection({
    limits: application.limits,
    clock,
    listener: { onOctets: () => undefined, onClose: () => undefined },
  });
  application.accept(connection);
  return connection;
}

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition() && turn < 10_000; turn += 1) await settled();
}
