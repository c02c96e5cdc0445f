import 'reflect-metadata';
import { Readable } from 'node:stream';
import { connect, FakeClock, type TestClient } from '@treadle/testing';
import {
  type Application,
  type ApplicationOptions,
  Controller,
  createApplication,
  HandlerTimeExceededError,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendTo,
  SendToUser,
  type StandardSchema,
  SubscribeMapping,
  TimeLimit,
} from 'treadle';
import { settled } from '../../session/session-fixture';
import { RecordingLogger } from '../fixture';
import { Work } from './work';

let work = new Work();
let clock = new FakeClock();
let logger = new RecordingLogger();
let application: Application | undefined;

beforeEach(() => {
  work = new Work();
  clock = new FakeClock();
  logger = new RecordingLogger();
});

afterEach(async () => {
  work.end();
  await application?.stop();
  application = undefined;
});

@Controller()
class SlowController {
  readonly signals: AbortSignal[] = [];

  @MessageMapping('/limited')
  @TimeLimit(100)
  @SendTo('/topic/results')
  async limited(@Payload(String) name: string): Promise<string> {
    await work.do(name);
    return name;
  }

  @MessageMapping('/unlimited')
  @SendTo('/topic/results')
  async unlimited(@Payload(String) name: string): Promise<string> {
    await work.do(name);
    return name;
  }

  @MessageMapping('/cancelled')
  @TimeLimit(100)
  async cancelled(signal: AbortSignal): Promise<void> {
    await new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error)); // `expire` gives an error
    });
  }

  @SubscribeMapping('/stream')
  @TimeLimit(100)
  async *stream(): AsyncGenerator<string> {
    yield 'first';
    await work.do('between');
    yield 'second';
  }

  @MessageMapping('/sync')
  @TimeLimit(1)
  @SendTo('/topic/results')
  sync(@Payload(String) name: string): string {
    return name;
  }
}

function open(options: ApplicationOptions = {}): Promise<TestClient> {
  application = createApplication({ controllers: [SlowController], logger, clock, statsIntervalMs: 0, ...options });
  return connect(application);
}

describe('@TimeLimit(ms)', () => {
  it('fails the message when its handler takes longer: the session is told, and goes on', async () => {
    const client = await open();
    const errors = await client.subscribe('/user/queue/errors');
    const results = await client.subscribe('/topic/results');

    client.sendWithoutReceipt('/app/limited', 'slow');
    client.sendWithoutReceipt('/app/sync', 'next');
    await clock.advance(99);
    const before = results.size;
    await clock.advance(1);

    expect(before).toBe(0);
    expect(await errors.next()).toEqual({
      code: 'HANDLER_TIME_EXCEEDED',
      message: 'The message was not handled in time.',
      correlationId: expect.any(String) as string,
      destination: '/app/limited',
    });
    expect(await results.next()).toBe('next');
    expect(client.errorFrame).toBeUndefined();
  });

  it('is logged as a failure of ours, with the method and the limit', async () => {
    const client = await open();

    client.sendWithoutReceipt('/app/limited', 'slow');
    await clock.advance(100);

    const [line] = logger.lines.filter(({ level }) => level === 'error');
    expect(line?.details).toMatchObject({ code: 'HANDLER_TIME_EXCEEDED', handler: 'SlowController.limited' });
    expect(String(line?.details['error'])).toContain('SlowController.limited took longer than 100 ms');
  });

  it('answers a receipt with ERROR, as every failure', async () => {
    const client = await open();

    const outcome = expect(client.send('/app/limited', 'slow')).rejects.toThrow('HANDLER_TIME_EXCEEDED');
    await clock.advance(100);
    await outcome;

    expect(await client.closed).toEqual({ code: 1002, reason: 'HANDLER_TIME_EXCEEDED' });
  });

  it('drops the result that comes too late', async () => {
    const client = await open();
    const results = await client.subscribe('/topic/results');

    client.sendWithoutReceipt('/app/limited', 'slow');
    await clock.advance(100);
    await work.finish('slow');
    await client.send('/app/sync', 'next');

    expect(await results.next()).toBe('next');
    await results.expectNothing();
  });

  it('closes the stream that comes too late', async () => {
    const late = new Readable({ read() {} });
    @Controller()
    class Late {
      @MessageMapping('/late')
      @TimeLimit(100)
      async late(): Promise<Readable> {
        await work.do('late');
        return late;
      }
    }
    const client = await open({ controllers: [Late] });

    client.sendWithoutReceipt('/app/late');
    await clock.advance(100);
    await work.finish('late');

    expect(late.destroyed).toBe(true);
  });

  it('does not call the method any more when its arguments took too long', async () => {
    const called: string[] = [];
    const schema: StandardSchema<unknown, string> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => work.do('validation').then(() => ({ value: String(value) })),
      },
    };
    @Controller()
    class Validating {
      @MessageMapping('/a')
      @TimeLimit(100)
      handle(@Payload(schema) text: string): void {
        called.push(text);
      }
    }
    const client = await open({ controllers: [Validating] });
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/app/a', 'late');
    await clock.advance(100);
    await work.finish('validation');

    expect(await errors.next()).toMatchObject({ code: 'HANDLER_TIME_EXCEEDED' });
    expect(called).toEqual([]);
  });

  it('logs a failure that comes too late at debug, and tells nobody', async () => {
    const client = await open();
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/app/limited', 'slow');
    await clock.advance(100);
    await work.fail('slow');
    await errors.next();

    await errors.expectNothing();
    const [late] = logger.lines.filter(({ level }) => level === 'debug');
    expect(late?.message).toBe('SlowController.limited failed after its time');
    expect(String(late?.details['error'])).toBe('Error: slow failed');
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('aborts the signal of the call, and the failure is told although the handler answers the signal', async () => {
    const client = await open();
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/app/cancelled');
    await clock.advance(100);

    expect(await errors.next()).toMatchObject({ code: 'HANDLER_TIME_EXCEEDED' });
    const [late] = logger.lines.filter(({ level }) => level === 'debug');
    expect(late?.details['error']).toBeInstanceOf(HandlerTimeExceededError);
  });

  it('leaves a handler alone that is done in time, and its timer goes', async () => {
    const client = await open();
    const results = await client.subscribe('/topic/results');
    const timers = clock.timerCount;

    client.sendWithoutReceipt('/app/limited', 'quick');
    await settled();
    const during = clock.timerCount;
    await work.finish('quick');
    await clock.advance(1_000);

    expect(await results.next()).toBe('quick');
    expect([during, clock.timerCount]).toEqual([timers + 1, timers]);
    expect(client.errorFrame).toBeUndefined();
  });

  it('starts no timer for a handler that is synchronous', async () => {
    const client = await open();
    const started: number[] = [];
    const setTimeout = clock.setTimeout.bind(clock);
    clock.setTimeout = (callback, milliseconds) => {
      started.push(milliseconds);
      return setTimeout(callback, milliseconds);
    };

    await client.send('/app/sync', 'quick');

    expect(started).toEqual([]);
  });

  it('gives the failure to an exception handler of its class', async () => {
    @Controller()
    class Excusing {
      @MessageMapping('/a')
      @TimeLimit(100)
      async handle(): Promise<void> {
        await work.do('a');
      }

      @MessageExceptionHandler(HandlerTimeExceededError)
      @SendToUser('/queue/excuses')
      excuse({ code }: HandlerTimeExceededError): string {
        return `sorry: ${code}`;
      }
    }
    const client = await open({ controllers: [Excusing] });
    const excuses = await client.subscribe('/user/queue/excuses');

    const sent = client.send('/app/a');
    await settled();
    await clock.advance(100);
    await sent;

    expect(await excuses.next()).toBe('sorry: HANDLER_TIME_EXCEEDED');
  });

  it('holds for an exception handler too', async () => {
    @Controller()
    class Hopeless {
      @MessageMapping('/a')
      handle(): void {
        throw new Error('no');
      }

      @MessageExceptionHandler(Error)
      @TimeLimit(50)
      async excuse(): Promise<void> {
        await work.do('excuse');
      }
    }
    const client = await open({ controllers: [Hopeless] });
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/app/a');
    await clock.advance(50);

    expect(await errors.next()).toMatchObject({ code: 'HANDLER_TIME_EXCEEDED' });
  });

  it('does not end a stream that has begun', async () => {
    const client = await open();

    const inbox = await client.subscribe('/app/stream');
    const first = await inbox.next();
    await clock.advance(1_000);
    await work.finish('between');

    expect(first).toBe('first');
    expect(await inbox.next()).toBe('second');
  });

  it('is counted', async () => {
    const client = await open();

    client.sendWithoutReceipt('/app/limited', 'slow');
    await clock.advance(100);

    expect(application?.stats().handlers).toMatchObject({ inFlight: 0, failed: 1, timedOut: 1, completed: 0 });
  });
});

describe('limits.handlerTimeMs', () => {
  it('holds for handlers that say nothing themselves; none by default', async () => {
    const client = await open({ limits: { handlerTimeMs: 200 } });
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/app/unlimited', 'slow');
    await clock.advance(199);
    const before = errors.size;
    await clock.advance(1);

    expect(before).toBe(0);
    expect(await errors.next()).toMatchObject({ code: 'HANDLER_TIME_EXCEEDED', destination: '/app/unlimited' });
  });

  it('is left by `@TimeLimit(Infinity)`, and a class speaks for its methods', async () => {
    @Controller()
    @TimeLimit(Infinity)
    class Patient {
      @MessageMapping('/a')
      async handle(): Promise<void> {
        await work.do('a');
      }
    }
    const client = await open({ controllers: [Patient], limits: { handlerTimeMs: 1 } });

    const sent = client.send('/app/a');
    await clock.advance(10_000);
    await work.finish('a');

    await expect(sent).resolves.toBeUndefined();
  });

  it.each([0, -5, NaN, 2 ** 31])('@TimeLimit(%p) is refused at start, with the method and the cure', (milliseconds) => {
    @Controller()
    class Wrong {
      @MessageMapping('/a')
      @TimeLimit(milliseconds)
      handle(): void {}
    }

    const create = (): unknown => createApplication({ controllers: [Wrong], logger });

    expect(create).toThrow(
      `Wrong.handle: @TimeLimit(${milliseconds}) is no time; give milliseconds from 1 to 2147483647, or Infinity for no limit`,
    );
  });
});
