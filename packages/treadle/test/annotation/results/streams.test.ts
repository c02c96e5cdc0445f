import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { connect, FakeClock } from '@treadle/testing';
import { BehaviorSubject, from, Observable, of, throwError } from 'rxjs';
import {
  type Application,
  type Constructor,
  Controller,
  createApplication,
  DEFAULTS,
  type Message,
  MessageExceptionHandler,
  MessageMapping,
  reply,
  SendTo,
  SendToUser,
  type SessionContext,
  silentLogger,
  SubscribeMapping,
} from '../../../src/index';
import { RecordingLogger } from '../fixture';
import { Latch } from './latch';

function applicationOf(controllers: readonly Constructor[], options = {}): Application {
  return createApplication({ controllers, logger: silentLogger, ...options });
}

/** What the kinds of streams have in common is told by one example each; `over` tells how the stream ended. */
@Controller()
class Kinds {
  @SubscribeMapping('/async-generator') async *asyncGenerator() {
    yield 1;
    await Promise.resolve();
    yield 2;
  }
  @SubscribeMapping('/generator') *generator() {
    yield 1;
    yield Promise.resolve(2);
  }
  @SubscribeMapping('/async-iterable') asyncIterable() {
    return {
      async *[Symbol.asyncIterator]() {
        yield* [1, 2];
      },
    };
  }
  @SubscribeMapping('/late') late() {
    return Promise.resolve(this.asyncGenerator());
  }
  @SubscribeMapping('/iterator') iterator() {
    return [1, 2].values();
  }
  @SubscribeMapping('/map-iterator') mapIterator() {
    return new Map([['a', 1]]).keys();
  }
  @SubscribeMapping('/readable') readable() {
    return Readable.from(['1', '2']);
  }
  @SubscribeMapping('/observable') observable() {
    return of(1, 2);
  }
  @SubscribeMapping('/late-observable') lateObservable() {
    return Promise.resolve(from(Promise.resolve(1)));
  }
  @SubscribeMapping('/symbol-observable') symbolObservable() {
    return {
      subscribe: (observer: { next(value: unknown): void; complete(): void }) => {
        observer.next(1);
        observer.complete();
        return () => undefined;
      },
      '@@observable'() {
        return this;
      },
    };
  }
  @SubscribeMapping('/nothing-inside') *nothingInside() {
    yield undefined;
    yield 1;
    yield null;
    return 'the return value of a generator is no item';
  }
}

describe('what is a stream', () => {
  test.each([
    ['/app/async-generator', [1, 2]],
    ['/app/generator', [1, 2]],
    ['/app/async-iterable', [1, 2]],
    ['/app/late', [1, 2]],
    ['/app/iterator', [1, 2]],
    ['/app/map-iterator', ['a']],
    ['/app/readable', ['1', '2']],
    ['/app/observable', [1, 2]],
    ['/app/late-observable', [1]],
    ['/app/symbol-observable', [1]],
    ['/app/nothing-inside', [1]],
  ])('one MESSAGE comes for each item of %s, in order', async (destination, items) => {
    await using application = applicationOf([Kinds]);
    await using client = await connect(application);

    const inbox = await client.subscribe(destination);

    for (const item of items) expect(await inbox.next()).toEqual(item);
    await inbox.expectNothing();
  });

  test('lists, sets, maps, octets, text and objects with methods called next or subscribe are one payload', async () => {
    @Controller()
    class Payloads {
      @SubscribeMapping('/list') list() {
        return [1, 2];
      }
      @SubscribeMapping('/set') set() {
        return new Set([1]);
      }
      @SubscribeMapping('/octets') octets() {
        return new Uint8Array([0x68, 0x69]);
      }
      @SubscribeMapping('/text') text() {
        return 'ab';
      }
      @SubscribeMapping('/next') next() {
        return { next: () => 1, a: 1 };
      }
      @SubscribeMapping('/subscribe') subscribe() {
        return { subscribe: () => 1, a: 1 };
      }
    }
    await using application = applicationOf([Payloads]);
    await using client = await connect(application);
    const bodies: string[] = [];
    for (const name of ['list', 'set', 'octets', 'text', 'next', 'subscribe']) {
      const inbox = await client.subscribe(`/app/${name}`);
      bodies.push((await inbox.nextMessage()).body);
      await inbox.expectNothing();
    }

    expect(bodies).toEqual(['[1,2]', '{}', 'hi', 'ab', '{"a":1}', '{"a":1}']);
  });
});

describe('where items go', () => {
  @Controller()
  class Places {
    @MessageMapping('/topic') @SendTo('/topic/a', '/topic/b') *topic() {
      yield 1;
      yield 2;
    }
    @MessageMapping('/user') @SendToUser('/queue/a') async *user() {
      yield 1;
      yield 2;
    }
    @MessageMapping('/default') *byDefault() {
      yield 1;
    }
    @MessageMapping('/replies') *replies() {
      yield reply(1).to('/topic/a');
      yield [reply(2).to('/topic/b'), reply(3).to('/topic/a')];
    }
    @MessageMapping('/whole') whole() {
      return reply([1, 2].values()).to('/topic/a').headers({ color: 'red' });
    }
    @MessageMapping('/nested') *nested() {
      yield [1].values();
    }
  }

  test.each([
    ['/app/topic', '/topic/b', [1, 2]],
    ['/app/user', '/user/queue/a', [1, 2]],
    ['/app/default', '/topic/default', [1]],
    ['/app/replies', '/topic/a', [1, 3]],
  ])('each item of %s goes to %s', async (destination, target, items) => {
    await using application = applicationOf([Places]);
    await using client = await connect(application);
    const inbox = await client.subscribe(target);

    await client.send(destination);

    for (const item of items) expect(await inbox.next()).toEqual(item);
    await inbox.expectNothing();
  });

  test('a reply of a stream gives each item its headers', async () => {
    await using application = applicationOf([Places]);
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/a');

    await client.send('/app/whole');

    for (const item of [1, 2])
      expect(await inbox.nextMessage()).toMatchObject({ payload: item, headers: { color: 'red' } });
  });

  test('a stream inside a stream is refused', async () => {
    await using application = applicationOf([Places]);
    await using client = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/app/nested');

    expect(await errors.next()).toMatchObject({ code: 'PAYLOAD_UNWRITABLE' });
  });
});

describe('begin and end', () => {
  @Controller()
  class Endless {
    @SubscribeMapping('/silent') async *silent(signal: AbortSignal) {
      yield 'first';
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
    @MessageMapping('/silent') @SendTo('/topic/silent') async *sent(signal: AbortSignal) {
      yield* this.silent(signal);
    }
    @MessageMapping('/echo') @SendToUser('/queue/echo') echo() {
      return 'echo';
    }
    @SubscribeMapping('/busy') *busy() {
      for (let count = 0; ; count += 1) yield count;
    }
    @MessageMapping('/nobody') @SendTo('/topic/nobody') *nobody() {
      for (;;) yield undefined;
    }
  }

  test('a SUBSCRIBE is answered when its stream has begun, and the session goes on', async () => {
    await using application = applicationOf([Endless]);
    await using client = await connect(application);
    const echo = await client.subscribe('/user/queue/echo');

    const inbox = await client.subscribe('/app/silent');
    await client.send('/app/echo');

    expect(await inbox.next()).toBe('first');
    expect(await echo.next()).toBe('echo');
  });

  test('a SEND is answered when its stream has begun, and the session goes on', async () => {
    await using application = applicationOf([Endless]);
    await using client = await connect(application);
    const inbox = await client.subscribe('/topic/silent');

    await client.send('/app/silent');
    await client.send('/app/echo');

    expect(await inbox.next()).toBe('first');
  });

  test.each(['/app/busy', '/app/nobody'])(
    '%s, which never waits for anything, leaves everybody else their turn',
    async (destination) => {
      await using application = applicationOf([Endless]);
      await using client = await connect(application);
      await using other = await connect(application);
      const echo = await other.subscribe('/user/queue/echo');
      if (destination === '/app/busy') await client.subscribe(destination);
      else await client.send(destination);

      await other.send('/app/echo');

      expect(await echo.next()).toBe('echo');
    },
  );
});

describe('stopping', () => {
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
          for (;;) yield 'tick';
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

  test('what a stream fails with while it is cleaning up is logged', async () => {
    const logger = new RecordingLogger();
    @Controller()
    class Unclean {
      @SubscribeMapping('/unclean') *unclean() {
        try {
          for (;;) yield 1;
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
});

describe('failing', () => {
  class Refused extends Error {}

  @Controller()
  class Failing {
    @SubscribeMapping('/at-once') async *atOnce() {
      throw new Refused('no');
      yield 1;
    }
    @SubscribeMapping('/later') async *later() {
      yield 1;
      await turns(2);
      throw new Refused('no');
    }
    @SubscribeMapping('/observable') observable() {
      return throwError(() => new Refused('no'));
    }
    @SubscribeMapping('/unwritable') async *unwritable() {
      await turns(2);
      yield 10n;
    }
  }

  @Controller()
  class Handling extends Failing {
    @MessageExceptionHandler(Refused) @SendToUser('/queue/refused') refused({ message }: Refused) {
      return { message };
    }
  }

  test.each(['/app/at-once', '/app/observable'])(
    'when %s fails before it has begun, its SUBSCRIBE fails',
    async (destination) => {
      await using application = applicationOf([Failing]);
      await using client = await connect(application);

      await expect(client.subscribe(destination)).rejects.toMatchObject({ code: 'HANDLER_FAILED' });
    },
  );

  test('when it fails later, the session is told at its error destination and lives on', async () => {
    await using application = applicationOf([Failing]);
    await using client = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');

    const inbox = await client.subscribe('/app/later');

    expect(await inbox.next()).toBe(1);
    expect(await errors.next()).toMatchObject({ code: 'HANDLER_FAILED', destination: '/app/later' });
    await inbox.unsubscribe();
  });

  test('an item that cannot be written ends the stream', async () => {
    await using application = applicationOf([Failing]);
    await using client = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');

    await client.subscribe('/app/unwritable');

    expect(await errors.next()).toMatchObject({ code: 'PAYLOAD_UNWRITABLE' });
  });

  test.each(['/app/at-once', '/app/later'])('exception handlers take failures of %s', async (destination) => {
    await using application = applicationOf([Handling]);
    await using client = await connect(application);
    const refused = await client.subscribe('/user/queue/refused');

    await client.subscribe(destination);

    expect(await refused.next()).toEqual({ message: 'no' });
  });

  test('an exception handler may answer with a stream, which may fail itself', async () => {
    @Controller()
    class Chain {
      @MessageMapping('/fail') fail() {
        throw new Refused('no');
      }
      @MessageExceptionHandler(Refused) @SendToUser('/queue/refused') async *refused() {
        yield 'refused';
        await turns(2);
        throw new Refused('again');
      }
    }
    await using application = applicationOf([Chain]);
    await using client = await connect(application);
    const refused = await client.subscribe('/user/queue/refused');
    const errors = await client.subscribe('/user/queue/errors');

    await client.send('/app/fail');

    expect(await refused.next()).toBe('refused');
    expect(await errors.next()).toMatchObject({ code: 'HANDLER_FAILED' });
    await refused.expectNothing();
  });

  test('an Observable that is faster than its receiver fails behind what was kept', async () => {
    const prices = new BehaviorSubject(0);
    @Controller()
    class Fast {
      @SubscribeMapping('/fast') fast() {
        return prices;
      }
    }
    await using application = applicationOf([Fast], { limits: { streamBufferItems: 3 } });
    await using client = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');
    const inbox = await client.subscribe('/app/fast');
    expect(await inbox.next()).toBe(0);

    for (let price = 1; price <= 10; price += 1) prices.next(price);

    for (const kept of [1, 2, 3, 4]) expect(await inbox.next()).toBe(kept); // one was waited for
    expect(await errors.next()).toMatchObject({ code: 'STREAM_OVERFLOW' });
    expect(prices.observed).toBe(false);
  });
});

describe('leaks', () => {
  test('10 000 streams leave nothing behind at a session that lives on', async () => {
    let session: SessionContext | undefined;
    @Controller()
    class Short {
      @MessageMapping('/short') @SendTo('/topic/short') *short(signal: AbortSignal) {
        yield signal.aborted;
      }
    }
    await using application = applicationOf([Short], {
      interceptors: { clientInbound: [{ preSend: (message: Message) => ((session = message.session), message) }] },
    });
    await using client = await connect(application);
    const warnings: Error[] = [];
    const onWarning = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', onWarning);

    for (let count = 0; count < 10_000; count += 1) client.sendWithoutReceipt('/app/short');
    await client.send('/app/short');
    await turns(2);

    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    expect(session && getEventListeners(session.signal, 'abort')).toEqual([]);
  });
});

/** Lets as many turns of the event loop pass. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
