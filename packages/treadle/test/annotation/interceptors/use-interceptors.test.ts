import {
  Controller,
  createHandlerDecorator,
  type HandlerInterceptor,
  MessageExceptionHandler,
  MessageMapping,
  UseInterceptors,
} from '../../../src/index';
import type { ControllerClass } from '../../../src/annotation/metadata';
import type { HandlerInterceptorSource } from '../../../src/annotation/interceptors/handler-interceptor';
import { failureOf, Fixture } from '../fixture';

const events: string[] = [];

beforeEach(() => {
  events.length = 0;
});

const noting = (name: string): HandlerInterceptor => ({ beforeHandle: () => void events.push(name) });

async function eventsOf(
  controller: ControllerClass,
  handlerInterceptors: readonly HandlerInterceptorSource[] = [],
): Promise<string[]> {
  await new Fixture([controller], { handlerInterceptors }).send('/app/x');
  return events;
}

describe('@UseInterceptors', () => {
  test("puts the application's outside the class's, and those outside the method's", async () => {
    @Controller()
    @UseInterceptors(noting('class 1'), noting('class 2'))
    class Ordered {
      @MessageMapping('/x') @UseInterceptors(noting('method')) handle() {}
    }

    expect(await eventsOf(Ordered, [noting('application')])).toEqual(['application', 'class 1', 'class 2', 'method']);
  });

  test('may be repeated: the upper one stands outside', async () => {
    @Controller()
    class Repeated {
      @MessageMapping('/x') @UseInterceptors(noting('a')) @UseInterceptors(noting('b')) handle() {}
    }

    expect(await eventsOf(Repeated)).toEqual(['a', 'b']);
  });

  test('of a base class stays when the class adds its own', async () => {
    @UseInterceptors(noting('base'))
    class Base {
      @MessageMapping('/x') handle() {}
    }
    @Controller()
    @UseInterceptors(noting('own'))
    class Own extends Base {}

    expect(await eventsOf(Own)).toEqual(['base', 'own']);
  });

  test('of a method stays when the method is overridden, with or without its own', async () => {
    class Base {
      @MessageMapping('/x') @UseInterceptors(noting('base')) handle() {}
    }
    @Controller()
    class Plain extends Base {
      override handle() {}
    }
    @Controller()
    class Adding extends Base {
      @UseInterceptors(noting('own')) override handle() {}
    }

    expect(await eventsOf(Plain)).toEqual(['base']);
    expect(await eventsOf(Adding)).toEqual(['base', 'base', 'own']);
  });

  test('runs one that is named twice once, at its outermost place', async () => {
    const same = noting('same');
    @Controller()
    @UseInterceptors(noting('class'), same)
    class Twice {
      @MessageMapping('/x') @UseInterceptors(same, noting('method')) handle() {}
    }

    expect(await eventsOf(Twice, [same])).toEqual(['same', 'class', 'method']);
  });

  test('takes classes, which are resolved once when the application starts', async () => {
    let made = 0;
    class Counting implements HandlerInterceptor {
      constructor() {
        made += 1;
      }
      beforeHandle() {
        events.push('class');
      }
    }
    @Controller()
    @UseInterceptors(Counting)
    class Resolved {
      @MessageMapping('/x') handle() {}
    }
    const fixture = new Fixture([Resolved]);
    const madeAtStart = made;

    await fixture.send('/app/x');
    await fixture.send('/app/x');

    expect([madeAtStart, made, events]).toEqual([1, 1, ['class', 'class']]);
  });

  test('keeps the other methods of the controller free', async () => {
    @Controller()
    class Two {
      @MessageMapping('/x') handle() {}
      @MessageMapping('/y') @UseInterceptors(noting('y')) other() {}
    }

    expect(await eventsOf(Two)).toEqual([]);
  });
});

describe('mistakes fail the start', () => {
  test('on an exception handler', () => {
    @Controller()
    class Handles {
      @MessageMapping('/x') handle() {}
      @MessageExceptionHandler(Error) @UseInterceptors(noting('a')) on() {}
    }

    expect(() => new Fixture([Handles])).toThrow(
      'Handles.on: it handles exceptions, and interceptors stand around mappings; drop @UseInterceptors',
    );
  });

  test('on a method that answers nothing', () => {
    @Controller()
    class Idle {
      @MessageMapping('/x') handle() {}
      @UseInterceptors(noting('a')) idle() {}
    }

    expect(() => new Fixture([Idle])).toThrow(
      'Idle.idle: it is annotated but answers nothing; add @MessageMapping, @SubscribeMapping or @MessageExceptionHandler',
    );
  });

  test('one that is not defined yet', () => {
    @Controller()
    @UseInterceptors(undefined as unknown as HandlerInterceptor) // what a circular import gives
    class Circular {
      @MessageMapping('/x') handle() {}
    }

    expect(() => new Fixture([Circular])).toThrow(
      'Circular.handle: one of its interceptors is undefined: its file is probably part of a circular import; break the circle',
    );
  });

  test('one without any hook', () => {
    class Hookless {
      intercept() {}
    }
    @Controller()
    @UseInterceptors(Hookless as new () => HandlerInterceptor) // as a channel interceptor may be mistaken for one
    class Wrong {
      @MessageMapping('/x') handle() {}
    }

    expect(() => new Fixture([Wrong])).toThrow(
      'Wrong.handle: its interceptor Hookless has no hook; give it beforeHandle, afterHandle, onError or drop it',
    );
  });
});

describe('createHandlerDecorator', () => {
  const Roles = createHandlerDecorator<readonly string[]>();
  const seen: unknown[] = [];
  const reading: HandlerInterceptor = { beforeHandle: ({ handler }) => void seen.push(Roles.of(handler)) };

  beforeEach(() => {
    seen.length = 0;
  });

  @Roles(['user'])
  class Base {
    @MessageMapping('/plain') plain() {}
    @MessageMapping('/admin') @Roles(['admin']) admin() {}
  }
  @Controller()
  @UseInterceptors(reading)
  class Inheriting extends Base {
    override admin() {}
  }

  test("gives an interceptor the method's value, else the class's, inherited ones included", async () => {
    const fixture = new Fixture([Inheriting]);

    await fixture.send('/app/plain');
    await fixture.send('/app/admin');

    expect(seen).toEqual([['user'], ['admin']]);
  });

  test('gives undefined when neither has one; two decorators keep apart what they hold', async () => {
    const Others = createHandlerDecorator<string>();
    @Controller()
    @UseInterceptors(reading)
    class Plain {
      @MessageMapping('/x') @Others('other') handle() {}
    }

    await new Fixture([Plain]).send('/app/x');

    expect(seen).toEqual([undefined]);
  });

  test('keeps false and zero, and refuses undefined', async () => {
    const Flag = createHandlerDecorator<boolean | undefined>();
    const flags: unknown[] = [];
    @Controller()
    @Flag(true)
    @UseInterceptors({ beforeHandle: ({ handler }) => void flags.push(Flag.of(handler)) })
    class Flagged {
      @MessageMapping('/x') @Flag(false) handle() {}
    }

    await new Fixture([Flagged]).send('/app/x');

    expect(flags).toEqual([false]);
    expect((await failureOf(() => Flag(undefined))).message).toContain('was given undefined');
  });
});
