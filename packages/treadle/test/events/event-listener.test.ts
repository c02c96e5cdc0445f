import 'reflect-metadata';
import { connect } from '@treadle/testing';
import {
  type Application,
  ApplicationEvents,
  BrokerAvailabilityEvent,
  Controller,
  createApplication,
  EventListener,
  type Logger,
  SessionConnectedEvent,
  SessionDisconnectEvent,
  SessionEvent,
  SessionScoped,
  silentLogger,
  SubscriptionActiveEvent,
} from '../../src/index';
import { RecordingLogger } from '../broker/broker-under-test';
import { BrokerElsewhere } from '../broker-elsewhere';
import { findingsOfStart } from '../findings';

class OrderPlaced {
  constructor(readonly id: number) {}
}

let heard: string[] = [];
let application: Application;

beforeEach(() => (heard = []));
afterEach(() => application?.stop());

function create(services: (new (...args: never[]) => object)[], logger: Logger = silentLogger): Application {
  application = createApplication({ services: services as (new () => object)[], logger }); // injected by the container
  return application;
}

function messageOf(action: () => unknown): string {
  return findingsOfStart(action).join('\n');
}

describe('@EventListener (Spring Q6)', () => {
  test('a method of a service hears the events of its classes', async () => {
    class Doorman {
      @EventListener(SessionConnectedEvent)
      welcome({ session }: SessionConnectedEvent): void {
        heard.push(`connected ${session.id}`);
      }

      @EventListener(SubscriptionActiveEvent, SessionDisconnectEvent)
      note(event: SubscriptionActiveEvent | SessionDisconnectEvent): void {
        heard.push(event instanceof SubscriptionActiveEvent ? event.destination : event.reason);
      }
    }
    const client = await connect(create([Doorman]));

    await client.subscribe('/topic/a');
    await client.disconnect();

    expect(heard).toEqual([`connected ${client.sessionId}`, '/topic/a', 'DISCONNECT']);
  });

  test('a base class of events stands for all of them', async () => {
    class Journal {
      @EventListener(SessionEvent)
      note(event: SessionEvent): void {
        heard.push(event.constructor.name);
      }
    }
    const client = await connect(create([Journal]));

    await (await client.subscribe('/topic/a')).unsubscribe();
    await client.disconnect();

    expect(heard).toEqual([
      'SessionConnectEvent',
      'SessionConnectedEvent',
      'SessionSubscribeEvent',
      'SubscriptionActiveEvent',
      'SessionUnsubscribeEvent',
      'SessionDisconnectEvent',
    ]);
  });

  test('without a class the type of the parameter counts', async () => {
    class Ledger {
      @EventListener()
      note({ id }: OrderPlaced): void {
        heard.push(`order ${id}`);
      }
    }
    await create([Ledger]).start();

    await application.events.publish(new OrderPlaced(7));

    expect(heard).toEqual(['order 7']);
  });

  test('a controller may listen, and a service may publish', async () => {
    @Controller()
    class Shop {
      constructor(private readonly events: ApplicationEvents) {}

      @EventListener(OrderPlaced)
      note({ id }: OrderPlaced): void {
        heard.push(`order ${id}`);
      }

      async onApplicationStart(): Promise<void> {
        await this.events.publish(new OrderPlaced(1));
      }
    }
    application = createApplication({ controllers: [Shop], logger: silentLogger });

    await application.start();

    expect(heard).toEqual(['order 1']);
  });

  test('an event that is of several of its classes is told once', async () => {
    class Counter {
      @EventListener(SessionEvent, SessionConnectedEvent)
      note(event: SessionEvent): void {
        if (event instanceof SessionConnectedEvent) heard.push('connected');
      }

      @EventListener(OrderPlaced)
      @EventListener(Error)
      both(event: OrderPlaced | Error): void {
        heard.push(event instanceof Error ? 'error' : 'order');
      }
    }
    await connect(create([Counter]));

    void application.events.publish(new OrderPlaced(1));
    void application.events.publish(new Error('e'));

    expect(heard).toEqual(['connected', 'order', 'error']);
  });

  test('it is inherited, an overriding method is called in its place, and once', async () => {
    class Base {
      @EventListener(OrderPlaced)
      first(): void {
        heard.push('base');
      }

      @EventListener(OrderPlaced)
      second(): void {
        heard.push('never');
      }

      @EventListener(OrderPlaced)
      third(): void {
        heard.push('never');
      }
    }
    class Derived extends Base {
      override second(): void {
        heard.push('overridden');
      }

      @EventListener(OrderPlaced)
      override third(): void {
        heard.push('declared again');
      }
    }
    await create([Derived]).start();

    void application.events.publish(new OrderPlaced(1));

    expect(heard).toEqual(['base', 'overridden', 'declared again']);
  });

  test('a listener that fails is named in the log and disturbs nobody', async () => {
    class Failing {
      @EventListener(SessionConnectedEvent)
      async fail(): Promise<void> {
        await Promise.resolve();
        throw new Error('no');
      }
    }
    const logger = new RecordingLogger();
    const client = await connect(create([Failing], logger));

    await client.subscribe('/topic/a');

    expect(logger.lines).toContainEqual({
      level: 'error',
      message: 'a listener of SessionConnectedEvent failed',
      details: { error: new Error('no'), listener: 'Failing.fail', sessionId: client.sessionId },
    });
  });

  test('a stop ends it', async () => {
    class Ledger {
      @EventListener(OrderPlaced)
      note(): void {
        heard.push('told');
      }
    }
    await create([Ledger]).start();

    await application.stop();
    void application.events.publish(new OrderPlaced(1));

    expect(heard).toEqual([]);
  });
});

describe('mistakes with @EventListener fail the start', () => {
  test('each with class, method and cure, all at once', () => {
    class Wrong {
      @EventListener()
      nothing(): void {}

      @EventListener()
      any(_event: unknown): void {}

      // @ts-expect-error -- a circular import gives undefined
      @EventListener(undefined)
      circular(): void {}

      @EventListener(OrderPlaced)
      *generator(): Iterable<number> {
        yield 1;
      }

      // @ts-expect-error -- events come alone
      @EventListener(OrderPlaced)
      two(_event: OrderPlaced, _more: string): void {}

      @EventListener(OrderPlaced)
      static ofTheClass(): void {}
    }
    Reflect.decorate([EventListener(OrderPlaced) as PropertyDecorator], Wrong.prototype, 'property'); // as JavaScript may

    const message = messageOf(() => create([Wrong]));

    expect(message.split('\n').toSorted()).toEqual([
      'Wrong.any: @EventListener: Object is not a class of events; write the class of the event, such as @EventListener(SessionConnectedEvent)',
      'Wrong.circular: @EventListener: one of its classes is undefined, by a circular import; import it from its own file',
      'Wrong.generator: @EventListener: it is a generator, and nobody runs it; return nothing or a promise',
      'Wrong.nothing: @EventListener: it names no event; write @EventListener(SessionConnectedEvent)',
      'Wrong.ofTheClass: @EventListener: it is static; make it a method of instances',
      'Wrong.property: @EventListener: it is not a method; declare it as one, not as a property or accessor',
      'Wrong.two: @EventListener: it takes more than the event; leave the other parameters away',
    ]);
  });

  test('a parameter of another type does not compile', () => {
    class Wrong {
      // @ts-expect-error -- the parameter is not of the class
      @EventListener(SessionConnectedEvent)
      note(_event: OrderPlaced & { other: string }): void {}
    }

    expect(() => create([Wrong])).not.toThrow();
  });
});

test('a listener in a class that is made per session is a mistake: nobody would know which one to call', () => {
  @SessionScoped()
  class PerSession {
    @EventListener(OrderPlaced)
    note(): void {}
  }

  expect(messageOf(() => create([PerSession]))).toContain(
    'PerSession.note: @EventListener: its class is @SessionScoped(), so there is no one instance to call; move the method to a service that is not',
  );
});

describe('the availability of the broker (Spring Q5, M24)', () => {
  class Health {
    @EventListener(BrokerAvailabilityEvent)
    note({ isAvailable }: BrokerAvailabilityEvent): void {
      heard.push(`${isAvailable} ${application.isBrokerAvailable}`);
    }

    onApplicationStart(): void {
      heard.push('start');
    }

    onApplicationStop(): void {
      heard.push('stop');
    }
  }

  test('is told to services once they exist, before they start, and when the broker has stopped', async () => {
    create([Health]);
    const before = application.isBrokerAvailable;

    await application.start();
    await application.stop();

    expect(before).toBe(false);
    expect(heard).toEqual(['true true', 'start', 'stop', 'false false']);
  });

  test('says of which broker, and why it is away', async () => {
    const broker = new BrokerElsewhere();
    const told: BrokerAvailabilityEvent[] = [];
    application = createApplication({ logger: silentLogger, broker: broker.create });
    application.events.on(BrokerAvailabilityEvent, (event) => void told.push(event));
    await application.start();

    broker.become({
      status: 'up',
      since: '2026-01-01T00:00:00.000Z',
      address: 'stomp://one:61613',
      server: 'RabbitMQ/3.10.8',
    });
    broker.become({
      status: 'down',
      since: '2026-01-01T00:00:01.000Z',
      address: 'stomp://one:61613',
      reason: 'it went',
    });

    expect(told).toEqual([
      { isAvailable: true, address: 'stomp://one:61613', server: 'RabbitMQ/3.10.8', reason: undefined },
      { isAvailable: false, address: 'stomp://one:61613', server: undefined, reason: 'it went' },
    ]);
  });

  test('is told on a change only', async () => {
    let report: (isAvailable: boolean) => void = () => {};
    application = createApplication({
      services: [Health],
      logger: silentLogger,
      broker: ({ reportAvailability }) => {
        report = reportAvailability;
        return {
          destinationPrefixes: ['/topic'],
          handles: () => false,
          handleMessage() {},
          start() {},
          stop: () => report(false),
        };
      },
    });

    await application.start();
    for (const isAvailable of [false, true, true, false, false, true]) report(isAvailable);
    await application.stop();

    expect(heard).toEqual(['start', 'true true', 'false false', 'true true', 'stop', 'false false']);
  });
});
