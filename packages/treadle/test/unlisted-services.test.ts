import 'reflect-metadata';
import { connect, FakeClock } from '@treadle/testing';
import { container as globalContainer, inject, injectable, singleton } from 'tsyringe';
import {
  type ApplicationOptions,
  Controller,
  ControllerAdvice,
  createApplication,
  EventListener,
  type HandlerInterceptor,
  MessageExceptionHandler,
  MessageMapping,
  MessageScoped,
  type OnApplicationStart,
  type OnApplicationStop,
  Scheduled,
  SessionConnectedEvent,
  SessionScoped,
  silentLogger,
  UseInterceptors,
} from '../src/index';
import { findingsOfStart } from './findings';

let log: string[] = [];
beforeEach(() => {
  log = [];
});

/** Writes down what the application calls of it. */
@injectable()
class Feed implements OnApplicationStart, OnApplicationStop {
  onApplicationStart(): void {
    log.push(`${this.constructor.name} starts`);
  }
  onApplicationStop(): void {
    log.push(`${this.constructor.name} stops`);
  }
  @Scheduled({ fixedRate: 100, initialDelay: 100 }) tick(): void {
    log.push(`${this.constructor.name} ticks`);
  }
  @EventListener(SessionConnectedEvent) greet(): void {
    log.push(`${this.constructor.name} hears`);
  }
}

const quiet = (options: ApplicationOptions): ReturnType<typeof createApplication> =>
  createApplication({ logger: silentLogger, ...options });

const findingsOf = (options: ApplicationOptions): readonly string[] => findingsOfStart(() => quiet(options));

describe('a class that acts by itself and that only constructors name', () => {
  it('is started, scheduled, told of events and stopped as if it were listed, one instance for all', async () => {
    @Controller()
    class Prices {
      constructor(readonly feed: Feed) {}
      @MessageMapping('/price') price(): void {}
    }
    @injectable()
    class Archive {
      constructor(readonly feed: Feed) {}
    }
    const clock = new FakeClock();
    const application = quiet({ controllers: [Prices], services: [Archive], clock });
    await connect(application);
    await clock.advance(100);
    await application.stop();

    expect(log).toEqual(['Feed starts', 'Feed hears', 'Feed ticks', 'Feed stops']);
    expect(application.container.resolve(Archive).feed).toBe(application.container.resolve(Prices).feed);
  });

  it.each([
    [
      'an advice',
      () => {
        @ControllerAdvice()
        class Advice {
          constructor(readonly feed: Feed) {}
          @MessageExceptionHandler(Error) on(): void {}
        }
        @Controller()
        class Echo {
          @MessageMapping('/echo') echo(): void {}
        }
        return { controllers: [Echo, Advice] };
      },
    ],
    [
      'a handler interceptor',
      () => {
        @injectable()
        class Guard implements HandlerInterceptor {
          constructor(readonly feed: Feed) {}
          beforeHandle(): void {}
        }
        @Controller()
        @UseInterceptors(Guard)
        class Echo {
          @MessageMapping('/echo') echo(): void {}
        }
        return { controllers: [Echo] };
      },
    ],
    [
      'a session-scoped controller',
      () => {
        @Controller()
        @SessionScoped()
        class Echo {
          constructor(readonly feed: Feed) {}
          @MessageMapping('/echo') echo(): void {}
        }
        return { controllers: [Echo] };
      },
    ],
    [
      'a token that is the class, behind a class that does nothing by itself',
      () => {
        @injectable()
        class Between {
          constructor(@inject(Feed) readonly feed: Feed) {}
        }
        @injectable()
        class Service {
          constructor(readonly between: Between) {}
        }
        return { services: [Service] };
      },
    ],
  ])('is reached through %s', async (_what, options) => {
    const application = quiet(options());
    await connect(application);
    await application.stop();

    expect(log).toEqual(['Feed starts', 'Feed hears', 'Feed stops']);
  });

  it('starts before what needs it and stops after; what is listed keeps its order', async () => {
    @injectable()
    class Deep extends Feed {}
    @injectable()
    class Middle extends Feed {
      constructor(readonly deep: Deep) {
        super();
      }
    }
    @injectable()
    class Listed extends Feed {}
    @injectable()
    class First extends Feed {}
    @injectable()
    class Needy extends Feed {
      constructor(
        readonly listed: Listed,
        readonly middle: Middle,
      ) {
        super();
      }
    }
    const application = quiet({ services: [First, Needy, Listed] });
    await application.start();
    await application.stop();

    const order = ['First', 'Deep', 'Middle', 'Needy', 'Listed'];
    expect(log).toEqual([
      ...order.map((name) => `${name} starts`),
      ...order.toReversed().map((name) => `${name} stops`),
    ]);
    expect(application.describe().services.map(({ name }) => name)).toEqual([
      'First',
      'Needy',
      'Listed',
      'Deep',
      'Middle',
    ]);
    expect(application.describe().scheduledMethods.map(({ name }) => name)).toEqual(
      order.map((name) => `${name}.tick`),
    );
  });

  it('is checked like a listed one', () => {
    @injectable()
    class Missing {
      constructor(@inject('url') readonly url: string) {}
      onApplicationStart(): void {}
      @Scheduled({ fixedRate: 0 }) tick(): void {}
    }
    @injectable()
    class Service {
      constructor(readonly missing: Missing) {}
    }

    expect(findingsOf({ services: [Service] })).toEqual([
      "Missing.tick: @Scheduled: fixedRate is '0'; give a number of milliseconds from 1 on",
      "Missing, constructor parameter 0: nobody provides 'url'; register it before createApplication: container.register('url', …), and give that container as the option",
    ]);
  });

  it('must not hold what lives shorter than the application', () => {
    @MessageScoped()
    class Work {}
    @injectable()
    class Holder {
      constructor(readonly work: Work) {}
      onApplicationStart(): void {}
    }
    @MessageScoped()
    class Other {
      constructor(readonly holder: Holder) {}
    }

    expect(findingsOf({ services: [Other] })).toEqual([
      expect.stringMatching(
        /^Holder: it is made once for the application, but its constructor parameter 0 is Work, which is @MessageScoped\(\)/,
      ),
    ]);
  });

  it('is named in a finding when there is one per session or message', () => {
    @SessionScoped()
    class Cart {
      @Scheduled({ fixedRate: 1 }) expire(): void {}
      @EventListener(SessionConnectedEvent) on(): void {}
    }
    @Controller()
    @SessionScoped()
    class Shop {
      constructor(readonly cart: Cart) {}
      @MessageMapping('/shop') shop(): void {}
    }

    expect(findingsOf({ controllers: [Shop] })).toEqual([
      expect.stringContaining('Cart.expire: @Scheduled: its class is @SessionScoped()'),
      expect.stringContaining('Cart.on: @EventListener: its class is @SessionScoped()'),
    ]);
  });

  it('cannot be made: that is told once, where it is needed', () => {
    @injectable()
    class Broken {
      constructor(readonly port: number) {}
      onApplicationStart(): void {}
    }
    @injectable()
    class Service {
      constructor(readonly broken: Broken) {}
    }

    expect(findingsOf({ services: [Service] })).toEqual([
      expect.stringMatching(/^Service, constructor parameter 0: nobody provides Broken, and it cannot be constructed/),
    ]);
  });

  it('may need itself in a circle, which is told once', () => {
    class Second {
      onApplicationStart(): void {}
    }
    @injectable()
    class First {
      constructor(readonly second: Second) {}
      onApplicationStart(): void {}
    }
    injectable()(Second);
    Reflect.defineMetadata('design:paramtypes', [First], Second);
    Object.defineProperty(Second, 'length', { value: 1 });
    @injectable()
    class Service {
      constructor(readonly first: First) {}
    }

    expect(findingsOf({ services: [Service] })).toEqual([
      expect.stringMatching(/^Second: it needs itself: Second → First → Second/),
    ]);
  });
});

describe('a class that acts by itself and that somebody else registered', () => {
  @injectable()
  class Service {
    constructor(readonly feed: Feed) {}
  }
  const WARNING =
    'Feed: it has onApplicationStart, which nobody calls: it was registered by somebody else, and is not listed; list Feed in `services`';

  const warningsOf = (options: ApplicationOptions): readonly string[] =>
    quiet(options)
      .describe()
      .warnings.filter(({ severity }) => severity === 'warning')
      .map(({ location, problem, cure }) => `${location}: ${problem}; ${cure}`);

  it('as a value is left alone, and warned of; listed it is the application’s', async () => {
    const container = globalContainer.createChildContainer();
    const feed = new Feed();
    container.registerInstance(Feed, feed);

    expect(warningsOf({ services: [Service], container })).toEqual([WARNING]);
    await using alone = quiet({ services: [Service], container });
    await alone.start();
    expect(log).toEqual([]);

    expect(warningsOf({ services: [Service, Feed], container })).toEqual([]);
    await using listed = quiet({ services: [Service, Feed], container });
    await listed.start();
    expect(log).toEqual(['Feed starts']);
  });

  it('as a singleton of the process is warned of: two applications would run it', () => {
    @singleton()
    class Shared extends Feed {}
    @injectable()
    class User {
      constructor(readonly shared: Shared) {}
    }

    expect(warningsOf({ services: [User] })).toEqual([WARNING.replaceAll('Feed', 'Shared')]);
    expect(warningsOf({ services: [User, Shared] })).toEqual([]);
  });

  it('without anything that acts by itself is not warned of', () => {
    @singleton()
    class Plain {}
    @injectable()
    class User {
      constructor(readonly plain: Plain) {}
    }

    expect(warningsOf({ services: [User] })).toEqual([]);
  });
});
