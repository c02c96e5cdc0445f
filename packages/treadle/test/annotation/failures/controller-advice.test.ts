import {
  Controller,
  ControllerAdvice,
  DestinationVariable,
  HandledBy,
  HandlerInfo,
  MessageExceptionHandler,
  MessageMapping,
  SendTo,
  SendToUser,
  SubscribeMapping,
  UseInterceptors,
} from '../../../src/index';
import type { Class, ControllerClass } from '../../../src/annotation/metadata';
import { MessageRejectedError } from '../../../src/foundation/errors';
import { failureOf, Fixture } from '../fixture';

class ShopError extends Error {}
class StockError extends ShopError {}

/** A controller that throws on SEND to `/{name}`. */
function controllerThatThrows(name: string, thrown: Error): ControllerClass {
  @Controller()
  class Throws {
    @MessageMapping(`/${name}/{id}`) handle() {
      throw thrown;
    }
  }
  return Throws;
}

@ControllerAdvice()
class ShopAdvice {
  @MessageExceptionHandler(ShopError) @SendTo('/topic/errors') onShop(error: ShopError) {
    return `advice: ${error.message}`;
  }
}

/** A controller that handles stock errors itself. */
@Controller()
class Stock {
  @MessageMapping('/stock') stock() {
    throw new StockError('tea');
  }
  @MessageMapping('/shop') shop() {
    throw new ShopError('closed');
  }
  @MessageMapping('/wrapped') wrapped() {
    throw new ShopError('outer', { cause: new StockError('tea') });
  }
  @SubscribeMapping('/shop') subscribe() {
    throw new ShopError('closed');
  }
  @MessageExceptionHandler(StockError) @SendTo('/topic/errors') onStock(error: StockError) {
    return `own: ${error.message}`;
  }
}

async function sentBy(controllers: readonly ControllerClass[], destination: string): Promise<string[]> {
  const fixture = new Fixture(controllers);
  await fixture.send(destination);
  return fixture.broker.sent.map(([, text]) => text);
}

/** An advice with one handler of every error, which answers its name. */
function adviceNamed(name: string, ...options: Parameters<typeof ControllerAdvice>): ControllerClass {
  @ControllerAdvice(...options)
  class Named {
    @MessageExceptionHandler(Error) @SendTo('/topic/errors') on() {
      return name;
    }
  }
  return Named;
}

describe('Spring I3: a controller advice', () => {
  test('handles what the controllers leave unhandled, of SEND and of SUBSCRIBE', async () => {
    const fixture = new Fixture([Stock, ShopAdvice]);

    await fixture.send('/app/shop');
    await fixture.subscribe('/app/shop');

    expect(fixture.broker.sent).toEqual([
      ['/topic/errors', 'advice: closed'],
      ['/topic/errors', 'advice: closed'],
    ]);
  });

  test('is asked after the controller, even when it names a nearer type', async () => {
    @Controller()
    class Coarse {
      @MessageMapping('/x') handle() {
        throw new StockError('tea');
      }
      @MessageExceptionHandler(Error) @SendTo('/topic/errors') on() {
        return 'own';
      }
    }

    expect(await sentBy([Coarse, ShopAdvice], '/app/x')).toEqual(['own']);
    expect(await sentBy([ShopAdvice, Stock], '/app/stock')).toEqual(['own: tea']);
  });

  test('is asked after the controller was asked for the causes too', async () => {
    expect(await sentBy([Stock, ShopAdvice], '/app/wrapped')).toEqual(['own: tea']);
  });

  test('that knows no type of the error leaves it to the next one, and the last to the error policy', async () => {
    const controller = controllerThatThrows('a', new TypeError('x'));

    expect(await sentBy([controller, ShopAdvice, adviceNamed('second')], '/app/a/1')).toEqual(['second']);
    expect((await failureOf(() => new Fixture([controller, ShopAdvice]).send('/app/a/1'))).code).toBe('HANDLER_FAILED');
  });

  test('comes in its order, without one after those that have one, equal ones as they are listed', async () => {
    const controller = controllerThatThrows('a', new Error('x'));
    const [none, second, first, negative] = [
      adviceNamed('none'),
      adviceNamed('second', { order: 2 }),
      adviceNamed('first', { order: 1 }),
      adviceNamed('negative', { order: -1 }),
    ];

    expect(await sentBy([controller, none, second, first], '/app/a/1')).toEqual(['first']);
    expect(await sentBy([controller, none, second, first, negative], '/app/a/1')).toEqual(['negative']);
    expect(await sentBy([controller, none, adviceNamed('later')], '/app/a/1')).toEqual(['none']);
    expect(await sentBy([controller, none, second], '/app/a/1')).toEqual(['second']);
  });

  test('may be about some controllers alone, and those that extend them', async () => {
    const base = controllerThatThrows('a', new Error('x'));
    @Controller()
    @MessageMapping('/b')
    class Extended extends base {}
    const other = controllerThatThrows('c', new Error('x'));
    const advice = adviceNamed('advice', { controllers: [base] });

    expect(await sentBy([base, other, advice], '/app/a/1')).toEqual(['advice']);
    expect(await sentBy([Extended, other, advice], '/app/b/a/1')).toEqual(['advice']);
    expect((await failureOf(() => sentBy([base, other, advice], '/app/c/1'))).code).toBe('HANDLER_FAILED');
  });

  test('may be about the controllers that a predicate finds, or one of the listed ones', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => controllerThatThrows(name, new Error('x'))) as [
      ControllerClass,
      ControllerClass,
      ControllerClass,
    ]; // as many as names
    const advice = adviceNamed('advice', { controllers: [a], appliesTo: (type: Class) => type === b });

    expect(await sentBy([a, b, c, advice], '/app/a/1')).toEqual(['advice']);
    expect(await sentBy([a, b, c, advice], '/app/b/1')).toEqual(['advice']);
    expect((await failureOf(() => sentBy([a, b, c, advice], '/app/c/1'))).code).toBe('HANDLER_FAILED');
  });

  test('takes the same arguments, and may be asynchronous', async () => {
    @ControllerAdvice()
    class Detailed {
      @MessageExceptionHandler(ShopError)
      @SendToUser('/queue/errors')
      async on(error: ShopError, @DestinationVariable('id') id: string, handler: HandlerInfo) {
        await Promise.resolve();
        return `${error.message} ${id} ${handler.name}`;
      }
    }
    const fixture = new Fixture([controllerThatThrows('a', new ShopError('closed')), Detailed]);

    await fixture.send('/app/a/7');

    expect(fixture.broker.sent).toEqual([['/user/alice/queue/errors', 'closed 7 Throws.handle']]);
  });

  test('without send annotations on the method uses those of its class', async () => {
    @ControllerAdvice()
    @SendToUser('/queue/errors')
    class Whole {
      @MessageExceptionHandler(ShopError) on() {
        return 'x';
      }
    }
    const fixture = new Fixture([controllerThatThrows('a', new ShopError('closed')), Whole]);

    await fixture.send('/app/a/7');

    expect(fixture.broker.sent).toEqual([['/user/alice/queue/errors', 'x']]);
  });

  test('is one object, made once', async () => {
    const fixture = new Fixture([Stock, ShopAdvice]);

    await fixture.send('/app/shop');
    await fixture.send('/app/shop');

    expect(fixture.instances.get(ShopAdvice)).toBeInstanceOf(ShopAdvice);
  });

  test('inherits the handlers of the class it extends', async () => {
    @ControllerAdvice()
    class Extended extends ShopAdvice {}

    expect(await sentBy([Stock, Extended], '/app/shop')).toEqual(['advice: closed']);
  });

  test('that fails itself ends in the error policy, not in the next advice', async () => {
    @ControllerAdvice({ order: 1 })
    class Fails {
      @MessageExceptionHandler(Error) on() {
        throw new MessageRejectedError('not yours', { code: 'ACCESS_DENIED' });
      }
    }
    const controllers = [controllerThatThrows('a', new Error('x')), Fails, adviceNamed('next')];

    expect((await failureOf(() => new Fixture(controllers).send('/app/a/1'))).code).toBe('ACCESS_DENIED');
  });

  test('is not asked for a destination that nobody handles: no controller has failed', async () => {
    const fixture = new Fixture([Stock, adviceNamed('advice')]);

    expect((await failureOf(() => fixture.send('/app/nowhere'))).code).toBe('DESTINATION_UNKNOWN');
    expect(fixture.broker.sent.map(([destination]) => destination)).toEqual(['/user/alice/queue/errors']);
  });
});

describe('the handler that failed', () => {
  test('reaches an exception handler by @HandledBy() too', async () => {
    @Controller()
    class Own {
      @MessageMapping('/x') handle() {
        throw new ShopError('closed');
      }
      @MessageExceptionHandler(ShopError) @SendTo('/topic/errors') on(
        _error: Error,
        @HandledBy() handler: HandlerInfo,
      ) {
        return { name: handler.name, method: handler.method, isOwn: handler.controller === Own };
      }
    }
    const fixture = new Fixture([Own]);

    await fixture.send('/app/x');

    expect(fixture.broker.sent).toEqual([['/topic/errors', '{"name":"Own.handle","method":"handle","isOwn":true}']]);
  });

  test('is in a mapping the mapping itself', async () => {
    @Controller()
    class Own {
      @MessageMapping('/x') @SendTo('/topic/x') handle(handler: HandlerInfo) {
        return handler.name;
      }
    }

    expect(await sentBy([Own], '/app/x')).toEqual(['Own.handle']);
  });
});

describe('mistakes of an advice fail the start', () => {
  test.each<[string, string, () => ControllerClass]>([
    [
      'it is a controller too',
      'Both: it has @Controller() and @ControllerAdvice(); make it two classes',
      () => {
        @Controller()
        @ControllerAdvice()
        class Both {
          @MessageExceptionHandler(Error) on() {}
        }
        return Both;
      },
    ],
    [
      'it has a mapping',
      'Maps.handle: it is a mapping in an advice, which answers no message; move it to a controller',
      () => {
        @ControllerAdvice()
        class Maps {
          @MessageMapping('/x') handle() {}
          @MessageExceptionHandler(Error) on() {}
        }
        return Maps;
      },
    ],
    [
      'its class has a mapping',
      'Maps: it is an advice with @MessageMapping, and an advice answers no message; drop one of them',
      () => {
        @ControllerAdvice()
        @MessageMapping('/x')
        class Maps {
          @MessageExceptionHandler(Error) on() {}
        }
        return Maps;
      },
    ],
    [
      'it handles nothing',
      'Empty: it is an advice without a method; give it a @MessageExceptionHandler',
      () => {
        @ControllerAdvice()
        class Empty {}
        return Empty;
      },
    ],
    [
      'a method is annotated without being a handler',
      'Half.on\n   it is annotated but handles nothing\n   → add @MessageExceptionHandler',
      () => {
        @ControllerAdvice()
        class Half {
          @SendTo('/topic/x') on() {}
        }
        return Half;
      },
    ],
    [
      'two methods handle one type',
      'Twice.second: it handles ShopError, as Twice.first does; leave it to one of them',
      () => {
        @ControllerAdvice()
        class Twice {
          @MessageExceptionHandler(ShopError) first() {}
          @MessageExceptionHandler(ShopError) second() {}
        }
        return Twice;
      },
    ],
    [
      'no type is named',
      'Untyped.on: its @MessageExceptionHandler() names no error; write @MessageExceptionHandler(Error), or type a parameter',
      () => {
        @ControllerAdvice()
        class Untyped {
          @MessageExceptionHandler() on() {}
        }
        return Untyped;
      },
    ],
    [
      'a controller it is about is not defined yet',
      'Circular: controllers[0] of its @ControllerAdvice is undefined: its file is probably part of a circular import; break the circle, or name it in `appliesTo`',
      () => {
        @ControllerAdvice({ controllers: [undefined as unknown as Class] }) // what a circular import gives
        class Circular {
          @MessageExceptionHandler(Error) on() {}
        }
        return Circular;
      },
    ],
    [
      'it has interceptors',
      'Guarded: it is an advice, and interceptors stand around mappings; drop @UseInterceptors',
      () => {
        @ControllerAdvice()
        @UseInterceptors({ beforeHandle: () => true })
        class Guarded {
          @MessageExceptionHandler(Error) on() {}
        }
        return Guarded;
      },
    ],
    [
      'a method is static',
      'Static.on: it is static; make it a method of instances',
      () => {
        @ControllerAdvice()
        class Static {
          @MessageExceptionHandler(Error) static on() {}
          @MessageExceptionHandler(Error) own() {}
        }
        return Static;
      },
    ],
    [
      'a variable is in no pattern of the controllers it is about',
      "Lost.on, parameter 0: @DestinationVariable('room') needs the variable 'room', but the mapping is '/stock', '/shop', '/wrapped', '/shop'; add {room} there or correct the name",
      () => {
        @ControllerAdvice()
        class Lost {
          @MessageExceptionHandler(Error) on(@DestinationVariable('room') _room: string) {}
        }
        return Lost;
      },
    ],
  ])('%s', (_name, finding, make) => {
    expect(() => new Fixture([Stock, make()])).toThrow(finding);
  });

  test('one about none of the controllers is a warning', () => {
    const fixture = new Fixture([Stock, adviceNamed('advice', { controllers: [ShopAdvice] })]);

    expect(fixture.logger.lines).toEqual([
      {
        level: 'warn',
        message:
          'Named: it is an advice about none of the controllers listed; list the controllers it is about, or correct `controllers` and `appliesTo`',
        details: {},
      },
    ]);
  });
});
