import { Readable } from 'node:stream';
import { connect } from '@treadle/testing';
import { from, of } from 'rxjs';
import { Controller, MessageMapping, reply, SendTo, SendToUser, SubscribeMapping } from '../../../src/index';
import { applicationOf } from './stream-fixture';

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

    expect(bodies).toEqual(['[1,2]', '[1]', 'hi', 'ab', '{"a":1}', '{"a":1}']);
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

    for (const item of [1, 2]) {
      expect(await inbox.nextMessage()).toMatchObject({ payload: item, headers: { color: 'red' } });
    }
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
