import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { connect } from '@treadle/testing';
import { BehaviorSubject, throwError } from 'rxjs';
import {
  Controller,
  type Message,
  MessageExceptionHandler,
  MessageMapping,
  SendTo,
  SendToUser,
  type SessionContext,
  SubscribeMapping,
} from '../../../src/index';
import { Latch } from './latch';
import { applicationOf, turns } from './stream-fixture';

describe('a stream that fails', () => {
  class Refused extends Error {}

  @Controller()
  class Failing {
    readonly isOpen: boolean = false;

    @SubscribeMapping('/at-once') async *atOnce() {
      if (!this.isOpen) throw new Refused('no');
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

  test('an Observable that completes while it is being subscribed to is left all the same', async () => {
    const left = new Latch<string>();
    @Controller()
    class Quick {
      @SubscribeMapping('/quick') quick() {
        return {
          pipe() {},
          subscribe(observer: { next(value: unknown): void; complete(): void }) {
            observer.next(1);
            observer.complete();
            return { unsubscribe: () => left.resolve('unsubscribed') };
          },
        };
      }
    }
    await using application = applicationOf([Quick]);
    await using client = await connect(application);

    await client.subscribe('/app/quick');

    expect(left.settled).toBe('unsubscribed');
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

describe('limits.streams', () => {
  @Controller()
  class Endless {
    @MessageMapping('/endless') async *endless(signal: AbortSignal) {
      yield 'begun';
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
    @SubscribeMapping('/endless') subscribed(signal: AbortSignal) {
      return this.endless(signal);
    }
  }

  test('a session with so many streams begins no further one, and other sessions do', async () => {
    await using application = applicationOf([Endless], { limits: { streams: 2 } });
    await using client = await connect(application);
    await using other = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');
    await client.send('/app/endless');
    const second = await client.subscribe('/app/endless');

    client.sendWithoutReceipt('/app/endless');
    await other.send('/app/endless');

    expect(await errors.next()).toMatchObject({ code: 'STREAM_LIMIT_EXCEEDED' });
    expect(await second.next()).toBe('begun');
  });

  test('a stream that is refused is closed', async () => {
    const closed = new Latch<string>();
    @Controller()
    class Reading extends Endless {
      @MessageMapping('/readable') readable() {
        const readable = Readable.from(['x']);
        readable.on('close', () => closed.resolve('closed'));
        return readable;
      }
    }
    await using application = applicationOf([Reading], { limits: { streams: 1 } });
    await using client = await connect(application);
    await client.send('/app/endless');

    client.sendWithoutReceipt('/app/readable');

    expect(await closed.value).toBe('closed');
  });

  test('the place of a stream that has ended is free again', async () => {
    await using application = applicationOf([Endless], { limits: { streams: 1 } });
    await using client = await connect(application);
    const first = await client.subscribe('/app/endless');
    await first.unsubscribe();
    await turns(2);

    const second = await client.subscribe('/app/endless');

    expect(await second.next()).toBe('begun');
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
