import {
  Controller,
  type HandlerInterceptor,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  SendTo,
  SubscribeMapping,
  UseInterceptors,
} from '../../../src/index';
import { ApplicationError } from '../../../src/foundation/application-error';
import { failureOf, Fixture } from '../fixture';

const events: string[] = [];

beforeEach(() => {
  events.length = 0;
});

/** Writes down what it sees. */
function noting(name: string, over: HandlerInterceptor = {}): HandlerInterceptor {
  return {
    beforeHandle: () => void events.push(`${name}.before`),
    afterHandle: (_call, result) => void events.push(`${name}.after ${JSON.stringify(result)}`),
    onError: (_call, error) => void events.push(`${name}.error ${error.message}`),
    ...over,
  };
}

/** The same with every answer in a promise. */
function inPromises(interceptor: HandlerInterceptor): HandlerInterceptor {
  return {
    beforeHandle: async (call) => interceptor.beforeHandle?.(call),
    afterHandle: async (call, result) => interceptor.afterHandle?.(call, result),
    onError: async (call, error) => interceptor.onError?.(call, error),
  };
}

/** A controller with these interceptors around a method that does what is given; its errors come to `/topic/errors`. */
function guarded(interceptors: readonly HandlerInterceptor[], act: () => unknown): Fixture {
  @Controller()
  class Guarded {
    @MessageMapping('/x') @SendTo('/topic/x') @UseInterceptors(...interceptors) handle() {
      events.push('handle');
      return act();
    }
    @MessageExceptionHandler(RangeError) @SendTo('/topic/errors') on(error: RangeError) {
      return error.message;
    }
  }
  return new Fixture([Guarded]);
}

const fail = (text: string): never => {
  throw new RangeError(text);
};

describe('handler interceptors', () => {
  test('go around the method in the order given, and back in reverse', async () => {
    const fixture = guarded([noting('a'), noting('b')], () => 'hi');

    await fixture.send('/app/x');

    expect(events).toEqual(['a.before', 'b.before', 'handle', 'b.after "hi"', 'a.after "hi"']);
    expect(fixture.broker.sent).toEqual([['/topic/x', 'hi']]);
  });

  test('keep that order when everything is asynchronous', async () => {
    await guarded([noting('a'), noting('b')], () => 'hi').send('/app/x');
    const synchronous = [...events];
    events.length = 0;

    await guarded([inPromises(noting('a')), inPromises(noting('b'))], () => Promise.resolve('hi')).send('/app/x');

    expect(events).toEqual(synchronous);
  });

  test('make no promise while everything is synchronous', () => {
    expect(guarded([noting('a'), noting('b')], () => 'hi').send('/app/x')).toBeUndefined();
  });

  test('run before any argument is made, so before the payload is read', async () => {
    @Controller()
    class Strict {
      @MessageMapping('/x') @UseInterceptors(noting('a', { beforeHandle: () => false })) handle(
        @Header('missing') _header: string,
      ) {}
    }

    expect((await failureOf(() => new Fixture([Strict]).send('/app/x'))).code).toBe('ACCESS_DENIED');
  });

  test('see the errors of arguments too', async () => {
    @Controller()
    class Strict {
      @MessageMapping('/x') @UseInterceptors(noting('a')) handle(@Header('missing') _header: string) {}
    }

    await failureOf(() => new Fixture([Strict]).send('/app/x'));

    expect(events).toEqual(['a.before', expect.stringContaining('a.error parameter 0 of Strict.handle')]);
  });

  test('stand around @SubscribeMapping methods as well', async () => {
    @Controller()
    class Subscribes {
      @SubscribeMapping('/x') @UseInterceptors(noting('a')) handle() {
        return 'hi';
      }
    }
    const fixture = new Fixture([Subscribes]);

    await fixture.subscribe('/app/x');

    expect(events).toEqual(['a.before', 'a.after "hi"']);
    expect(fixture.clients.sent).toEqual([['/app/x', 'hi']]);
  });

  test('know the message, the controller and the method', async () => {
    const seen: unknown[] = [];
    const fixture = guarded(
      [
        {
          beforeHandle: ({ message, handler, instance }) => void seen.push(message.destination, handler.name, instance),
        },
      ],
      () => 'hi',
    );

    await fixture.send('/app/x');

    expect(seen).toEqual(['/app/x', 'Guarded.handle', [...fixture.instances.values()][0]]);
  });
});

describe('beforeHandle', () => {
  test.each([
    ['false', () => false],
    ['a promise of false', () => Promise.resolve(false)],
  ])(
    'that answers %s refuses the message with ACCESS_DENIED; neither method nor inner hooks run',
    async (_, beforeHandle) => {
      const fixture = guarded([noting('a'), noting('b', { beforeHandle }), noting('c')], () => 'hi');

      const failure = await failureOf(() => fixture.send('/app/x'));

      expect(failure.code).toBe('ACCESS_DENIED');
      expect(events).toEqual(['a.before', 'a.error Object refused a message to Guarded.handle']);
    },
  );

  test.each([
    ['at once', () => fail('closed')],
    [
      'late',
      async () => {
        await Promise.resolve();
        fail('closed');
      },
    ],
  ])('that throws %s refuses it with its error, which goes to the exception handlers', async (_, beforeHandle) => {
    const fixture = guarded([noting('a'), noting('b', { beforeHandle })], () => 'hi');

    await fixture.send('/app/x');

    expect(events).toEqual(['a.before', 'a.error closed']);
    expect(fixture.broker.sent).toEqual([['/topic/errors', 'closed']]);
  });

  test('may refuse with a code of the application', async () => {
    const beforeHandle = () => {
      throw new ApplicationError('ROOM_FULL', 'The room is full');
    };
    const fixture = guarded([{ beforeHandle }], () => 'hi');

    expect(await failureOf(() => fixture.send('/app/x'))).toMatchObject({ publicCode: 'ROOM_FULL' });
  });

  test('lets through with true and with nothing', async () => {
    await guarded([{ beforeHandle: () => true }, { beforeHandle: () => {} }], () => 'hi').send('/app/x');

    expect(events).toEqual(['handle']);
  });
});

describe('afterHandle', () => {
  test.each([
    ['at once', (_call: unknown, result: unknown) => `${String(result)}!`],
    ['late', async (_call: unknown, result: unknown) => Promise.resolve(`${String(result)}!`)],
  ])('may replace the result, from the inside out, %s', async (_, afterHandle) => {
    const fixture = guarded([{ afterHandle: (_call, result) => `<${String(result)}>` }, { afterHandle }], () => 'hi');

    await fixture.send('/app/x');

    expect(fixture.broker.sent).toEqual([['/topic/x', '<hi!>']]);
  });

  test('takes the result away with null', async () => {
    const fixture = guarded([{ afterHandle: () => null }], () => 'hi');

    await fixture.send('/app/x');

    expect(fixture.broker.sent).toEqual([]);
  });

  test('may give a result to a method that has none', async () => {
    const fixture = guarded([{ afterHandle: () => 'instead' }], () => undefined);

    await fixture.send('/app/x');

    expect(fixture.broker.sent).toEqual([['/topic/x', 'instead']]);
  });

  test('that throws is told to the hooks outside of it, not to its own', async () => {
    const fixture = guarded([noting('a'), noting('b', { afterHandle: () => fail('after') })], () => 'hi');

    await fixture.send('/app/x');

    expect(events).toEqual(['a.before', 'b.before', 'handle', 'a.error after']);
    expect(fixture.broker.sent).toEqual([['/topic/errors', 'after']]);
  });

  test('a late failure is told to the hooks outside of it, not to its own', async () => {
    const afterHandle = () => Promise.reject(new RangeError('after'));
    const fixture = guarded([noting('a'), noting('b', { afterHandle })], () => Promise.resolve('hi'));

    await fixture.send('/app/x');

    expect(events).toEqual(['a.before', 'b.before', 'handle', 'a.error after']);
  });
});

describe('onError', () => {
  test.each([
    ['at once', () => fail('no')],
    ['late', () => Promise.reject(new RangeError('no'))],
  ])('runs instead of afterHandle when the method fails %s, and the error goes on', async (_, act) => {
    const fixture = guarded([noting('a'), noting('b')], act);

    await fixture.send('/app/x');

    expect(events).toEqual(['a.before', 'b.before', 'handle', 'b.error no', 'a.error no']);
    expect(fixture.broker.sent).toEqual([['/topic/errors', 'no']]);
  });

  test('may throw another error instead', async () => {
    const fixture = guarded(
      [
        noting('a'),
        {
          onError: (_call, cause) => {
            throw new RangeError('translated', { cause });
          },
        },
      ],
      () => {
        throw new TypeError('no');
      },
    );

    await fixture.send('/app/x');

    expect(events).toEqual(['a.before', 'handle', 'a.error translated']);
    expect(fixture.broker.sent).toEqual([['/topic/errors', 'translated']]);
  });

  test('the error waits for a late hook', async () => {
    const fixture = guarded(
      [
        {
          onError: async () => {
            await Promise.resolve();
            events.push('told');
          },
        },
      ],
      () => fail('no'),
    );

    await fixture.send('/app/x');

    expect(events).toEqual(['handle', 'told']);
    expect(fixture.broker.sent).toEqual([['/topic/errors', 'no']]);
  });

  test('gets an error, whatever was thrown', async () => {
    const seen: Error[] = [];
    const fixture = guarded([{ onError: (_call, error) => void seen.push(error) }], () => {
      // oxlint-disable-next-line only-throw-error -- what the test is about
      throw 'text';
    });

    await failureOf(() => fixture.send('/app/x'));

    expect(seen).toEqual([expect.objectContaining({ cause: 'text' })]);
  });

  test('is not run for a result that could not be sent: the method went well', async () => {
    const fixture = guarded([noting('a', { afterHandle: () => 1n })], () => 'hi');

    expect((await failureOf(() => fixture.send('/app/x'))).code).toBe('PAYLOAD_UNWRITABLE');
    expect(events).toEqual(['a.before', 'handle']);
  });
});
