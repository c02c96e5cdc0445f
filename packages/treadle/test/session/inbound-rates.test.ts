import { connect, FakeClock } from '@treadle/testing';
import {
  type Application,
  type ApplicationOptions,
  createApplication,
  type Message,
  silentLogger,
} from '../../src/index.js';
import { TcpClient } from '../transport/tcp-client.js';
import { type Deferred, deferred, settled, until } from './session-fixture.js';

let clock: FakeClock;
let application: Application;

function create(limits: ApplicationOptions['limits'], options: ApplicationOptions = {}): Application {
  clock = new FakeClock();
  application = createApplication({ logger: silentLogger, clock, limits: limits ?? {}, ...options });
  return application;
}

/** One whose handling of `/topic/slow` takes until `work` is done, so that the client is paused when four frames wait behind it. */
function createHolding(limits: ApplicationOptions['limits'], work: Deferred): Application {
  const preSend = async (message: Message): Promise<Message> => {
    if (message.destination === '/topic/slow') await work.promise;
    return message;
  };
  const heartBeat = { sends: 0, expects: 0 };
  return create({ inboundQueueFrames: 4, ...limits }, { interceptors: { clientInbound: [{ preSend }] }, heartBeat });
}

afterEach(() => application.stop());

describe('limits.framesPerSecond', () => {
  it('lets a burst of one second pass, and ends the session at the first frame beyond it', async () => {
    const client = await connect(create({ framesPerSecond: 10 }));

    for (let count = 0; count < 9; count += 1) await client.send('/topic/a', 'x'); // CONNECT is the tenth
    client.sendWithoutReceipt('/topic/a', 'x');
    const error = await client.nextError();

    expect(error.headers['code']).toBe('FRAME_RATE_EXCEEDED');
    expect((await client.closed).code).toBe(1008);
    expect(application.stats().sessions.endedByCode).toEqual({ FRAME_RATE_EXCEEDED: 1 });
  });

  it('never ends a session that keeps to it', async () => {
    const client = await connect(create({ framesPerSecond: 10 }));

    for (let count = 0; count < 50; count += 1) {
      await clock.advance(100);
      await client.send('/topic/a', 'x');
    }

    expect(client.errorFrame).toBeUndefined();
  });

  it('counts frames however they are joined, and those before the breach take effect', async () => {
    const client = await connect(create({ framesPerSecond: 10 }));
    const frame = (name: number): string => `SEND\ndestination:/topic/a\nreceipt:${name}\n\n\0`;

    client.sendOctets(Array.from({ length: 500 }, (_, index) => frame(index)).join(''));
    await client.closed;

    const receipts = client.frames.filter(({ command }) => command === 'RECEIPT');
    expect(receipts.map(({ headers }) => headers['receipt-id'])).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
    expect(application.stats().frames.SEND).toBe(9);
  });

  it('does not count heart-beats', async () => {
    const client = await connect(create({ framesPerSecond: 2 }));

    for (let count = 0; count < 100; count += 1) client.sendHeartBeat();
    await client.send('/topic/a', 'x');

    expect(client.errorFrame).toBeUndefined();
  });

  it('is that of each session', async () => {
    const [greedy, modest] = [await connect(create({ framesPerSecond: 5 })), await connect(application)];

    for (let count = 0; count < 5; count += 1) greedy.sendWithoutReceipt('/topic/a', 'x');
    await greedy.closed;

    await expect(modest.send('/topic/a', 'x')).resolves.toBeUndefined();
  });
});

describe('limits.octetsPerSecond', () => {
  it('ends the session of a client that sends more, be it in one frame', async () => {
    const client = await connect(create({ octetsPerSecond: 1_000 }));

    client.sendWithoutReceipt('/topic/a', 'x'.repeat(1_000));
    const error = await client.nextError();

    expect(error.headers['code']).toBe('OCTET_RATE_EXCEEDED');
    expect((await client.closed).code).toBe(1008);
    expect(application.stats().frames.SEND).toBe(0);
    expect(application.stats().sessions.endedByCode).toEqual({ OCTET_RATE_EXCEEDED: 1 });
  });

  it('counts octets when they come, before they are a frame', async () => {
    const client = await connect(create({ octetsPerSecond: 1_000 }));

    client.sendOctets('SEND\ndestination:/topic/a\n\n');
    for (let count = 0; count < 10; count += 1) client.sendOctets('x'.repeat(100));

    expect((await client.nextError()).headers['code']).toBe('OCTET_RATE_EXCEEDED');
  });

  it('counts heart-beats', async () => {
    const client = await connect(create({ octetsPerSecond: 200 }));

    for (let count = 0; count < 200; count += 1) client.sendHeartBeat();

    expect((await client.nextError()).headers['code']).toBe('OCTET_RATE_EXCEEDED');
  });

  it('never ends a session that keeps to it', async () => {
    const client = await connect(create({ octetsPerSecond: 1_000 }));

    for (let count = 0; count < 20; count += 1) {
      await clock.advance(1_000);
      await client.send('/topic/a', 'x'.repeat(800));
    }

    expect(client.errorFrame).toBeUndefined();
  });
});

describe('a client that the server does not read for a time', () => {
  const seconds = 40;

  it.each([
    ['framesPerSecond', { framesPerSecond: 5 }],
    ['octetsPerSecond', { octetsPerSecond: 200 }],
  ])('may send what it could have sent meanwhile: %s', async (_, limits) => {
    const work = deferred();
    const client = await connect(createHolding(limits, work));

    client.sendWithoutReceipt('/topic/slow', 'x');
    for (let time = 0; time < seconds * 2; time += 1) {
      await clock.advance(500);
      client.sendWithoutReceipt('/topic/a', 'x');
    }
    const { paused } = application.stats().sessions;
    work.resolve();
    await until(() => application.stats().frames.SEND === seconds * 2 + 1);

    expect(paused).toBe(1);
    expect(client.errorFrame).toBeUndefined();
  });

  it.each([
    ['framesPerSecond', { framesPerSecond: 2 }],
    ['octetsPerSecond', { octetsPerSecond: 15_000 }],
  ])('may do so over TCP: %s', async (_, limits) => {
    const work = deferred();
    const { port } = await createHolding(limits, work).listenTcp(0);
    await using client = await TcpClient.connect(port);
    const frame = Buffer.from(`SEND\ndestination:/topic/a\n\n${'y'.repeat(10_000)}\0`);

    client.type('SEND\ndestination:/topic/slow\n\n\0');
    for (let time = 0; time < seconds; time += 1) {
      await clock.advance(1_000);
      await client.typeInPace(frame);
      await settled();
    }
    await until(() => application.stats().sessions.paused === 1);
    work.resolve();
    await until(() => application.stats().frames.SEND === seconds + 1 || client.frames.length > 1);

    expect(client.commands).toEqual(['CONNECTED']);
  });

  it('is ended when it sent more than that', async () => {
    const work = deferred();
    const client = await connect(createHolding({ framesPerSecond: 10 }, work));

    client.sendWithoutReceipt('/topic/slow', 'x');
    for (let count = 0; count < 30; count += 1) client.sendWithoutReceipt('/topic/a', 'x');
    await clock.advance(1_000);
    work.resolve();

    expect((await client.nextError()).headers['code']).toBe('FRAME_RATE_EXCEEDED');
    expect(application.stats().frames.SEND).toBe(19); // one second's worth, CONNECT among it, and that of the pause
  });

  it('has its old rate when it has sent that', async () => {
    const work = deferred();
    const client = await connect(createHolding({ framesPerSecond: 10 }, work));
    client.sendWithoutReceipt('/topic/slow', 'x');
    for (let count = 0; count < 4; count += 1) client.sendWithoutReceipt('/topic/a', 'x');
    await clock.advance(2_000);
    work.resolve();
    await until(() => application.stats().sessions.paused === 0);

    for (let count = 0; count < 24; count += 1) await client.send('/topic/a', 'x'); // four were left, and two seconds' worth
    await clock.advance(60_000);
    for (let count = 0; count < 10; count += 1) await client.send('/topic/a', 'x');
    client.sendWithoutReceipt('/topic/a', 'x');

    expect((await client.nextError()).headers['code']).toBe('FRAME_RATE_EXCEEDED');
  });
});

describe('a client that is not limited', () => {
  it('sends as fast as it is read', async () => {
    const client = await connect(create({}));

    for (let count = 0; count < 2_000; count += 1) client.sendWithoutReceipt('/topic/a', 'x');
    await client.send('/topic/a', 'x');
    await settled();

    expect(application.stats().frames.SEND).toBe(2_001);
  });
});
