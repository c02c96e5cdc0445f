import { Readable } from 'node:stream';
import { connect, FakeClock, type TestClient } from '@treadle/testing';
import { Observable } from 'rxjs';
import {
  type Application,
  Controller,
  DEFAULTS,
  Header,
  MessageMapping,
  SendTo,
  SubscribeMapping,
} from '../../../src/index';
import { RecordingLogger } from '../fixture';
import { Latch } from './latch';
import { applicationOf, turns } from './stream-fixture';

/** What a stream that is not stopped gives before it ends: it must fail its test, not hang it. */
const FAR_TOO_MANY = 100_000;

/** Stops an application in which nothing is left to wait for; fails when it waits. */
async function stopAtOnce(application: Application): Promise<void> {
  let isStopped = false;
  void application.stop().then(() => (isStopped = true));
  await turns(20);
  expect(isStopped).toBe(true);
}

describe('the end of a stream', () => {
  /** Streams that never end by themselves; `left` is how they were made to. */
  function endless(left: Latch<string>) {
    @Controller()
    class Prices {
      @SubscribeMapping('/prices') async *prices(signal: AbortSignal) {
        try {
          yield 'begun';
          await new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          });
        } finally {
          left.resolve((signal.reason as { code: string }).code);
        }
      }
      @SubscribeMapping('/yielding') async *yielding() {
        try {
          for (;;) {
            yield 'tick';
            await turns(1);
          }
        } finally {
          left.resolve('returned');
        }
      }
      @SubscribeMapping('/generator') *generator() {
        try {
          for (let tick = 0; tick < FAR_TOO_MANY; tick += 1) yield 'tick';
        } finally {
          left.resolve('returned');
        }
      }
      @SubscribeMapping('/observable') observable() {
        return new Observable<string>((subscriber) => {
          subscriber.next('begun');
          return () => left.resolve('unsubscribed');
        });
      }
      @SubscribeMapping('/readable') readable() {
        const readable = new Readable({ read() {}, encoding: 'utf8' });
        readable.push('begun');
        readable.on('close', () => left.resolve('destroyed'));
        return readable;
      }
      @MessageMapping('/prices') @SendTo('/topic/prices') async *published(signal: AbortSignal) {
        yield* this.prices(signal);
      }
    }
    return Prices;
  }

  const ways = {
    '/app/prices': { unsubscribe: 'SUBSCRIPTION_ENDED', disconnect: 'SESSION_ENDED', stop: 'SERVER_STOPPING' },
    '/app/yielding': { unsubscribe: 'returned', disconnect: 'returned', stop: 'returned' },
    '/app/generator': { unsubscribe: 'returned', disconnect: 'returned', stop: 'returned' },
    '/app/observable': { unsubscribe: 'unsubscribed', disconnect: 'unsubscribed', stop: 'unsubscribed' },
    '/app/readable': { unsubscribe: 'destroyed', disconnect: 'destroyed', stop: 'destroyed' },
  } as const;
  const destinations = Object.entries(ways);

  test.each(destinations)('UNSUBSCRIBE stops %s, and nothing comes after it', async (destination, { unsubscribe }) => {
    const left = new Latch<string>();
    await using application = applicationOf([endless(left)]);
    await using client = await connect(application);
    const inbox = await client.subscribe(destination);
    await inbox.next();

    await inbox.unsubscribe();
    const received = inbox.messages.length;

    expect(await left.value).toBe(unsubscribe);
    await turns(1);
    expect(inbox.messages).toHaveLength(received);
  });

  test.each(destinations)('the end of the session stops %s', async (destination, { disconnect }) => {
    const left = new Latch<string>();
    await using application = applicationOf([endless(left)]);
    await using client = await connect(application);
    await (await client.subscribe(destination)).next();

    client.drop();

    expect(await left.value).toBe(disconnect);
  });

  test('the end of the session stops the stream of a SEND', async () => {
    const left = new Latch<string>();
    await using application = applicationOf([endless(left)]);
    await using listener = await connect(application);
    await using client = await connect(application);
    const inbox = await listener.subscribe('/topic/prices');
    await client.send('/app/prices');
    await inbox.next();

    await client.disconnect();

    expect(await left.value).toBe('SESSION_ENDED');
  });

  test.each(destinations)(
    'the stop of the application stops %s and waits for its end',
    async (destination, { stop }) => {
      const left = new Latch<string>();
      const application = applicationOf([endless(left)]);
      const client = await connect(application);
      await (await client.subscribe(destination)).next();

      await application.stop();

      expect(left.settled).toBe(stop);
    },
  );

  test('a stream that does not heed its signal is warned about and waited for no longer than stop waits', async () => {
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    @Controller()
    class Deaf {
      @SubscribeMapping('/deaf') async *deaf() {
        yield 'begun';
        await new Latch().never;
      }
    }
    const application = applicationOf([Deaf], { clock, logger });
    const client = await connect(application);
    await (await client.subscribe('/app/deaf')).next();

    const stopped = application.stop();
    await turns(1);
    await clock.advance(DEFAULTS.limits.stopTimeMs);
    await stopped;

    expect(logger.lines.map(({ message }) => message)).toContain(
      'Deaf.deaf: its stream was told to stop and still waits for something: give what it waits for the AbortSignal of the call',
    );
  });

  test('a stream that does not heed its signal is forgotten when its subscription has gone for a while', async () => {
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    @Controller()
    class Deaf {
      @SubscribeMapping('/deaf') async *deaf() {
        yield 'begun';
        await new Latch().never;
      }
    }
    await using application = applicationOf([Deaf], { clock, logger });
    await using client = await connect(application);
    const inbox = await client.subscribe('/app/deaf');
    await inbox.unsubscribe();

    await clock.advance(DEFAULTS.limits.lingerTimeMs);

    expect(logger.lines.at(-1)?.message).toContain('Deaf.deaf: its stream was told to stop');
  });

  test('a stream that ends when it is told to is not warned about later', async () => {
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    await using application = applicationOf([endless(new Latch<string>())], { clock, logger });
    await using client = await connect(application);
    await (await client.subscribe('/app/prices')).unsubscribe();
    await turns(2);

    await clock.advance(DEFAULTS.limits.lingerTimeMs);

    expect(logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('a stream that begins while the application stops is never asked for an item', async () => {
    const [asked, released] = [new Latch(), new Latch()];
    let pulled = 0;
    @Controller()
    class Late {
      @MessageMapping('/late') async late() {
        asked.resolve();
        await released.value;
        return (function* () {
          while (pulled < FAR_TOO_MANY) yield (pulled += 1);
        })();
      }
    }
    const application = applicationOf([Late]);
    const client = await connect(application);
    client.sendWithoutReceipt('/app/late');
    await asked.value;

    const stopped = application.stop();
    released.resolve();
    await stopped;

    expect(pulled).toBe(0);
  });

  test('what a stream fails with while it is cleaning up is logged', async () => {
    const logger = new RecordingLogger();
    @Controller()
    class Unclean {
      @SubscribeMapping('/unclean') *unclean() {
        try {
          for (let tick = 0; tick < FAR_TOO_MANY; tick += 1) yield 1;
        } finally {
          throw new Error('the tap is broken'); // oxlint-disable-line no-unsafe-finally -- what the test is about
        }
      }
    }
    await using application = applicationOf([Unclean], { logger });
    await using client = await connect(application);
    const inbox = await client.subscribe('/app/unclean');

    await inbox.unsubscribe();
    await turns(2);

    expect(logger.lines.map(({ level, message }) => [level, message])).toContainEqual([
      'warn',
      'Unclean.unclean: its stream failed when it was told to stop',
    ]);
  });

  test('another subscription to the same destination is not concerned', async () => {
    const left = new Latch<string>();
    await using application = applicationOf([endless(left)]);
    await using client = await connect(application);
    const first = await client.subscribe('/app/yielding');
    const second = await client.subscribe('/app/yielding');

    await first.unsubscribe();
    const before = second.messages.length;
    while (second.messages.length <= before + 3) await second.next();

    expect(second.messages.length).toBeGreaterThan(before);
  });

  test('a subscription may begin anew under the id of one that ended', async () => {
    const left = new Latch<string>();
    await using application = applicationOf([endless(left)]);
    await using client = await connect(application);
    const first = await client.subscribe('/app/prices', { id: 'same' });
    await first.unsubscribe();

    const again = await client.subscribe('/app/prices', { id: 'same' });

    expect(await again.next()).toBe('begun');
  });

  test('an UNSUBSCRIBE aborts a SUBSCRIBE that is still in progress', async () => {
    const seen = new Latch<string>();
    @Controller()
    class Slow {
      @SubscribeMapping('/slow') slow(signal: AbortSignal) {
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            seen.resolve((signal.reason as { code: string }).code);
            reject(signal.reason as Error);
          });
        });
      }
    }
    await using application = applicationOf([Slow]);
    await using client = await connect(application);
    client.sendFrame('SUBSCRIBE', { id: '1', destination: '/app/slow', receipt: 'subscribed' });

    await client.request('UNSUBSCRIBE', { id: '1' });

    expect(await seen.value).toBe('SUBSCRIPTION_ENDED');
    expect(client.frames.map(({ headers }) => headers['receipt-id'])).toContain('subscribed');
  });

  test('a client that leaves aborts a SEND that is still in progress, and its failure is no outage', async () => {
    const logger = new RecordingLogger();
    const begun = new Latch();
    const aborted = new Latch<string>();
    @Controller()
    class Slow {
      @MessageMapping('/slow') async slow(signal: AbortSignal) {
        begun.resolve();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        aborted.resolve((signal.reason as { code: string }).code);
        signal.throwIfAborted();
      }
    }
    await using application = applicationOf([Slow], { logger });
    await using client = await connect(application);
    client.sendWithoutReceipt('/app/slow');
    await begun.value;

    client.drop();

    expect(await aborted.value).toBe('SESSION_ENDED');
    await application.stop();
    expect(logger.lines.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });

  test('an item that comes when its subscription has ended does not reach the next one of the same id', async () => {
    const late = new Latch<string>();
    @Controller()
    class Slow {
      @SubscribeMapping('/slow') *slow() {
        yield 'first';
        yield late.value;
      }
      @SubscribeMapping('/other') other() {
        return 'other';
      }
    }
    await using application = applicationOf([Slow]);
    await using client = await connect(application);
    const first = await client.subscribe('/app/slow', { id: 'same' });
    await first.next();
    await turns(1);
    await client.request('UNSUBSCRIBE', { id: 'same' });
    const second = await client.subscribe('/app/other', { id: 'same' });

    late.resolve('stale');
    await turns(2);

    expect(second.messages.map(({ payload }) => payload)).toEqual(['other']);
  });

  describe('a signal that is asked for when its UNSUBSCRIBE has come', () => {
    /** A handler that gets its signal when the test lets it; what it found it to be. */
    function late() {
      const [asked, given, found] = [new Latch(), new Latch(), new Latch<boolean>()];
      const schema = {
        '~standard': {
          version: 1,
          vendor: 'test',
          async validate(value: unknown) {
            asked.resolve();
            await given.value;
            return { value };
          },
        },
      } as const;
      @Controller()
      class Late {
        @SubscribeMapping('/late') late(@Header('h', schema) _header: unknown, signal: AbortSignal) {
          found.resolve(signal.aborted);
        }
      }
      return { Late, asked, given, found };
    }

    const subscribeAs = (client: TestClient, id: string): void =>
      client.sendFrame('SUBSCRIBE', { id, destination: '/app/late', h: 'x' });

    test('is aborted already', async () => {
      const { Late, asked, given, found } = late();
      await using application = applicationOf([Late]);
      await using client = await connect(application);
      subscribeAs(client, '1');
      await asked.value;

      const unsubscribed = client.request('UNSUBSCRIBE', { id: '1' });
      await turns(1);
      given.resolve();
      await unsubscribed;

      expect(await found.value).toBe(true);
    });

    test('is not when the UNSUBSCRIBE was that of an earlier subscription of the same id', async () => {
      const { Late, given, found } = late();
      given.resolve();
      await using application = applicationOf([Late]);
      await using client = await connect(application);

      client.sendFrame('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      client.sendFrame('UNSUBSCRIBE', { id: '1' });
      subscribeAs(client, '1');

      expect(await found.value).toBe(false);
    });
  });

  test('an Observable that fails to be left when it completes fails its stream, not its source', async () => {
    let complete: () => void = () => undefined;
    @Controller()
    class Broken {
      @SubscribeMapping('/broken') broken() {
        return {
          pipe() {},
          subscribe(observer: { complete(): void }) {
            complete = () => observer.complete();
            return {
              unsubscribe() {
                throw new Error('the tap is broken');
              },
            };
          },
        };
      }
    }
    const logger = new RecordingLogger();
    const application = applicationOf([Broken], { logger, clock: new FakeClock() });
    await using client = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');
    await client.subscribe('/app/broken');

    complete();

    expect(await errors.next()).toMatchObject({ code: 'HANDLER_FAILED' });
    await stopAtOnce(application);
  });

  test('an Observable that fails to be left when it is told to stop is over all the same', async () => {
    @Controller()
    class Broken {
      @SubscribeMapping('/broken') broken() {
        return new Observable<string>(() => () => {
          throw new Error('the tap is broken');
        });
      }
    }
    const logger = new RecordingLogger();
    const application = applicationOf([Broken], { logger, clock: new FakeClock() });
    await using client = await connect(application);
    const inbox = await client.subscribe('/app/broken');

    await inbox.unsubscribe();
    await stopAtOnce(application);

    expect(logger.lines.map(({ message }) => message)).toContain(
      'Broken.broken: its stream failed when it was told to stop',
    );
  });
});
