import 'reflect-metadata';
import { connect } from '@treadle/testing';
import { container as globalContainer, inject, injectable, singleton } from 'tsyringe';
import { type Application, createApplication } from '../src/application.js';
import { Controller, MessageMapping } from '../src/index.js';
import { ConfigurationError } from '../src/foundation/errors.js';
import { type Logger, silentLogger } from '../src/foundation/logger.js';
import { SimpMessagingTemplate } from '../src/messaging/messaging-template.js';
import type { ApplicationOptions, Constructor } from '../src/options.js';
import { ApplicationEvents } from '../src/events/application-events.js';
import { SessionConnectedEvent } from '../src/events/session-events.js';
import { SimpUserRegistry } from '../src/user/user-registry.js';

const quiet = (options: ApplicationOptions = {}): Application =>
  createApplication({ logger: silentLogger, ...options });

describe('injection', () => {
  it('names the place of a class that a circular import left undefined', () => {
    const missing = undefined as unknown as Constructor; // what a circular import leaves behind

    expect(() => quiet({ services: [missing] })).toThrow(/services\[0\]: it is undefined.*circular import/);
  });

  it('gives services and controllers the template, the events and the user registry of their application', async () => {
    @injectable()
    class Greeter {
      constructor(
        readonly template: SimpMessagingTemplate,
        readonly events: ApplicationEvents,
        readonly users: SimpUserRegistry,
      ) {}
    }
    @Controller()
    class GreetingController {
      constructor(readonly greeter: Greeter) {}
    }
    await using application = quiet({ controllers: [GreetingController], services: [Greeter] });
    await application.start();

    const greeter = application.container.resolve(Greeter);

    expect(greeter.template).toBe(application.template);
    expect(greeter.events).toBe(application.events);
    expect(greeter.users).toBe(application.users);
    expect(application.container.resolve(GreetingController).greeter).toBe(greeter);
  });

  it('lets a service publish what happens to sessions', async () => {
    @injectable()
    class Presence {
      constructor(template: SimpMessagingTemplate, events: ApplicationEvents, users: SimpUserRegistry) {
        events.on(SessionConnectedEvent, () => template.convertAndSend('/topic/online', users.userCount));
      }
    }
    await using application = quiet({
      services: [Presence],
      authenticate: ({ login = 'nobody' }) => ({ name: login }),
    });
    const alice = await connect(application, { login: 'alice' });
    const online = await alice.subscribe('/topic/online');

    await connect(application, { login: 'bob' });

    expect(await online.next()).toBe(2);
  });

  it('works for a listed class without any decorator of its own, if it has no parameters', async () => {
    class Plain {
      isStarted = false;
      onApplicationStart(): void {
        this.isStarted = true;
      }
    }
    await using application = quiet({ services: [Plain] });

    await application.start();

    expect(application.container.resolve(Plain).isStarted).toBe(true);
  });

  it('takes what a given container knows already', async () => {
    class Database {
      constructor(readonly url: string) {}
    }
    @Controller()
    class Repository {
      constructor(
        readonly database: Database,
        @inject('tenant') readonly tenant: string,
      ) {}
    }
    const container = globalContainer.createChildContainer();
    const database = new Database('sqlite::memory:');
    container.registerInstance(Database, database).registerInstance('tenant', 'acme');

    await using application = quiet({ controllers: [Repository], services: [Database], container });
    await application.start();

    const repository = container.resolve(Repository);
    expect(application.container).toBe(container);
    expect(repository.database).toBe(database);
    expect(repository.tenant).toBe('acme');
    expect(container.resolve(SimpMessagingTemplate)).toBe(application.template);
  });

  it('makes one instance per application, also of a listed class that is a singleton of the process', async () => {
    @singleton()
    class Counter {
      readonly template: SimpMessagingTemplate;
      constructor(template: SimpMessagingTemplate) {
        this.template = template;
      }
    }
    await using one = quiet({ services: [Counter] });
    await using other = quiet({ services: [Counter] });
    await one.start();
    await other.start();

    expect(one.container.resolve(Counter)).toBe(one.container.resolve(Counter));
    expect(one.container.resolve(Counter).template).toBe(one.template);
    expect(other.container.resolve(Counter).template).toBe(other.template);
  });
});

describe('a service that fails while the application starts', () => {
  it('by its onApplicationStart is named in the log, and start rejects with what it threw', async () => {
    const refused = new Error('connect ECONNREFUSED');
    const lines: unknown[] = [];
    class Database {
      async onApplicationStart(): Promise<void> {
        return Promise.reject(refused);
      }
    }
    const error: Logger['error'] = (message, details) => void lines.push([message, details?.['error']]);
    await using application = quiet({ services: [Database], logger: { ...silentLogger, error } });

    await expect(application.start()).rejects.toBe(refused);

    expect(lines).toEqual([['Database.onApplicationStart failed; the application does not start', refused]]);
  });

  it('by its constructor is told with what that threw, and not to register anything', async () => {
    const cause = new TypeError('no such table');
    @injectable()
    class Database {
      constructor() {
        throw cause;
      }
    }
    await using application = quiet({ services: [Database] });

    const failure: unknown = await application.start().catch((error: unknown) => error);

    expect(failure).toMatchObject({
      cause,
      message:
        'Database: it could not be constructed: no such table; see the cause, which a constructor or factory threw',
    });
  });

  it('by the constructor of what it needs is told with both classes', async () => {
    @injectable()
    class Database {
      constructor() {
        throw new TypeError('no such table');
      }
    }
    @injectable()
    class Orders {
      constructor(readonly database: Database) {}
    }
    await using application = quiet({ services: [Orders] });

    await expect(application.start()).rejects.toThrow(
      /^Orders: it could not be constructed: .*"database" at position #0 of "Orders".*no such table; see the cause/s,
    );
  });
});

describe('a constructor whose types are not known at run time', () => {
  /** A class as esbuild leaves it: with decorators, without types. */
  function withoutTypes(): Constructor {
    class Erased {
      constructor(readonly template: unknown) {}
    }
    return Erased;
  }

  it('fails at once, with class, parameter and cure', () => {
    const create = (): Application => quiet({ services: [withoutTypes()] });

    expect(create).toThrow(ConfigurationError);
    expect(create).toThrow(
      /Erased, constructor parameter 0: .*the class has no decorator, such as @injectable\(\), or the compiler emitted no types.*@injectable\(\).*emitDecoratorMetadata.*@inject\(token\)/s,
    );
  });

  it('fails at once for a parameter that is an interface', () => {
    @injectable()
    class Service {
      constructor(
        readonly template: SimpMessagingTemplate,
        readonly logger: Logger,
      ) {}
    }

    expect(() => quiet({ services: [Service] })).toThrow(
      /Service, constructor parameter 1: .*interface.*import type.*circular.*@inject\(token\)/s,
    );
  });

  it('fails at once for a parameter that is a primitive type', () => {
    @Controller()
    class Service {
      constructor(readonly port: number) {}
    }

    expect(() => quiet({ controllers: [Service] })).toThrow(
      'Service, constructor parameter 0: its type is not known at run time: it is an interface, a union or a primitive type, or its class comes by `import type` or from a circular import; import the class itself, or name what to inject with @inject(token)',
    );
  });

  it('is fine where each parameter is named by @inject', async () => {
    const Erased = withoutTypes();
    inject(SimpMessagingTemplate)(Erased, undefined, 0); // as a compiler without types would emit the decorator
    await using application = quiet({ services: [Erased] });

    await application.start();

    expect(application.container.resolve(Erased)).toHaveProperty('template', application.template);
  });

  it('does not matter for a class that the container makes by itself', async () => {
    const Erased = withoutTypes();
    const container = globalContainer.createChildContainer();
    container.register(Erased, { useFactory: () => new Erased('by hand') });
    await using application = quiet({ services: [Erased], container });

    await application.start();

    expect(application.container.resolve(Erased)).toHaveProperty('template', 'by hand');
  });

  it('that nobody can construct fails at once, naming class, parameter and cure', () => {
    class Missing {
      constructor(readonly url: string) {}
    }
    @injectable()
    class Service {
      constructor(readonly missing: Missing) {}
    }
    expect(() => quiet({ services: [Service] })).toThrow(
      /Service, constructor parameter 0: nobody provides Missing, .*cannot be constructed.*decorate Missing with @injectable\(\)/,
    );
  });
});

describe('start and stop hooks', () => {
  /** A class that writes down its hooks. */
  function recording(name: string, log: string[], failing?: 'start' | 'stop'): Constructor {
    return class {
      async onApplicationStart(): Promise<void> {
        log.push(`${name} starts`);
        await Promise.resolve();
        if (failing === 'start') throw new Error(`${name} cannot start`);
        log.push(`${name} runs`);
      }

      async onApplicationStop(): Promise<void> {
        await Promise.resolve();
        if (failing === 'stop') throw new Error(`${name} cannot stop`);
        log.push(`${name} stopped`);
      }
    };
  }

  it('run one after the other in the order given, services before controllers, and back again', async () => {
    const log: string[] = [];
    const First = recording('first', log);
    const Second = recording('second', log);
    @Controller()
    class LastController extends recording('controller', log) {
      @MessageMapping('/x')
      handle(): void {}
    }
    const application = quiet({ controllers: [LastController], services: [First, Second, First] });

    await application.start();
    await application.start();
    await application.stop();

    expect(log).toEqual([
      'first starts',
      'first runs',
      'second starts',
      'second runs',
      'controller starts',
      'controller runs',
      'controller stopped',
      'second stopped',
      'first stopped',
    ]);
  });

  it('start before the first connection and stop after the last session', async () => {
    const log: string[] = [];
    const application = quiet({ services: [recording('service', log)] });
    const client = await connect(application);
    log.push('connected');
    void client.closed.then(() => log.push('session ended'));

    await application.stop();

    expect(log).toEqual(['service starts', 'service runs', 'connected', 'session ended', 'service stopped']);
  });

  it('that fail to stop are logged and keep no other from stopping', async () => {
    const log: string[] = [];
    const errors: string[] = [];
    const logger = { ...silentLogger, error: (message: string) => errors.push(message) };
    class Failing extends recording('failing', log, 'stop') {}
    const application = createApplication({
      logger,
      services: [recording('first', log), Failing, recording('last', log)],
    });
    await application.start();
    log.length = 0;

    await application.stop();

    expect(log).toEqual(['last stopped', 'first stopped']);
    expect(errors).toEqual(['Failing.onApplicationStop failed']);
  });

  it('that fail to start fail the start; stopping then stops what had started, and nothing else', async () => {
    const log: string[] = [];
    const services = [recording('first', log), recording('failing', log, 'start'), recording('last', log)];
    const application = quiet({ services });

    await expect(application.listen(0, '127.0.0.1')).rejects.toThrow('failing cannot start');
    await application.stop();

    expect(log).toEqual(['first starts', 'first runs', 'failing starts', 'first stopped']);
  });
});
