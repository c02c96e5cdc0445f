import 'reflect-metadata';
import { container as globalContainer, delay, inject, injectable, singleton } from 'tsyringe';
import {
  type ApplicationOptions,
  type ConfigurationError,
  type Constructor,
  Controller,
  ControllerAdvice,
  createApplication,
  DestinationVariable,
  MessageExceptionHandler,
  MessageMapping,
  SendTo,
  SessionScoped,
  silentLogger,
  simpleBroker,
  SimpMessagingTemplate,
} from '../../src/index';
import { findingsOfStart } from '../findings';
import { makeForeignController } from './foreign-copy';
import { RecordingLogger } from '../annotation/fixture';

const findingsOf = (options: ApplicationOptions): readonly string[] =>
  findingsOfStart(() => createApplication({ logger: silentLogger, ...options }));

@Controller()
class Echo {
  @MessageMapping('/echo/{room}')
  @SendTo('/topic/echo/{room}')
  echo(@DestinationVariable('room') room: string): string {
    return room;
  }
}

describe('all findings', () => {
  test('of all parts come in one error, as data and as a numbered list', () => {
    class Service {
      constructor(readonly url: string) {}
    }
    injectable()(Service);
    Reflect.defineMetadata('design:paramtypes', [String], Service);
    let thrown: ConfigurationError | undefined;
    try {
      createApplication({
        controllers: [class Forgotten {}],
        services: [Service],
        endpoints: ['ws'],
        limits: { sessions: 0 },
        heartBeat: { sends: -1 },
        concurrency: 0,
        statsIntervalMs: -1,
        messageConverters: { defaults: false },
        replyHeaders: ['content-length'],
        broker: simpleBroker({ destinationPrefixes: [] }),
      });
    } catch (error) {
      thrown = error as ConfigurationError; // looked at below
    }

    expect(thrown?.code).toBe('CONFIGURATION_INVALID');
    expect(thrown?.findings.map(({ location, severity }) => `${severity} ${location}`)).toEqual([
      'error limits.sessions',
      'error messageConverters',
      'error concurrency',
      'error simpleBroker, destinationPrefixes',
      'error replyHeaders',
      'error Forgotten',
      'error heartBeat.sends',
      'error statsIntervalMs',
      "error endpoint 'ws'",
      'error Service, constructor parameter 0',
    ]);
    expect(thrown?.message).toMatch(
      /^10 mistakes keep the application from starting:\n\n1\. limits\.sessions\n {3}it is 0\n {3}→ give a number from 1 on\n\n2\. /,
    );
    expect(thrown?.message).toContain('\n\n10. Service, constructor parameter 0\n    its type');
  });

  test('one alone stands on one line', () => {
    expect(() => createApplication({ endpoints: ['ws'] })).toThrow(
      /^endpoint 'ws': its path does not begin with a slash; write endpoints: \['\/ws'\]$/,
    );
  });

  test('a broker that cannot be made does not hide or add others: its prefixes are not known', () => {
    const broker = simpleBroker({ destinationPrefixes: ['/topic/*'] });

    expect(findingsOf({ broker, applicationDestinationPrefixes: ['/topic'] })).toEqual([
      "simpleBroker, destinationPrefixes: the prefix '/topic/*' holds a wildcard, and prefixes are plain text; write what stands before the wildcard",
    ]);
  });
});

describe('a name that is nearly right', () => {
  test('of a destination variable is guessed', () => {
    @Controller()
    class Rooms {
      @MessageMapping('/rooms/{roomId}') enter(@DestinationVariable('roomid') _room: string) {}
    }

    expect(findingsOf({ controllers: [Rooms] })).toEqual([
      "Rooms.enter, parameter 0: @DestinationVariable('roomid') needs the variable 'roomid', but the mapping is '/rooms/{roomId}'; did you mean 'roomId'?",
    ]);
  });
});

describe('classes in lists', () => {
  class Plain {}

  test('what is no class is reported with its place', () => {
    const given = [new Plain(), () => undefined, 'Plain', undefined] as unknown as Constructor[]; // JavaScript may list anything

    expect(findingsOf({ services: given })).toEqual([
      'services[0]: it is an object of Plain, and classes are listed; list Plain, and give the object to the container: container.registerInstance(Plain, object)',
      'services[1]: it is a function and no class; list classes',
      'services[2]: it is Plain and no class; list classes',
      'services[0]: it is undefined: its file is probably part of a circular import; break the circle, or import the class from its own file',
    ]);
  });

  test('controllers and advices among the services, and mappings in plain services, would answer nothing', () => {
    @ControllerAdvice()
    class Advice {
      @MessageExceptionHandler(Error) on() {}
    }
    class Half {
      @MessageMapping('/half') half() {}
    }

    expect(findingsOf({ services: [Echo, Advice, Half] })).toEqual([
      'Echo: it is a @Controller() among the services, where its methods answer nothing; list it in `controllers`',
      'Advice: it is a @ControllerAdvice() among the services, where nobody asks it; list it in `controllers`',
      'Half.half: it is a mapping in a class that is no @Controller(), so it answers nothing; decorate the class with @Controller() and list it in `controllers`',
    ]);
  });

  test('a controller in both lists is one controller', () => {
    expect(findingsOf({ services: [Echo], controllers: [Echo] })).toEqual([]);
  });

  test('a controller without mapping and decorator belongs to the services', () => {
    expect(findingsOf({ controllers: [Plain] })).toEqual([
      'Plain: it has no @Controller(); decorate the class with it, or list it in `services` if it answers no messages',
    ]);
  });

  test('one that another copy of Treadle decorated is found', async () => {
    const Foreign = await makeForeignController();

    expect(findingsOf({ controllers: [Foreign] })).toEqual([
      'Foreign: it was decorated by another copy of Treadle than the one that makes the application; let all packages use one copy: `npm ls treadle` shows where they are',
    ]);
  });

  test('a second reflect-metadata that forgot what was written is found', () => {
    const { getMetadata } = Reflect;
    Reflect.getMetadata = () => undefined;
    try {
      expect(findingsOf({}).join()).toContain('reflect-metadata: it was loaded a second time after Treadle');
    } finally {
      Reflect.getMetadata = getMetadata;
    }
  });
});

describe('constructors', () => {
  test('a token that nobody registered is named with class and parameter, without anything being constructed', () => {
    let made = 0;
    @injectable()
    class Store {
      constructor(@inject('database.url') readonly url: string) {
        made += 1;
      }
    }
    @injectable()
    class Shop {
      constructor(
        readonly template: SimpMessagingTemplate,
        readonly store: Store,
      ) {
        made += 1;
      }
    }

    expect(findingsOf({ services: [Shop] })).toEqual([
      "Store, constructor parameter 0: nobody provides 'database.url'; register it before createApplication: container.register('database.url', …), and give that container as the option",
    ]);
    expect(made).toBe(0);
  });

  test('a class that nobody can construct is named where it is needed, once', () => {
    class Clockwork {
      constructor(readonly speed: number) {}
    }
    @injectable()
    class First {
      constructor(readonly clockwork: Clockwork) {}
    }

    expect(findingsOf({ services: [First] })).toEqual([
      expect.stringMatching(
        /^First, constructor parameter 0: nobody provides Clockwork, and it cannot be constructed: Clockwork, constructor parameter 0: its type is not known/,
      ),
    ]);
  });

  test('a circle is shown as it goes', () => {
    class Second {}
    @injectable()
    class First {
      constructor(readonly second: Second) {}
    }
    injectable()(Second);
    Reflect.defineMetadata('design:paramtypes', [First], Second);
    Object.defineProperty(Second, 'length', { value: 1 });

    expect(findingsOf({ services: [First, Second] })).toEqual([
      'First: it needs itself: First → Second → First; move what they share into a class of its own, or inject one of them late: @inject(delay(() => Second))',
    ]);
  });

  test('what is registered, optional, late, of a scope or made by somebody else is fine', () => {
    @singleton()
    class Single {}
    @injectable()
    class Opaque {
      constructor(@inject('never asked for') readonly nothing: unknown) {}
    }
    @SessionScoped()
    class Cart {
      constructor(@inject('given by its scope') readonly tenant: string) {}
    }
    class Late {}
    @injectable()
    class Service {
      constructor(
        readonly single: Single,
        readonly opaque: Opaque,
        @inject('url') readonly url: string,
        @inject('maybe', { isOptional: true }) readonly maybe: string | undefined,
        @inject(delay(() => Late)) readonly late: Late,
      ) {}
    }
    const container = globalContainer.createChildContainer();
    container.register('url', { useValue: 'x' });
    container.registerInstance(Opaque, new Opaque(1));

    expect(findingsOf({ services: [Service, Cart], container })).toEqual([]);
  });
});

describe('results that nobody takes', () => {
  test('are warned of when the application starts, variables or not', async () => {
    @Controller()
    class Lost {
      @MessageMapping('/a') @SendTo('/elsewhere') a() {}
      @MessageMapping('/b/{x}') @SendTo('/news/{x}') b() {}
      @MessageMapping('/c/{x}') @SendTo('/topic/{x}', '/{x}/y', '/user/bob/queue/z') c() {}
    }
    const logger = new RecordingLogger();
    await using application = createApplication({ controllers: [Lost], logger });

    await application.start();

    const where = "which neither the broker nor a user destination takes; begin it with one of the broker's prefixes";
    expect(logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      `Lost.a: its result goes to '/elsewhere', ${where}`,
      `Lost.b: its result goes to '/news/{x}', ${where}`,
    ]);
  });
});
