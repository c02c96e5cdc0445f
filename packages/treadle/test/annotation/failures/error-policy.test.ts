import { IsInt } from 'class-validator';
import { Controller, MessageExceptionHandler, MessageMapping, Payload, SubscribeMapping } from '../../../src/index';
import { ApplicationError } from '../../../src/foundation/application-error';
import { diagnostics } from '../../../src/foundation/diagnostics';
import { AuthenticationError, MessageHandlingError, MessageRejectedError } from '../../../src/foundation/errors';
import { failureOf, Fixture, sessionOf } from '../fixture';

class Dto {
  @IsInt() age!: number;
}

const secret = new Error('the password of the database is 1234');

@Controller()
class Fails {
  @MessageMapping('/fail') fail() {
    throw secret;
  }
  @MessageMapping('/late') late() {
    return Promise.reject(secret);
  }
  @MessageMapping('/dto') dto(@Payload() _body: Dto) {}
  @MessageMapping('/denied') denied() {
    throw new MessageRejectedError('alice is no member', { code: 'ACCESS_DENIED' });
  }
  @MessageMapping('/overflow') overflow() {
    throw new MessageRejectedError('too many items wait', { code: 'STREAM_OVERFLOW' });
  }
  @MessageMapping('/long') long() {
    throw new MessageRejectedError('x'.repeat(100_000));
  }
  @MessageMapping('/login') login() {
    throw new AuthenticationError();
  }
  @MessageMapping('/full') full() {
    throw new ApplicationError('ROOM_FULL', 'The room is full.', { details: { seats: 4 } });
  }
  @MessageMapping('/closed') closed() {
    throw new ApplicationError('ROOM_CLOSED', 'The room is closed.');
  }
  @SubscribeMapping('/fail') subscribe() {
    throw secret;
  }
}

const badMessage = Object.defineProperty(new Error('x'), 'message', {
  get() {
    throw new Error('the getter failed');
  },
});

const circle: Record<string, unknown> = {};
circle['self'] = circle;

const badDetails = Object.defineProperty({}, 'id', {
  enumerable: true,
  get() {
    throw new Error('the getter failed');
  },
});

/** What applications may throw though nobody would think so, by name. */
const oddThings = new Map<string, unknown>([
  ['undefined', undefined],
  ['null', null],
  ['a symbol', Symbol('s')],
  ['an object without prototype', Object.create(null)],
  ['an error whose message cannot be read', badMessage],
  ['an error whose message is a symbol', Object.assign(new Error('x'), { message: Symbol('m') })],
  [
    'a proxy that refuses everything',
    new Proxy(
      {},
      {
        get() {
          throw new Error('trap');
        },
        getPrototypeOf() {
          throw new Error('trap');
        },
      },
    ),
  ],
]);

class Unlucky extends Error {
  constructor(readonly thing: unknown) {
    super('unlucky');
  }
}

@Controller()
class Odd {
  @MessageMapping('/throw') throws(name: string) {
    throw oddThings.get(name);
  }
  @MessageMapping('/reject') async rejects(name: string) {
    await Promise.resolve();
    throw oddThings.get(name);
  }
  @MessageMapping('/from-handler') handled(name: string) {
    throw new Unlucky(oddThings.get(name));
  }
  @MessageExceptionHandler(Unlucky) handle(error: Unlucky) {
    throw error.thing;
  }
}

interface Notice {
  readonly code: string;
  readonly message: string;
  readonly correlationId: string;
  readonly destination: string;
  readonly issues?: unknown;
  readonly details?: unknown;
}

function noticeOf(fixture: Fixture): Notice {
  return JSON.parse(fixture.broker.sent[0]?.[1] ?? '') as Notice; // what the client is sent
}

describe('a failure that nobody handles', () => {
  test.each(['/app/fail', '/app/late'])('fails the send with a code and a correlation id: %s', async (destination) => {
    const fixture = new Fixture([Fails]);

    const failure = await failureOf(() => fixture.send(destination));

    expect(failure).toBeInstanceOf(MessageHandlingError);
    expect(failure).toMatchObject({
      code: 'HANDLER_FAILED',
      cause: secret,
      correlationId: noticeOf(fixture).correlationId,
    });
  });

  test('is told to the session alone at its error destination', async () => {
    const fixture = new Fixture([Fails]);
    const session = sessionOf('s7', 'alice');

    await failureOf(() => fixture.send('/app/fail', '', { session }));

    expect(fixture.broker.messages[0]).toMatchObject({ destination: '/user/alice/queue/errors', session });
    expect(fixture.broker.messages[0]?.contentType).toBe('application/json');
  });

  test('is told to an anonymous session by its id, and to nobody when there is no session', async () => {
    const anonymous = new Fixture([Fails]);
    const nobody = new Fixture([Fails]);

    await failureOf(() => anonymous.send('/app/fail', '', { session: sessionOf('s7') }));
    await failureOf(() => nobody.send('/app/fail', '', { session: undefined }));

    expect(anonymous.broker.messages[0]?.destination).toBe('/user/s7/queue/errors');
    expect(nobody.broker.messages).toEqual([]);
  });

  test('the client learns code, fixed sentence, correlation id and destination, and nothing internal', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/fail'));

    expect(noticeOf(fixture)).toEqual({
      code: 'HANDLER_FAILED',
      message: 'The message could not be handled.',
      correlationId: expect.stringMatching(/^[\da-f-]{36}$/) as unknown,
      destination: '/app/fail',
    });
  });

  test('an invalid payload is told with its issues', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/dto', { age: 'x' }));

    expect(noticeOf(fixture)).toMatchObject({
      code: 'PAYLOAD_INVALID',
      issues: [{ path: ['age'], message: 'age must be an integer number', rule: 'isInt' }],
    });
  });

  test('is logged with handler, destination, session and correlation id', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/fail'));

    expect(fixture.logger.lines).toEqual([
      {
        level: 'error',
        message: 'a message could not be handled',
        details: {
          code: 'HANDLER_FAILED',
          correlationId: noticeOf(fixture).correlationId,
          error: secret,
          destination: '/app/fail',
          sessionId: 's1',
          handler: 'Fails.fail',
        },
      },
    ]);
  });

  test('that a client brings about by reading slowly is logged as a warning', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/overflow'));

    expect(fixture.logger.lines).toMatchObject([{ level: 'warn', details: { code: 'STREAM_OVERFLOW' } }]);
  });

  test('what a client got wrong is logged as a warning', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/dto', '{'));

    expect(fixture.logger.lines[0]).toMatchObject({ level: 'warn', details: { code: 'PAYLOAD_UNREADABLE' } });
  });

  test.each([...oddThings.keys()])('is HANDLER_FAILED like any other when %s was thrown', async (name) => {
    for (const way of ['throw', 'reject', 'from-handler']) {
      const fixture = new Fixture([Odd]);

      const failure = await failureOf(() => fixture.send(`/app/${way}`, name));

      expect(failure).toBeInstanceOf(MessageHandlingError);
      expect(failure.code).toBe('HANDLER_FAILED');
      expect(noticeOf(fixture)).toMatchObject({ code: 'HANDLER_FAILED', destination: `/app/${way}` });
    }
  });

  test('the reason in the log is cut after 1000 characters', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/long'));

    expect(String(fixture.logger.lines[0]?.details['reason'])).toHaveLength(1001);
  });

  test('is published on the diagnostics channel', async () => {
    const events: unknown[] = [];
    const listen = (event: unknown): void => void events.push(event);
    const fixture = new Fixture([Fails]);
    diagnostics.handlerFailed.subscribe(listen);

    await failureOf(() => fixture.send('/app/fail'));
    diagnostics.handlerFailed.unsubscribe(listen);

    expect(events).toEqual([
      expect.objectContaining({ code: 'HANDLER_FAILED', error: secret, handler: 'Fails.fail', sessionId: 's1' }),
    ]);
  });

  test('of a @SubscribeMapping method ends in the same way', async () => {
    const fixture = new Fixture([Fails]);

    const failure = await failureOf(() => fixture.subscribe('/app/fail'));

    expect(failure).toBeInstanceOf(MessageHandlingError);
    expect(noticeOf(fixture).code).toBe('HANDLER_FAILED');
  });

  test('a session that cannot be told is logged, and the failure stays what it was', async () => {
    const fixture = new Fixture([Fails]);
    fixture.brokerChannel.addInterceptor({ preSend: () => null });

    const failure = await failureOf(() => fixture.send('/app/fail'));

    expect(failure).toMatchObject({ code: 'HANDLER_FAILED', cause: secret });
    expect(fixture.logger.lines[1]).toMatchObject({
      level: 'warn',
      message: 'a session could not be told of a failure',
    });
  });

  test('the session is told before the send fails', async () => {
    const fixture = new Fixture([Fails]);
    const order: string[] = [];
    fixture.brokerChannel.subscribe({
      async handleMessage() {
        await Promise.resolve();
        order.push('told');
      },
    });

    await failureOf(() => fixture.send('/app/fail'));
    order.push('failed');

    expect(order).toEqual(['told', 'failed']);
  });
});

describe('codes', () => {
  test('a handler may refuse a message with a code of message mistakes', async () => {
    const fixture = new Fixture([Fails]);

    expect((await failureOf(() => fixture.send('/app/denied'))).code).toBe('ACCESS_DENIED');
    expect(noticeOf(fixture).message).toBe('Access is denied.');
  });

  test('codes of sessions and configuration stay inside', async () => {
    expect((await failureOf(() => new Fixture([Fails]).send('/app/login'))).code).toBe('HANDLER_FAILED');
  });
});

describe('an ApplicationError', () => {
  test('is told with its own code, sentence and details', async () => {
    const fixture = new Fixture([Fails]);

    const failure = await failureOf(() => fixture.send('/app/full'));

    expect(noticeOf(fixture)).toEqual({
      code: 'ROOM_FULL',
      message: 'The room is full.',
      correlationId: (failure as MessageHandlingError).correlationId,
      destination: '/app/full',
      details: { seats: 4 },
    });
  });

  test('without details has none in the notice', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/closed'));

    expect(Object.keys(noticeOf(fixture))).toEqual(['code', 'message', 'correlationId', 'destination']);
  });

  test('fails the send with its code and its sentence, for the ERROR of a receipt', async () => {
    const failure = await failureOf(() => new Fixture([Fails]).send('/app/full'));

    expect(failure).toBeInstanceOf(MessageHandlingError);
    expect(failure).toMatchObject({
      code: 'MESSAGE_REJECTED',
      publicCode: 'ROOM_FULL',
      publicMessage: 'The room is full.',
    });
  });

  test('is logged as a warning under its code', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/full'));

    expect(fixture.logger.lines).toMatchObject([
      { level: 'warn', details: { code: 'ROOM_FULL', reason: 'The room is full.', handler: 'Fails.full' } },
    ]);
  });

  test.each([
    ['a bigint', { id: 1n }],
    ['a circle', circle],
    ['a getter that throws', badDetails],
    ['too much', { text: 'x'.repeat(8 * 1024) }],
  ])('is told without its details when they hold %s, and that is logged', async (_what, details) => {
    const fixture = new Fixture([failing(details)]);

    const failure = await failureOf(() => fixture.send('/app/odd'));

    expect(failure).toMatchObject({ publicCode: 'ODD' });
    const { correlationId } = noticeOf(fixture);
    expect(noticeOf(fixture)).toEqual({
      code: 'ODD',
      message: 'An odd thing.',
      correlationId,
      destination: '/app/odd',
    });
    expect(fixture.logger.lines[0]).toMatchObject({
      level: 'warn',
      message: 'the details of an ApplicationError are left out',
      details: { code: 'ODD', correlationId },
    });
  });

  test('is told with details of 8 KiB', async () => {
    const details = { text: 'x'.repeat(8 * 1024 - '{"text":""}'.length) };
    const fixture = new Fixture([failing(details)]);

    await failureOf(() => fixture.send('/app/odd'));

    expect(noticeOf(fixture).details).toEqual(details);
  });
});

/** A controller that throws an `ApplicationError` with these details. */
function failing(details: Readonly<Record<string, unknown>>) {
  @Controller()
  class Failing {
    @MessageMapping('/odd') odd() {
      throw new ApplicationError('ODD', 'An odd thing.', { details });
    }
  }
  return Failing;
}

describe('a failed request', () => {
  const headers = { 'reply-to': '/user/queue/replies', 'correlation-id': '7' };

  test('is told where it wants its answer, with its correlation id and the code as headers', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/fail', '', { headers }));

    const [told, ...others] = fixture.broker.messages;
    expect(told?.destination).toBe('/user/s1/queue/replies');
    expect(told?.headers.toObject()).toMatchObject({ 'correlation-id': '7', code: 'HANDLER_FAILED' });
    expect(noticeOf(fixture)).toMatchObject({ code: 'HANDLER_FAILED', destination: '/app/fail' });
    expect(others).toEqual([]);
  });

  test('that names no user destination is told at the error destination', async () => {
    const fixture = new Fixture([Fails]);

    await failureOf(() => fixture.send('/app/fail', '', { headers: { ...headers, 'reply-to': '/topic/all' } }));

    expect(fixture.broker.messages.map(({ destination }) => destination)).toEqual(['/user/alice/queue/errors']);
  });

  test('that cannot be answered where it wants is told at the error destination', async () => {
    const fixture = new Fixture([Fails]);
    fixture.brokerChannel.addInterceptor({
      preSend: (message) => (message.destination === '/user/s1/queue/replies' ? null : message),
    });

    await failureOf(() => fixture.send('/app/fail', '', { headers }));

    expect(fixture.broker.messages.map(({ destination }) => destination)).toEqual(['/user/alice/queue/errors']);
    expect(fixture.logger.lines).toHaveLength(1);
  });
});
