import 'reflect-metadata';
import { connect, FakeClock, type TestClient } from '@treadle/testing';
import {
  type Application,
  Concurrent,
  Controller,
  createApplication,
  type LimitOptions,
  Message,
  MessageMapping,
  Payload,
  SendTo,
  silentLogger,
} from 'treadle';
import { settled } from '../../session/session-fixture';
import { RecordingLogger } from '../fixture';
import { Work } from './work';

let work = new Work();
let application: Application | undefined;

beforeEach(() => {
  work = new Work();
});

afterEach(async () => {
  work.end();
  await application?.stop();
  application = undefined;
});

@Controller()
class BusyController {
  @MessageMapping('/work')
  async work(@Payload(String) name: string): Promise<void> {
    await work.do(name);
  }

  @MessageMapping('/sync')
  @SendTo('/topic/done')
  sync(@Payload(String) name: string): string {
    work.begun.push(name);
    return name;
  }
}

/** As many clients as are asked for, of one application with these limits. */
function clients(count: number, limits: Partial<LimitOptions>): Promise<TestClient[]> {
  const created = createApplication({ controllers: [BusyController], logger: silentLogger, limits });
  application = created;
  return Promise.all(Array.from({ length: count }, () => connect(created)));
}

/** Each client sends work of its number. */
async function sendAll(all: readonly TestClient[]): Promise<void> {
  for (const [index, client] of all.entries()) client.sendWithoutReceipt('/app/work', String(index));
  await settled();
}

describe('limits.handlersInFlight', () => {
  it('bounds the calls in progress of all sessions; the others wait and begin in the order they came', async () => {
    const all = await clients(5, { handlersInFlight: 2 });

    await sendAll(all);
    const before = [...work.begun];
    const stats = application?.stats().handlers;
    await work.finish('1', '0', '2');

    expect(before).toEqual(['0', '1']);
    expect(stats).toMatchObject({ inFlight: 2, waiting: 3, peak: 2 });
    expect(work.begun).toEqual(['0', '1', '2', '3', '4']);
  });

  it('is fair: a session with much to do has one call waiting, behind which its own frames stay', async () => {
    const [greedy, first, second] = await clients(3, { handlersInFlight: 1 });

    for (const name of ['g1', 'g2', 'g3']) greedy?.sendWithoutReceipt('/app/work', name);
    first?.sendWithoutReceipt('/app/work', 'f');
    second?.sendWithoutReceipt('/app/work', 's');
    await settled();
    await work.finish('g1', 'f', 's', 'g2', 'g3');

    expect(work.begun).toEqual(['g1', 'f', 's', 'g2', 'g3']);
  });

  it('slows the client down whose message waits: its socket is not read any more', async () => {
    const [busy, waiting] = await clients(2, { handlersInFlight: 1, inboundQueueFrames: 3 });
    busy?.sendWithoutReceipt('/app/work', 'long');

    for (const name of ['1', '2', '3', '4']) waiting?.sendWithoutReceipt('/app/work', name);
    await settled();
    for (let count = 0; count < 100; count += 1) waiting?.sendWithoutReceipt('/app/sync', 'more');
    await settled();

    expect(application?.stats().frames.SEND).toBe(5); // the hundred stay with the client
    await work.finish('long', '1', '2', '3', '4');
    expect(application?.stats().frames.SEND).toBe(105);
  });

  it('lets a call begin when another one fails', async () => {
    const all = await clients(2, { handlersInFlight: 1 });

    await sendAll(all);
    await work.fail('0');

    expect(work.begun).toEqual(['0', '1']);
  });

  it('holds back synchronous handlers too while it is full, and is never filled by them', async () => {
    const [busy, other] = await clients(2, { handlersInFlight: 1 });

    for (const name of ['a', 'b', 'c']) other?.sendWithoutReceipt('/app/sync', name);
    await settled();
    busy?.sendWithoutReceipt('/app/work', 'long');
    other?.sendWithoutReceipt('/app/sync', 'd');
    await settled();
    const before = [...work.begun];
    await work.finish('long');

    expect(before).toEqual(['a', 'b', 'c', 'long']);
    expect(work.begun).toEqual(['a', 'b', 'c', 'long', 'd']);
    expect(application?.stats().handlers).toMatchObject({ inFlight: 0, waiting: 0, peak: 1, completed: 5 });
  });

  it('does not wait for itself: what a handler publishes goes to the broker, not through another handler', async () => {
    @Controller()
    class Publishing {
      @MessageMapping('/publish')
      async publish(): Promise<void> {
        await application?.template.convertAndSend('/topic/done', 'published');
      }
    }
    application = createApplication({
      controllers: [Publishing],
      logger: silentLogger,
      limits: { handlersInFlight: 1 },
    });
    const client = await connect(application);
    const inbox = await client.subscribe('/topic/done');

    await client.send('/app/publish');

    expect(await inbox.next()).toBe('published');
  });

  it('does not hold up what the application sends to its own handlers without a session', async () => {
    const [client] = await clients(1, { handlersInFlight: 1 });
    client?.sendWithoutReceipt('/app/work', 'long');
    await settled();

    const payload = Buffer.from('internal');
    await application?.clientInboundChannel.send(new Message({ type: 'MESSAGE', destination: '/app/sync', payload }));

    expect(work.begun).toEqual(['long', 'internal']);
  });

  it('is waited for by the stop of the application', async () => {
    const all = await clients(2, { handlersInFlight: 1 });
    await sendAll(all);
    let isStopped = false;

    const stopped = application?.stop().then(() => (isStopped = true));
    await work.finish('0');
    const before = isStopped;
    await work.finish('1');
    await stopped;

    expect(before).toBe(false);
    expect(work.begun).toEqual(['0', '1']);
  });
});

describe('limits.handlersWaiting', () => {
  it('refuses the message that finds no place to wait with SERVER_BUSY, and its session goes on', async () => {
    const all = await clients(3, { handlersInFlight: 1, handlersWaiting: 1 });
    const last = all[2];
    const errors = await last?.subscribe('/user/queue/errors');

    await sendAll(all);
    await work.finish('0', '1');
    last?.sendWithoutReceipt('/app/work', 'again');
    await settled();

    expect(await errors?.next()).toMatchObject({
      code: 'SERVER_BUSY',
      message: 'The server has too much to do; try again later.',
      destination: '/app/work',
    });
    expect(work.begun).toEqual(['0', '1', 'again']);
    expect(application?.stats().handlers).toMatchObject({ refused: 1 });
  });
});

describe('a handler that does not end though its session has', () => {
  @Controller()
  class HangingController {
    @MessageMapping('/hang')
    async hang(@Payload(String) name: string): Promise<void> {
      await work.do(name);
    }

    @MessageMapping('/hang-beside')
    @Concurrent(2)
    async hangBeside(@Payload(String) name: string): Promise<void> {
      await work.do(name);
    }
  }

  /** An application with two places, both taken by what was sent to `destination`, whose clients have left. */
  async function abandoned(destination: string) {
    const [clock, logger] = [new FakeClock(), new RecordingLogger()];
    const limits = { handlersInFlight: 2, lingerTimeMs: 1000 };
    const controllers = [HangingController, BusyController];
    const created = createApplication({ controllers, clock, logger, limits, statsIntervalMs: 0 });
    application = created;
    for (const name of ['a', 'b']) {
      const client = await connect(created);
      client.sendWithoutReceipt(destination, name);
      await settled();
      client.drop();
    }
    return { created, clock, logger };
  }

  it.each(['/app/hang', '/app/hang-beside'])(
    'gives its place back after lingerTimeMs, with a warning: %s',
    async (destination) => {
      const { created, clock, logger } = await abandoned(destination);
      const before = created.stats().handlers.inFlight;

      await clock.advance(1000);
      const client = await connect(created);
      await client.send('/app/sync', 'next');

      expect(before).toBe(2);
      expect(work.begun).toEqual(['a', 'b', 'next']);
      expect(created.stats().handlers).toMatchObject({ inFlight: 0, waiting: 0, completed: 1, failed: 0 });
      expect(logger.lines.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(/^HangingController\.hang(Beside)? does not end though its session has/),
      );
    },
  );

  it('gives it back once: when it ends after all it is counted, and nobody loses a place', async () => {
    const { created, clock } = await abandoned('/app/hang');
    await clock.advance(1000);
    const client = await connect(created);
    client.sendWithoutReceipt('/app/hang', 'c');
    await settled();

    await work.finish('a');
    await work.fail('b');

    expect(created.stats().handlers).toMatchObject({ inFlight: 1, completed: 1, failed: 1 });
  });

  it('keeps its place as long as its session is waited for', async () => {
    const { created, clock } = await abandoned('/app/hang');

    await clock.advance(999);

    expect(created.stats().handlers.inFlight).toBe(2);
  });
});
