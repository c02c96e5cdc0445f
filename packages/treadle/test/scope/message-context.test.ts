import { connect, FakeClock } from '@treadle/testing';
import { injectable } from 'tsyringe';
import {
  type Application,
  type ApplicationOptions,
  type ChannelInterceptor,
  Concurrent,
  Controller,
  createApplication,
  EventListener,
  Message,
  MessageContext,
  MessageExceptionHandler,
  MessageMapping,
  NativeHeaders,
  Payload,
  Scheduled,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SessionScoped,
  SubscribeMapping,
  SubscriptionActiveEvent,
} from '../../src/index';
import { RecordingLogger } from '../annotation/fixture';

const create = (options: ApplicationOptions): Application =>
  createApplication({
    logger: new RecordingLogger(),
    statsIntervalMs: 0,
    authenticate: ({ login }) => (login === undefined ? undefined : { name: login }),
    ...options,
  });

/** What the context says, in words. */
const seen = ({ message, session, user }: MessageContext): string =>
  `${message?.type ?? 'no message'} ${message?.destination ?? ''} of ${user?.name ?? 'nobody'}${session ? '' : ', no session'}`;

/** A service far from any handler. */
@injectable()
class Audit {
  readonly entries: string[] = [];
  constructor(readonly context: MessageContext) {}
  note(where: string): void {
    this.entries.push(`${where}: ${seen(this.context)}`);
  }
}

describe('the message context', () => {
  it('is known in a service that a handler calls, now and after whatever it awaits', async () => {
    @Controller()
    class Shop {
      constructor(readonly audit: Audit) {}
      @MessageMapping('/order')
      async order(): Promise<void> {
        this.audit.note('now');
        await new Promise((resolve) => setImmediate(resolve));
        this.audit.note('later');
        await new Promise<void>((resolve) => {
          setTimeout(() => {
            this.audit.note('in a timer');
            resolve();
          }, 0);
        });
      }
    }
    await using application = create({ controllers: [Shop], services: [Audit] });
    const alice = await connect(application, { login: 'alice' });

    await alice.send('/app/order');

    const audit = application.container.resolve(Audit);
    expect(audit.entries).toEqual([
      'now: MESSAGE /app/order of alice',
      'later: MESSAGE /app/order of alice',
      'in a timer: MESSAGE /app/order of alice',
    ]);
    expect(seen(audit.context)).toBe('no message  of nobody, no session');
  });

  it('is known in interceptors of the inbound channel, before and after the handler (Spring R3)', async () => {
    const entries: string[] = [];
    const interceptor: ChannelInterceptor = {
      preSend(message) {
        entries.push(`preSend ${seen(application.messageContext)}`);
        return message;
      },
      afterSendCompletion() {
        entries.push(`after ${seen(application.messageContext)}`);
      },
    };
    await using application: Application = create({
      interceptors: { clientInbound: [interceptor] },
      messageContext: true,
    });
    const alice = await connect(application, { login: 'alice' });
    entries.length = 0;

    await alice.subscribe('/topic/a');

    expect(entries).toEqual(['preSend SUBSCRIBE /topic/a of alice', 'after SUBSCRIBE /topic/a of alice']);
  });

  it('is that of the message as an interceptor left it, for its handler', async () => {
    let message: Message | undefined;
    @Controller()
    class Shop {
      constructor(readonly context: MessageContext) {}
      @MessageMapping('/order')
      order(): void {
        ({ message } = this.context);
      }
    }
    await using application = create({
      controllers: [Shop],
      interceptors: {
        clientInbound: [
          {
            preSend: (given) =>
              given.with({ headers: NativeHeaders.of({ ...given.headers.toObject(), tenant: 'tea' }) }),
          },
        ],
      },
    });
    const alice = await connect(application);

    await alice.send('/app/order');

    expect(message?.headers.get('tenant')).toBe('tea');
  });

  it('is known, without a message, in listeners of session events (Spring Q6)', async () => {
    @injectable()
    class Listener {
      constructor(readonly audit: Audit) {}
      @EventListener(SessionConnectedEvent, SubscriptionActiveEvent, SessionDisconnectEvent)
      async hear(event: object): Promise<void> {
        await Promise.resolve();
        this.audit.note(event.constructor.name);
      }
    }
    await using application = create({ services: [Audit, Listener] });
    const alice = await connect(application, { login: 'alice' });
    await alice.subscribe('/topic/a');

    await alice.disconnect();
    await application.stop();

    expect(application.container.resolve(Audit).entries).toEqual([
      'SessionConnectedEvent: no message  of alice',
      'SubscriptionActiveEvent: no message  of alice',
      'SessionDisconnectEvent: no message  of alice',
    ]);
  });

  it('is known in a stream as long as it goes on, and in its finally block', async () => {
    @Controller()
    class Ticker {
      constructor(readonly audit: Audit) {}
      @SubscribeMapping('/ticks')
      async *ticks(): AsyncIterable<number> {
        try {
          this.audit.note('begun');
          yield 1;
          await new Promise((resolve) => setImmediate(resolve));
          this.audit.note('later');
          yield 2;
        } finally {
          this.audit.note('stopped');
        }
      }
      @SubscribeMapping('/endless')
      async *endless(): AsyncIterable<number> {
        try {
          for (let count = 0; ; count += 1) {
            yield count;
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          this.audit.note('endless stopped');
        }
      }
    }
    await using application = create({ controllers: [Ticker], services: [Audit] });
    const alice = await connect(application, { login: 'alice' });

    const ticks = await alice.subscribe('/app/ticks');
    await ticks.next();
    await ticks.next();
    const endless = await alice.subscribe('/app/endless');
    await endless.next();
    await endless.unsubscribe();
    await alice.disconnect();
    await application.stop();

    expect(application.container.resolve(Audit).entries).toEqual([
      'begun: SUBSCRIBE /app/ticks of alice',
      'later: SUBSCRIBE /app/ticks of alice',
      'stopped: SUBSCRIBE /app/ticks of alice',
      'endless stopped: SUBSCRIBE /app/endless of alice',
    ]);
  });

  it('is known in exception handlers', async () => {
    @Controller()
    class Shop {
      constructor(readonly audit: Audit) {}
      @MessageMapping('/order')
      async order(): Promise<void> {
        await Promise.resolve();
        throw new RangeError('sold out');
      }
      @MessageExceptionHandler()
      onRangeError(_error: RangeError): void {
        this.audit.note('failed');
      }
    }
    await using application = create({ controllers: [Shop], services: [Audit] });
    const alice = await connect(application, { login: 'alice' });

    await alice.send('/app/order');

    expect(application.container.resolve(Audit).entries).toEqual(['failed: MESSAGE /app/order of alice']);
  });

  it('does not mix sessions that are served at the same time, nor messages of one session', async () => {
    const waiting: (() => void)[] = [];
    const mixed: string[] = [];
    let served = 0;
    @Controller()
    class Shop {
      constructor(readonly context: MessageContext) {}
      @MessageMapping('/order')
      @Concurrent(10)
      async order(@Payload() name: string): Promise<void> {
        for (let round = 0; round < 5; round += 1) {
          await new Promise<void>((resolve) => waiting.push(resolve));
          const payload = Buffer.from(this.context.message?.payload ?? []).toString();
          const isOwn = payload === name && name.startsWith(String(this.context.user?.name));
          if (!isOwn) mixed.push(`${name} saw ${payload}`);
        }
        served += 1;
      }
    }
    await using application = create({ controllers: [Shop] });
    const names = ['alice', 'bob', 'carol'];
    const clients = await Promise.all(names.map((login) => connect(application, { login })));

    const sent = clients.flatMap((client, index) =>
      [1, 2, 3].map((count) => client.send('/app/order', `${names[index]} ${count}`)),
    );
    // Nine times five waits, ended in an order that has nothing to do with theirs.
    for (let ended = 0; ended < 45; ended += 1) {
      while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
      waiting.splice(Math.floor(waiting.length / 2), 1)[0]?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(sent);

    expect(served).toBe(9);
    expect(mixed).toEqual([]);
  });

  it('is that of the inner message when a handler sends one to the inbound channel itself', async () => {
    @Controller()
    class Chain {
      constructor(readonly audit: Audit) {}
      @MessageMapping('/outer')
      async outer(): Promise<void> {
        const { session } = this.audit.context;
        await application.clientInboundChannel.send(
          new Message({ type: 'MESSAGE', payload: new Uint8Array(0), destination: '/app/inner', session }),
        );
        this.audit.note('outer');
      }
      @MessageMapping('/inner')
      inner(): void {
        this.audit.note('inner');
      }
    }
    await using application: Application = create({ controllers: [Chain], services: [Audit] });
    const alice = await connect(application, { login: 'alice' });

    await alice.send('/app/outer');

    expect(application.container.resolve(Audit).entries).toEqual([
      'inner: MESSAGE /app/inner of alice',
      'outer: MESSAGE /app/outer of alice',
    ]);
  });

  it('reaches the attributes of the session while its handler runs (Spring R1, R3)', async () => {
    const seenTenants: unknown[] = [];
    @injectable()
    class Tenants {
      constructor(readonly context: MessageContext) {}
      get current(): unknown {
        return this.context.session?.attributes.get('tenant');
      }
    }
    @Controller()
    class Shop {
      constructor(readonly tenants: Tenants) {}
      @MessageMapping('/order')
      async order(): Promise<void> {
        await Promise.resolve();
        seenTenants.push(this.tenants.current);
      }
    }
    await using application = create({ controllers: [Shop], services: [Tenants] });
    const inTea = { handshake: { attributes: new Map([['tenant', 'tea']]) } };
    const alice = await connect(application, inTea);
    const bob = await connect(application);

    await alice.send('/app/order');
    await bob.send('/app/order');

    expect(seenTenants).toEqual(['tea', undefined]);
    expect(application.container.resolve(Tenants).current).toBeUndefined();
  });

  it('is unknown in scheduled methods', async () => {
    const clock = new FakeClock();
    @injectable()
    class Timer {
      constructor(readonly audit: Audit) {}
      @Scheduled({ fixedRate: 10 })
      run(): void {
        this.audit.note('run');
      }
    }
    await using application = create({ services: [Audit, Timer], clock });
    await application.start();

    await clock.advance(0);

    expect(application.container.resolve(Audit).entries).toEqual(['run: no message  of nobody, no session']);
  });

  it('resolves scoped classes for a service of which there is one', async () => {
    @SessionScoped()
    class Cart {
      readonly items: string[] = [];
    }
    const carts: Cart[] = [];
    @injectable()
    class Pricing {
      constructor(readonly context: MessageContext) {}
      price(): number {
        const cart = this.context.resolve(Cart);
        carts.push(cart);
        return cart.items.length;
      }
    }
    @Controller()
    class Shop {
      constructor(
        readonly pricing: Pricing,
        readonly context: MessageContext,
      ) {}
      @MessageMapping('/price')
      async price(): Promise<void> {
        await Promise.resolve();
        this.pricing.price();
      }
    }
    await using application = create({ controllers: [Shop], services: [Pricing] });
    const alice = await connect(application);
    const bob = await connect(application);

    await alice.send('/app/price');
    await alice.send('/app/price');
    await bob.send('/app/price');

    expect(carts[1]).toBe(carts[0]);
    expect(carts[2]).not.toBe(carts[0]);
  });

  it('is off, and costs nothing but the question, until somebody injects it or asks the application for it', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks');
    const run = jest.spyOn(AsyncLocalStorage.prototype, 'run');
    @Controller()
    class Shop {
      @MessageMapping('/order')
      order(): void {}
    }
    await using application = create({ controllers: [Shop] });
    const alice = await connect(application, { login: 'alice' });
    await alice.send('/app/order');
    const callsBefore = run.mock.calls.length;

    void application.messageContext;
    await alice.send('/app/order');

    expect(callsBefore).toBe(0);
    expect(run.mock.calls.length).toBeGreaterThan(0);
    run.mockRestore();
  });
});
