import { connect, FakeClock, type TestClient } from '@treadle/testing';
import { container as globalContainer, inject, injectable, singleton } from 'tsyringe';
import {
  type Application,
  type ApplicationOptions,
  ConfigurationError,
  Controller,
  createApplication,
  MessageContext,
  MessageExceptionHandler,
  MessageMapping,
  MessageScope,
  messageScoped,
  MessageScoped,
  Payload,
  Scopes,
  SendToUser,
  Session,
  type SessionContext,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SessionScope,
  sessionScoped,
  SessionScoped,
  SubscribeMapping,
  UseInterceptors,
} from '../../src/index';
import { RecordingLogger } from '../annotation/fixture';

const create = (options: ApplicationOptions): Application =>
  createApplication({ logger: new RecordingLogger(), statsIntervalMs: 0, ...options });

/** What was constructed and disposed of, in order. */
let log: string[] = [];
beforeEach(() => {
  log = [];
});

describe('a class with @SessionScoped()', () => {
  let count = 0;

  @SessionScoped()
  class Cart {
    readonly number = (count += 1);
    readonly items: string[] = [];
    constructor(readonly scope: SessionScope) {
      log.push(`made ${this.number}`);
    }
    dispose(): void {
      log.push(`disposed ${this.number}`);
    }
  }

  @Controller()
  @SessionScoped()
  class CartController {
    constructor(readonly cart: Cart) {}

    @MessageMapping('/add')
    @SendToUser({ destinations: ['/queue/cart'], broadcast: false })
    add(@Payload() item: string): string[] {
      this.cart.items.push(item);
      return this.cart.items;
    }
  }

  beforeEach(() => {
    count = 0;
  });

  it('has one instance per session, made when it is first used and disposed of once at the end of the session (Spring R4)', async () => {
    await using application = create({ controllers: [CartController] });
    const alice = await connect(application);
    const bob = await connect(application);
    const alices = await alice.subscribe('/user/queue/cart');
    const bobs = await bob.subscribe('/user/queue/cart');
    const unused = [...log];

    await alice.send('/app/add', 'tea');
    await alice.send('/app/add', 'milk');
    await bob.send('/app/add', 'coffee');
    const answers = [await alices.next(), await alices.next(), await bobs.next()];
    await alice.disconnect();
    const afterAlice = [...log];
    await application.stop();

    expect(unused).toEqual([]);
    expect(answers).toEqual([['tea'], ['tea', 'milk'], ['coffee']]);
    expect(afterAlice).toEqual(['made 1', 'made 2', 'disposed 1']);
    expect(log).toEqual(['made 1', 'made 2', 'disposed 1', 'disposed 2']);
  });

  it('is not made for sessions that never use it', async () => {
    await using application = create({ controllers: [CartController] });
    const alice = await connect(application);

    await alice.disconnect();

    expect(log).toEqual([]);
  });

  it.each([
    ['a lost connection', (client: Awaited<ReturnType<typeof connect>>) => client.drop()],
    [
      'an ERROR',
      (client: Awaited<ReturnType<typeof connect>>) => void client.request('ACK', {}).catch(() => undefined),
    ],
  ])('is disposed of after %s too', async (_what, end) => {
    const application = create({ controllers: [CartController] });
    const alice = await connect(application);
    await alice.send('/app/add', 'tea');

    end(alice);
    await alice.closed;
    await application.stop();

    expect(log).toEqual(['made 1', 'disposed 1']);
  });

  it('is kept until the handler in progress is done, though the session has ended', async () => {
    @Controller()
    @SessionScoped()
    class Slow {
      constructor(readonly cart: Cart) {}
      @MessageMapping('/slow')
      async slow(@Session() session: SessionContext): Promise<void> {
        session.fail('INTERNAL_ERROR', 'for the test');
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`used ${this.cart.number}`);
      }
    }
    const application = create({ controllers: [Slow] });
    const alice = await connect(application);

    alice.sendWithoutReceipt('/app/slow');
    await alice.closed;
    await application.stop();

    expect(log).toEqual(['made 1', 'used 1', 'disposed 1']);
  });

  it('is kept until a stream that the end of the session stops has cleaned up', async () => {
    @Controller()
    @SessionScoped()
    class Streaming {
      constructor(readonly cart: Cart) {}
      @SubscribeMapping('/cart')
      async *stream(): AsyncIterable<number> {
        try {
          for (;;) {
            yield this.cart.number;
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          await new Promise((resolve) => setImmediate(resolve));
          await new Promise((resolve) => setImmediate(resolve));
          log.push(`used ${this.cart.number}`);
        }
      }
    }
    const application = create({ controllers: [Streaming] });
    const alice = await connect(application);
    const numbers = await alice.subscribe('/app/cart');
    await numbers.next();

    await alice.disconnect();
    await application.stop();

    expect(log).toEqual(['made 1', 'used 1', 'disposed 1']);
  });

  it('is kept until a stream that was the first to use it has cleaned up', async () => {
    @Controller()
    class Streaming {
      constructor(readonly context: MessageContext) {}
      @SubscribeMapping('/cart')
      async *stream(): AsyncIterable<number> {
        yield 0;
        await new Promise((resolve) => setImmediate(resolve));
        const cart = this.context.resolve(Cart);
        try {
          for (;;) {
            yield cart.number;
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          await new Promise((resolve) => setImmediate(resolve));
          await new Promise((resolve) => setImmediate(resolve));
          log.push(`used ${cart.number}`);
        }
      }
    }
    const application = create({ controllers: [Streaming] });
    const alice = await connect(application);
    const numbers = await alice.subscribe('/app/cart');
    for (let item = 0; item < 2; item += 1) await numbers.next();

    await alice.disconnect();
    await application.stop();

    expect(log).toEqual(['made 1', 'used 1', 'disposed 1']);
  });

  describe('is disposed of when what it waits for has had `limits.lingerTimeMs`:', () => {
    const never = new Promise<never>(() => undefined);

    @Controller()
    @SessionScoped()
    class Stuck {
      constructor(readonly cart: Cart) {}
      @MessageMapping('/touch') touch(): void {
        log.push(`used ${this.cart.number}`);
      }
      @MessageMapping('/hang') hang(): Promise<void> {
        log.push(`used ${this.cart.number}`);
        return never;
      }
      @SubscribeMapping('/stream') async *stream(): AsyncIterable<number> {
        log.push(`used ${this.cart.number}`);
        yield 1;
        await never;
      }
      @SubscribeMapping('/unclean') async *unclean(): AsyncIterable<number> {
        try {
          log.push(`used ${this.cart.number}`);
          yield 1;
          await new Promise((resolve) => setImmediate(resolve));
          yield 2;
        } finally {
          await never;
        }
      }
    }

    const ends: [string, (client: TestClient, application: Application) => Promise<unknown> | void][] = [
      ['a handler', (client) => client.sendWithoutReceipt('/app/hang')],
      ['a stream', (client) => client.subscribe('/app/stream')],
      ['the finally block of a stream', (client) => client.subscribe('/app/unclean')],
      [
        'a listener of the end',
        (client, application) => {
          application.events.on(SessionDisconnectEvent, () => never);
          return client.send('/app/touch');
        },
      ],
    ];
    const leavings: [string, (client: TestClient, session: SessionContext) => void][] = [
      ['its client is gone', (client) => client.drop()],
      ['the application has failed it', (_client, session) => session.fail('ACCESS_DENIED', 'tested')],
    ];

    it.each(ends.flatMap(([what, begin]) => leavings.map(([how, leave]) => [what, how, begin, leave] as const)))(
      '%s, when %s',
      async (_what, _how, begin, leave) => {
        const clock = new FakeClock();
        const application = create({ controllers: [Stuck], clock, limits: { lingerTimeMs: 1000 } });
        const sessions: SessionContext[] = [];
        application.events.on(SessionConnectedEvent, ({ session }) => sessions.push(session));
        const client = await connect(application);
        await begin(client, application);
        await new Promise((resolve) => setImmediate(resolve));

        for (const session of sessions) leave(client, session);
        await client.closed;
        await clock.advance(999);
        const before = [...log];
        await clock.advance(1);

        expect(before).toEqual(['made 1', 'used 1']);
        expect(log).toEqual(['made 1', 'used 1', 'disposed 1']);
        await application.stop();
      },
    );
  });

  it('injects the scope of its session', async () => {
    let scope: SessionScope | undefined;
    @Controller()
    @SessionScoped()
    class Who {
      constructor(cart: Cart) {
        ({ scope } = cart);
      }
      @MessageMapping('/who')
      who(): void {}
    }
    await using application = create({ controllers: [Who] });
    const alice = await connect(application);

    await alice.send('/app/who');

    expect(scope?.session.id).toBe(alice.sessionId);
    expect(application.container.resolve(Scopes).ofSession(scope?.session as SessionContext)).toBe(scope); // it was made
  });

  it('fails its message when it cannot be constructed, and nothing else', async () => {
    @Controller()
    @SessionScoped()
    class Broken {
      constructor() {
        throw new Error('no database');
      }
      @MessageMapping('/broken')
      handle(): void {}
      @MessageMapping('/never')
      never(): void {}
    }
    await using application = create({ controllers: [Broken] });
    const alice = await connect(application);
    const errors = await alice.subscribe('/user/queue/errors');

    await alice.request('SEND', { destination: '/app/broken' }).catch(() => undefined);

    expect(await errors.next()).toMatchObject({ code: 'HANDLER_FAILED' });
  });

  it('may be an interceptor of handlers, one per session', async () => {
    @SessionScoped()
    class Quota {
      #used = 0;
      beforeHandle(): boolean {
        this.#used += 1;
        log.push(`use ${this.#used}`);
        return true;
      }
      dispose(): void {
        log.push('forgotten');
      }
    }
    @Controller()
    @UseInterceptors(Quota)
    class Limited {
      @MessageMapping('/limited')
      handle(): void {}
    }
    const application = create({ controllers: [Limited] });
    const alice = await connect(application);
    const bob = await connect(application);

    await alice.send('/app/limited');
    await alice.send('/app/limited');
    await bob.send('/app/limited');
    await application.stop();

    expect(log).toEqual(['use 1', 'use 2', 'use 1', 'forgotten', 'forgotten']);
  });

  it('is inherited by subclasses, which may say otherwise', async () => {
    class Special extends Cart {}
    @MessageScoped()
    class Brief extends Cart {}
    const seen: unknown[] = [];
    @Controller()
    @MessageScoped()
    class All {
      constructor(special: Special, brief: Brief) {
        seen.push([special, brief]);
      }
      @MessageMapping('/all')
      handle(): void {}
    }
    await using application = create({ controllers: [All] });
    const alice = await connect(application);

    await alice.send('/app/all');
    await alice.send('/app/all');

    const [[special, brief], [special2, brief2]] = seen as [[Special, Brief], [Special, Brief]]; // pushed above
    expect(special2).toBe(special);
    expect(brief2).not.toBe(brief);
  });
});

describe('a class with @MessageScoped()', () => {
  let count = 0;
  beforeEach(() => {
    count = 0;
  });

  @MessageScoped()
  class UnitOfWork {
    readonly number = (count += 1);
    constructor(readonly scope: MessageScope) {
      log.push(`made ${this.number}`);
    }
    dispose(): void {
      log.push(`disposed ${this.number}`);
    }
  }
  @injectable()
  class Orders {
    constructor(readonly work: UnitOfWork) {}
  }

  @Controller()
  @MessageScoped()
  class OrderController {
    constructor(
      readonly work: UnitOfWork,
      readonly orders: Orders,
    ) {}
    @MessageMapping('/order')
    async order(): Promise<void> {
      await Promise.resolve();
      log.push(`handled by ${this.work.number} and ${this.orders.work.number}, ${this.work.scope.message.destination}`);
    }
    @MessageMapping('/fail')
    fail(): void {
      throw new RangeError('no');
    }
    @MessageExceptionHandler()
    onError(_error: RangeError): void {
      log.push(`failed in ${this.work.number}`);
    }
    @MessageMapping('/never')
    never(): void {}
  }

  it('has one instance per message, the same wherever it is injected, disposed of before the RECEIPT', async () => {
    await using application = create({ controllers: [OrderController] });
    const alice = await connect(application);

    await alice.send('/app/order');
    log.push('receipt');
    await alice.send('/app/order');

    expect(log).toEqual([
      'made 1',
      'handled by 1 and 1, /app/order',
      'disposed 1',
      'receipt',
      'made 2',
      'handled by 2 and 2, /app/order',
      'disposed 2',
    ]);
  });

  it('is disposed of when the handler failed, after its exception handler, which runs on the same instance', async () => {
    await using application = create({ controllers: [OrderController] });
    const alice = await connect(application);

    await alice.send('/app/fail');

    expect(log).toEqual(['made 1', 'failed in 1', 'disposed 1']);
  });

  it('is disposed of when nobody handled the failure either', async () => {
    @Controller()
    class Unlucky {
      constructor(readonly context: MessageContext) {}
      @MessageMapping('/unlucky')
      async handle(): Promise<void> {
        this.context.resolve(UnitOfWork);
        await Promise.resolve();
        throw new Error('unlucky');
      }
    }
    await using application = create({ controllers: [Unlucky] });
    const alice = await connect(application);
    const errors = await alice.subscribe('/user/queue/errors');

    await alice.send('/app/unlucky').catch(() => undefined);
    await errors.next();

    expect(log).toEqual(['made 1', 'disposed 1']);
  });

  it('is kept until a stream has ended', async () => {
    @Controller()
    @MessageScoped()
    class Counting {
      constructor(readonly work: UnitOfWork) {}
      @SubscribeMapping('/numbers')
      async *numbers(): AsyncIterable<number> {
        log.push('begun');
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        yield this.work.number;
        log.push('ended');
      }
    }
    let goOn: () => void = () => undefined;
    await using application = create({ controllers: [Counting] });
    const alice = await connect(application);
    const numbers = await alice.subscribe('/app/numbers');
    const begun = [...log];

    goOn();
    await numbers.next();
    await alice.disconnect();
    await application.stop();

    expect(begun).toEqual(['made 1', 'begun']);
    expect(log).toEqual(['made 1', 'begun', 'ended', 'disposed 1']);
  });

  it('is kept until the exception handler of a failed stream is done', async () => {
    @Controller()
    @MessageScoped()
    class Failing {
      constructor(readonly work: UnitOfWork) {}
      @SubscribeMapping('/failing')
      async *numbers(): AsyncIterable<number> {
        yield 1;
        await new Promise((resolve) => setImmediate(resolve));
        throw new RangeError('no more');
      }
      @MessageExceptionHandler()
      @SendToUser('/queue/problems')
      async onError(_error: RangeError): Promise<string> {
        await new Promise((resolve) => setImmediate(resolve));
        log.push(`failed in ${this.work.number}`);
        return 'no more';
      }
    }
    await using application = create({ controllers: [Failing] });
    const alice = await connect(application);
    const problems = await alice.subscribe('/user/queue/problems');
    await alice.subscribe('/app/failing');
    await problems.next();
    await application.stop();

    expect(log).toEqual(['made 1', 'failed in 1', 'disposed 1']);
  });

  it('may use what is scoped to the session, which outlives it', async () => {
    @SessionScoped()
    class Connection {
      dispose(): void {
        log.push('disconnected');
      }
    }
    const connections = new Set<Connection>();
    @Controller()
    @MessageScoped()
    class Querying {
      constructor(
        readonly connection: Connection,
        readonly work: UnitOfWork,
      ) {
        connections.add(connection);
      }
      @MessageMapping('/query')
      query(): void {}
    }
    await using application = create({ controllers: [Querying] });
    const alice = await connect(application);

    await alice.send('/app/query');
    await alice.send('/app/query');
    await alice.disconnect();
    await application.stop();

    expect(connections.size).toBe(1);
    expect(log).toEqual(['made 1', 'disposed 1', 'made 2', 'disposed 2', 'disconnected']);
  });

  it('is not mixed up between messages of several sessions that are handled at the same time', async () => {
    const release: (() => void)[] = [];
    const pairs: [number, number][] = [];
    @Controller()
    class Mixed {
      constructor(readonly context: MessageContext) {}
      @MessageMapping('/mixed')
      async handle(): Promise<void> {
        const { number } = this.context.resolve(UnitOfWork);
        await new Promise<void>((resolve) => release.push(resolve));
        pairs.push([number, this.context.resolve(UnitOfWork).number]);
      }
    }
    await using application = create({ controllers: [Mixed] });
    const clients = await Promise.all([1, 2, 3].map(() => connect(application)));

    const sent = clients.map((client) => client.send('/app/mixed'));
    while (release.length < 3) await new Promise((resolve) => setImmediate(resolve));
    for (const open of release.toReversed()) open();
    await Promise.all(sent);

    expect(pairs).toHaveLength(3);
    expect(new Set(pairs.map(([first]) => first)).size).toBe(3);
    for (const [first, second] of pairs) expect(second).toBe(first);
  });
});

describe('disposal', () => {
  class Plain {
    dispose(): void {
      log.push('dispose');
    }
  }
  class Standard {
    [Symbol.dispose](): void {
      log.push('Symbol.dispose');
    }
    dispose(): void {
      log.push('never');
    }
  }
  class Late {
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.resolve();
      log.push('Symbol.asyncDispose');
    }
    [Symbol.dispose](): void {
      log.push('never');
    }
  }

  /** An application whose only handler asks for tokens in the scope of its session. */
  const resolving = (tokens: readonly unknown[], options: ApplicationOptions = {}): Application => {
    @Controller()
    class Resolver {
      constructor(readonly scopes: Scopes) {}
      @MessageMapping('/resolve')
      resolve(@Session() session: SessionContext): void {
        for (const token of tokens) this.scopes.ofSession(session).resolve(token as string); // tokens of any kind
      }
    }
    return create({ ...options, controllers: [Resolver] });
  };
  const runOnce = async (application: Application): Promise<void> => {
    const alice = await connect(application);
    await alice.send('/app/resolve');
    await alice.send('/app/resolve');
    await alice.disconnect();
    await application.stop();
  };

  it('is by Symbol.asyncDispose, Symbol.dispose or dispose, one of them, the youngest first and one after the other', async () => {
    const container = globalContainer.createChildContainer();
    container.register(Plain, { useFactory: sessionScoped(() => new Plain()) });
    container.register(Standard, { useFactory: sessionScoped(() => new Standard()) });
    container.register(Late, { useFactory: sessionScoped(() => new Late()) });

    await runOnce(resolving([Late, Standard, Plain], { container }));

    expect(log).toEqual(['dispose', 'Symbol.dispose', 'Symbol.asyncDispose']);
  });

  it('that fails is logged and keeps nothing else from being disposed of', async () => {
    const logger = new RecordingLogger();
    const container = globalContainer.createChildContainer();
    const error = new Error('stuck');
    container.register(Plain, { useFactory: sessionScoped(() => new Plain()) });
    container.register('bad', { useFactory: sessionScoped(() => ({ dispose: () => Promise.reject(error) })) });

    await runOnce(resolving([Plain, 'bad'], { container, logger }));

    expect(log).toEqual(['dispose']);
    expect(logger.lines).toContainEqual({
      level: 'error',
      message: 'what was to be done at the end of a session failed',
      details: { error, sessionId: expect.any(String) as string },
    });
  });

  it('covers what a factory made, once, however many tokens stand for it', async () => {
    const container = globalContainer.createChildContainer();
    container.register('plain', { useFactory: sessionScoped(() => new Plain()) });
    container.register('alias', { useToken: 'plain' });
    container.register('copy', { useFactory: sessionScoped((own) => own.resolve('plain')) });

    await runOnce(resolving(['alias', 'plain', 'copy'], { container }));

    expect(log).toEqual(['dispose']);
  });

  it('covers what a factory promised', async () => {
    const container = globalContainer.createChildContainer();
    container.register('late', { useFactory: sessionScoped(() => Promise.resolve(new Plain())) });
    container.register('never', { useFactory: sessionScoped(() => Promise.reject(new Error('no')).catch(() => 0)) });

    await runOnce(resolving(['late', 'never'], { container }));

    expect(log).toEqual(['dispose']);
  });

  it('covers values that were given to the scope, unless it is told not to', async () => {
    const shared = new Standard();
    @Controller()
    class Tenant {
      constructor(readonly scopes: Scopes) {}
      @MessageMapping('/resolve')
      resolve(@Session() session: SessionContext): void {
        const scope = this.scopes.ofSession(session);
        if (scope.container.isRegistered('tenant')) return;
        const tenant = new Plain();
        scope.provide('tenant', tenant);
        scope.provide('shared', shared, { dispose: false });
        expect(scope.resolve('tenant')).toBe(tenant);
        expect(scope.resolve('shared')).toBe(shared);
      }
    }

    await runOnce(create({ controllers: [Tenant] }));

    expect(log).toEqual(['dispose']);
  });

  it('does not touch what the application has: values, singletons, even when a session was the first to ask', async () => {
    @singleton()
    class Pool extends Plain {}
    const container = globalContainer.createChildContainer();
    container.registerInstance('value', new Plain());
    container.registerSingleton('pool', Plain);
    @SessionScoped()
    class User {
      constructor(
        readonly pool: Pool,
        @inject('value') readonly value: Plain,
        @inject('pool') readonly other: Plain,
      ) {}
    }

    await runOnce(resolving([User], { container, services: [User] }));

    expect(log).toEqual([]);
  });

  it('comes after what was registered by onEnd later, and before what was registered earlier', async () => {
    @Controller()
    class Registering {
      constructor(readonly scopes: Scopes) {}
      @MessageMapping('/resolve')
      resolve(@Session() session: SessionContext): void {
        const scope = this.scopes.ofSession(session);
        if (log.length > 0) return;
        log.push('first use');
        scope.onEnd(() => log.push('registered first'));
        scope.provide(Plain, new Plain());
        scope.onEnd(() => log.push('registered last'));
      }
    }

    await runOnce(create({ controllers: [Registering] }));

    expect(log).toEqual(['first use', 'registered last', 'dispose', 'registered first']);
  });
});

describe('a scope that is not there', () => {
  @SessionScoped()
  class Cart {}
  @MessageScoped()
  class Work {}

  it('makes the resolution fail with SCOPE_UNAVAILABLE', async () => {
    await using application = create({ services: [Cart, Work] });
    await application.start();

    expect(() => application.container.resolve(Cart)).toThrow(
      /@SessionScoped\(\) was asked for where no code of a session/,
    );
    expect(() => application.container.resolve(Work)).toThrow(
      /@MessageScoped\(\) was asked for where no code of a message/,
    );
    expect(() => application.messageContext.resolve(Cart)).toThrow(
      expect.objectContaining({ code: 'SCOPE_UNAVAILABLE' }),
    );
  });

  it('tells how to turn the context on, when nobody did', async () => {
    await using application = create({ services: [Cart] });
    await application.start();

    expect(() => application.container.resolve(Cart)).toThrow(/set the option `messageContext: true`/);
  });

  it('or is over already fails alike, and calls back at once', async () => {
    let session: SessionContext | undefined;
    let scopes: Scopes | undefined;
    @Controller()
    class Keeper {
      constructor(given: Scopes) {
        scopes = given;
      }
      @MessageMapping('/keep')
      keep(@Session() given: SessionContext): void {
        session = given;
        scopes?.ofSession(given);
      }
    }
    const application = create({ controllers: [Keeper], services: [Cart] });
    const alice = await connect(application);
    await alice.send('/app/keep');
    await alice.disconnect();
    await application.stop();
    if (!session || !scopes) throw new Error('nothing was kept');
    const scope = scopes.ofSession(session);

    scope.onEnd(() => log.push('scope'));
    session.onEnd(() => log.push('session'));

    expect(() => scope.resolve(Cart)).toThrow(expect.objectContaining({ code: 'SCOPE_UNAVAILABLE' }));
    expect(() => scope.provide('x', 1)).toThrow(/x was asked for after the end of its session/);
    expect(log).toEqual(['scope', 'session']);
  });
});

/** Where, what and the cure, of everything that keeps an application from being created. */
function findingsOf(options: ApplicationOptions): readonly [location: string, problem: string, cure: string][] {
  try {
    create(options);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.findings.map(({ location, problem, cure }) => [location, problem, cure]);
    }
    throw error;
  }
  return [];
}

describe('what cannot work is found when the application is created', () => {
  @SessionScoped()
  class Cart {}
  @MessageScoped()
  class Work {}

  it('a class of which there is one that would keep a scoped instance, also on a detour', () => {
    @injectable()
    class Pricing {
      constructor(readonly cart: Cart) {}
    }
    @injectable()
    class Shop {
      constructor(
        readonly context: MessageContext,
        readonly pricing: Pricing,
      ) {}
    }
    @Controller()
    class Checkout {
      constructor(
        readonly work: Work,
        readonly scope: SessionScope,
      ) {}
      @MessageMapping('/x')
      handle(): void {}
    }
    @SessionScoped()
    class Basket {
      constructor(readonly work: Work) {}
    }

    expect(findingsOf({ services: [Shop, Basket], controllers: [Checkout] })).toEqual([
      [
        'Shop',
        'it is made once for the application, but its constructor parameter 1 is Pricing, whose constructor parameter 0 is Cart, which is @SessionScoped(): it would keep the first one for ever',
        'inject MessageContext and call resolve(Cart) where it is needed, or make Shop @SessionScoped()',
      ],
      [
        'Basket',
        'it is @SessionScoped(), but its constructor parameter 0 is Work, which is @MessageScoped(): it would keep the first one for ever',
        'inject MessageContext and call resolve(Work) where it is needed, or make Basket @MessageScoped()',
      ],
      [
        'Checkout',
        'it is made once for the application, but its constructor parameter 0 is Work, which is @MessageScoped(): it would keep the first one for ever',
        'inject MessageContext and call resolve(Work) where it is needed, or make Checkout @MessageScoped()',
      ],
      [
        'Checkout',
        'it is made once for the application, but its constructor parameter 1 is SessionScope, of which every session has its own: it would keep the first one for ever',
        'inject MessageContext and call resolve(SessionScope) where it is needed, or make Checkout @SessionScoped()',
      ],
    ]);
  });

  it('a class that somebody else makes is not looked into', () => {
    @injectable()
    class Pricing {
      constructor(readonly cart: Cart) {}
    }
    @injectable()
    class Shop {
      constructor(readonly pricing: Pricing) {}
    }
    const container = globalContainer.createChildContainer();
    container.registerInstance(Pricing, new Pricing(new Cart()));

    expect(() => create({ services: [Shop], container })).not.toThrow();
  });

  it('a start or stop hook that nobody would call', () => {
    @SessionScoped()
    class Hooked {
      onApplicationStart(): void {}
      onApplicationStop(): void {}
    }

    expect(findingsOf({ services: [Hooked] }).map(([location, problem]) => `${location}: ${problem}`)).toEqual([
      expect.stringMatching(/^Hooked.*onApplicationStart/),
      expect.stringMatching(/^Hooked.*onApplicationStop/),
    ]);
  });

  it('a scoped class that needs itself, when it is first made', async () => {
    @Controller()
    class Circle {
      constructor(readonly context: MessageContext) {}
      @MessageMapping('/circle')
      handle(): void {
        this.context.resolve('chicken');
      }
    }
    const logger = new RecordingLogger();
    const container = globalContainer.createChildContainer();
    container.register('chicken', {
      useFactory: messageScoped(function chicken(own) {
        return own.resolve('egg');
      }),
    });
    container.register('egg', {
      useFactory: messageScoped(function egg(own) {
        return own.resolve('chicken');
      }),
    });
    await using application = create({ controllers: [Circle], container, logger });
    const alice = await connect(application);
    await alice.subscribe('/user/queue/errors');

    await alice.send('/app/circle').catch(() => undefined);

    const failure = logger.lines.find(({ level }) => level === 'error')?.details['error'];
    expect((failure as Error).message).toBe(
      'chicken: it needs itself, and a circle of constructors has no beginning; break the circle',
    );
  });
});
