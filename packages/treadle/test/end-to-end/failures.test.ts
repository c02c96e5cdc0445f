import 'reflect-metadata';
import { connect } from '@treadle/testing';
import { container as globalContainer, injectable } from 'tsyringe';
import {
  ApplicationError,
  type ApplicationOptions,
  AuthenticationError,
  type ChannelInterceptor,
  ConfigurationError,
  Controller,
  ControllerAdvice,
  createApplication,
  type HandlerCall,
  type HandlerInterceptor,
  MessageExceptionHandler,
  MessageMapping,
  MessageRejectedError,
  SendToUser,
  SessionScoped,
  silentLogger,
  SubscribeMapping,
  UseInterceptors,
} from 'treadle';

class ShopError extends Error {}

class Shelf {
  readonly articles = ['tea'];
}

@ControllerAdvice()
class ShopAdvice {
  constructor(private readonly shelf: Shelf) {}

  @MessageExceptionHandler(ShopError)
  @SendToUser({ destinations: ['/queue/refusals'], broadcast: false })
  async refuse(error: ShopError) {
    await Promise.resolve();
    return `${error.message}, there is ${this.shelf.articles.join(', ')}`;
  }
}

/** Lets through one message of each session; starts and stops with the application. */
@injectable()
class OncePerSession implements HandlerInterceptor {
  static readonly log: string[] = [];
  readonly #seen = new Set<string>();

  constructor(private readonly shelf: Shelf) {}

  onApplicationStart() {
    OncePerSession.log.push('start');
  }

  onApplicationStop() {
    OncePerSession.log.push('stop');
  }

  beforeHandle({ message }: HandlerCall) {
    const id = message.sessionId ?? '';
    if (this.#seen.has(id)) throw new ApplicationError('ONCE_ONLY', `Once only: ${this.shelf.articles.length}`);
    this.#seen.add(id);
  }
}

@Controller()
class ShopController {
  @MessageMapping('/closed') closed() {
    throw new ShopError('closed');
  }
  @SubscribeMapping('/closed') subscribe() {
    throw new ShopError('closed');
  }
  @MessageMapping('/once')
  @UseInterceptors(OncePerSession)
  @SendToUser('/queue/once')
  once() {
    return 'yes';
  }
  @MessageMapping('/free') @SendToUser('/queue/once') free() {
    return 'free';
  }
}

@injectable()
class Missing {
  constructor(readonly shelf: Shelf) {
    throw new Error('there is no shelf');
  }
}

@ControllerAdvice()
class NeedsMissing {
  constructor(readonly missing: Missing) {}
  @MessageExceptionHandler(Error) on() {}
}

function createWith(options: ApplicationOptions = {}) {
  return createApplication({
    controllers: [ShopController, ShopAdvice],
    services: [Shelf],
    logger: silentLogger,
    ...options,
  });
}

describe('a controller advice of an application', () => {
  test('is made by the container, and what it handles is acknowledged', async () => {
    await using application = createWith();
    await using client = await connect(application);
    const refusals = await client.subscribe('/user/queue/refusals');

    await client.send('/app/closed');
    await client.subscribe('/app/closed');

    expect([await refusals.next(), await refusals.next()]).toEqual(['closed, there is tea', 'closed, there is tea']);
  });

  test('handles what a stream fails with after its frame was answered', async () => {
    @Controller()
    class Streams {
      @MessageMapping('/stream')
      @SendToUser('/queue/items')
      async *stream() {
        yield 'first';
        await Promise.resolve();
        throw new ShopError('sold out');
      }
    }
    await using application = createWith({ controllers: [Streams, ShopAdvice] });
    await using client = await connect(application);
    const refusals = await client.subscribe('/user/queue/refusals');
    const items = await client.subscribe('/user/queue/items');

    await client.send('/app/stream');

    expect(await items.next()).toBe('first');
    expect(await refusals.next()).toBe('sold out, there is tea');
  });

  test('that cannot be made fails the start with its name', async () => {
    await using application = createWith({ services: [], controllers: [ShopController, NeedsMissing] });

    await expect(application.start()).rejects.toThrow(/NeedsMissing: it could not be constructed/);
  });
});

describe('a handler interceptor of an application', () => {
  test('is one object with what it needs, and starts and stops with the application', async () => {
    OncePerSession.log.length = 0;
    await using application = createWith();
    await using client = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');
    const inbox = await client.subscribe('/user/queue/once');

    await client.send('/app/once');
    client.sendWithoutReceipt('/app/once');

    expect(await inbox.next()).toBe('yes');
    expect(await errors.next()).toMatchObject({ code: 'ONCE_ONLY', message: 'Once only: 1' });
    expect(OncePerSession.log).toEqual(['start']);
    await application.stop();
    expect(OncePerSession.log).toEqual(['start', 'stop']);
  });

  test('stays as it is registered in the container', async () => {
    const container = globalContainer.createChildContainer();
    class Counting implements HandlerInterceptor {
      calls = 0;
      beforeHandle() {
        this.calls += 1;
      }
    }
    const registered = new Counting();
    container.registerInstance(Counting, registered);
    await using application = createWith({ container, handlerInterceptors: [Counting] });
    await using client = await connect(application);

    await client.send('/app/free');

    expect(registered.calls).toBe(1);
  });

  test('may stand around every method of the application', async () => {
    const seen: string[] = [];
    await using application = createWith({
      handlerInterceptors: [{ beforeHandle: ({ handler }) => void seen.push(handler.name) }],
    });
    await using client = await connect(application);

    await client.send('/app/free');
    await client.send('/app/closed');
    await client.subscribe('/app/closed');

    expect(seen).toEqual(['ShopController.free', 'ShopController.closed', 'ShopController.subscribe']);
  });

  test('may be scoped: then each session has its own', async () => {
    @SessionScoped()
    class Counting implements HandlerInterceptor {
      #calls = 0;
      afterHandle() {
        this.#calls += 1;
        return this.#calls;
      }
    }
    await using application = createWith({ handlerInterceptors: [Counting] });
    await using alice = await connect(application);
    await using bob = await connect(application);
    const counted = await alice.subscribe('/user/queue/once');
    const others = await bob.subscribe('/user/queue/once');

    await alice.send('/app/free');
    await alice.send('/app/free');
    await bob.send('/app/free');

    expect([await counted.next(), await counted.next(), await others.next()]).toEqual([1, 2, 1]);
  });

  test('whose constructor nobody knows fails the start', () => {
    class Unknown implements HandlerInterceptor {
      constructor(readonly shelf: Shelf) {}
      beforeHandle() {}
    }

    expect(() => createWith({ handlerInterceptors: [Unknown] })).toThrow(ConfigurationError);
    expect(() => createWith({ handlerInterceptors: [Unknown] })).toThrow(
      'Unknown, constructor parameter 0: its type is not known at run time: the class has no decorator, such as @injectable(), or the compiler emitted no types (esbuild, tsx, or emitDecoratorMetadata is off); decorate the class with @injectable() (or @Controller()) and compile with "emitDecoratorMetadata": true by tsc, swc or @oxc-node/core, or name each parameter with @inject(token)',
    );
  });
});

describe('Spring C14, P1: what a channel interceptor refuses reaches the client', () => {
  const channels = ['clientInbound', 'broker', 'clientOutbound'] as const;

  /** Refuses everything to or from `/topic/closed` on one channel. */
  function refusing(channel: (typeof channels)[number], refuse: () => null | never): ApplicationOptions {
    const interceptor: ChannelInterceptor = {
      preSend: (message) =>
        message.type === 'MESSAGE' && message.destination === '/topic/closed' ? refuse() : message,
    };
    return { interceptors: { [channel]: [interceptor] } };
  }

  const denied = () => {
    throw new MessageRejectedError('not yours', { code: 'ACCESS_DENIED' });
  };

  test.each([
    ['null', () => null, 'MESSAGE_REJECTED'],
    ['a coded error', denied, 'ACCESS_DENIED'],
    [
      'an error of the application',
      () => {
        throw new ApplicationError('NO_WAY', 'No way.');
      },
      'NO_WAY',
    ],
    [
      'any error',
      () => {
        throw new TypeError('x');
      },
      'INTERNAL_ERROR',
    ],
  ])('%s is an ERROR frame, with and without a receipt', async (_name, refuse, code) => {
    await using application = createWith(refusing('clientInbound', refuse));
    await using asking = await connect(application);
    await using trusting = await connect(application);

    await expect(asking.send('/topic/closed')).rejects.toThrow(code);
    trusting.sendWithoutReceipt('/topic/closed');

    expect((await trusting.nextError()).headers).toMatchObject({ code });
    expect(asking.errorFrame?.headers).toMatchObject({ code });
  });

  test.each([
    ['a coded error', denied, 'ACCESS_DENIED'],
    [
      'an error of the application',
      () => {
        throw new ApplicationError('NO_WAY', 'No way.');
      },
      'NO_WAY',
    ],
  ])(
    '%s with which the broker channel refuses what a handler sends is a failed message',
    async (_name, refuse, code) => {
      @Controller()
      class Publishes {
        @MessageMapping('/publish') async publish() {
          await application.template.convertAndSend('/topic/closed', 'x');
        }
      }
      await using application = createWith({ ...refusing('broker', refuse), controllers: [Publishes] });
      await using client = await connect(application);
      const errors = await client.subscribe('/user/queue/errors');

      client.sendWithoutReceipt('/app/publish');

      expect(await errors.next()).toMatchObject({ code, destination: '/app/publish' });
    },
  );

  test('a message refused alone is a notice for the sender, and the session goes on', async () => {
    const alone = () => {
      throw new ApplicationError('TOO_FAST', 'Please wait.', { endsSession: false, details: { waitMs: 100 } });
    };
    await using application = createWith(refusing('clientInbound', alone));
    await using client = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');

    client.sendWithoutReceipt('/topic/closed');

    expect(await errors.next()).toMatchObject({
      code: 'TOO_FAST',
      message: 'Please wait.',
      destination: '/topic/closed',
      details: { waitMs: 100 },
    });
    await client.send('/app/free');
  });

  test('a SUBSCRIBE refused alone gets nothing, and its id is free', async () => {
    let isOpen = false;
    const interceptor: ChannelInterceptor = {
      preSend(message) {
        if (message.type !== 'SUBSCRIBE' || message.destination !== '/topic/late' || isOpen) return message;
        throw new MessageRejectedError('not yet', { code: 'ACCESS_DENIED', endsSession: false });
      },
    };
    await using application = createWith({ interceptors: { clientInbound: [interceptor] } });
    await using client = await connect(application);
    const errors = await client.subscribe('/user/queue/errors');

    client.sendFrame('SUBSCRIBE', { id: 'late', destination: '/topic/late' });
    expect(await errors.next()).toMatchObject({ code: 'ACCESS_DENIED', destination: '/topic/late' });
    await client.send('/topic/late', 'nobody hears it');
    isOpen = true;
    const inbox = await client.subscribe('/topic/late', { id: 'late' });
    await client.send('/topic/late', 'heard');

    expect(await inbox.next()).toBe('heard');
  });
});

describe('a login', () => {
  test.each([
    ['an AuthenticationError', new AuthenticationError(), 'AUTHENTICATION_FAILED', 'The login was refused.'],
    ['an ApplicationError', new ApplicationError('ACCOUNT_LOCKED', 'Call us.'), 'ACCOUNT_LOCKED', 'Call us.'],
  ])('refused with %s says so', async (_name, error, code, message) => {
    await using application = createWith({ authenticate: () => Promise.reject(error) });

    await expect(connect(application)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});
