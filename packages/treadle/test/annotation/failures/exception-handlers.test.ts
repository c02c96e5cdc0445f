import { IsString } from 'class-validator';
import {
  Controller,
  DestinationVariable,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  Principal,
  SendTo,
  SendToUser,
  SubscribeMapping,
} from '../../../src/index';
import type { ControllerClass } from '../../../src/annotation/metadata';
import {
  ArgumentError,
  MessageConversionError,
  MessageRejectedError,
  PayloadValidationError,
  TreadleError,
} from '../../../src/foundation/errors';
import { failureOf, Fixture } from '../fixture';

class Dto {
  @IsString() name!: string;
}

class ShopError extends Error {}
class StockError extends ShopError {
  constructor(readonly article: string) {
    super(`no ${article}`);
  }
}

/** Throws what its test wants and answers what its handlers make of it. */
@Controller()
@MessageMapping('/shop')
class Shop {
  static thrown: unknown;

  @MessageMapping('/fail') fail() {
    throw Shop.thrown;
  }
  @MessageMapping('/late') async late() {
    await Promise.resolve();
    throw Shop.thrown;
  }
  @MessageMapping('/dto') dto(@Payload() _body: Dto) {}
  @MessageMapping('/header') header(@Header('page') _page: string) {}
  @MessageMapping('/unwritable') unwritable() {
    return 1n;
  }

  @MessageExceptionHandler(ShopError) @SendTo('/topic/errors') onShop(error: ShopError) {
    return `shop: ${error.message}`;
  }
  @MessageExceptionHandler() @SendTo('/topic/errors') onStock(error: StockError) {
    return `stock: ${error.article}`;
  }
  @MessageExceptionHandler(PayloadValidationError, MessageConversionError, ArgumentError)
  @SendToUser('/queue/mistakes')
  onMistake(error: TreadleError) {
    return `mistake: ${error.code}`;
  }
}

async function answersTo(thrown: unknown, destination = '/app/shop/fail'): Promise<[string | undefined, string][]> {
  Shop.thrown = thrown;
  const fixture = new Fixture([Shop]);
  await fixture.send(destination);
  return fixture.broker.sent;
}

describe('Spring I1, I2: which handler', () => {
  test('the nearest type of the error counts', async () => {
    expect(await answersTo(new ShopError('closed'))).toEqual([['/topic/errors', 'shop: closed']]);
    expect(await answersTo(new StockError('tea'))).toEqual([['/topic/errors', 'stock: tea']]);
    expect(await answersTo(new (class extends StockError {})('milk'))).toEqual([['/topic/errors', 'stock: milk']]);
  });

  test('else that of its direct cause, which the handler then gets', async () => {
    const wrapped = new Error('outer', { cause: new StockError('tea') });

    expect(await answersTo(wrapped)).toEqual([['/topic/errors', 'stock: tea']]);
  });

  test('else that of a cause further down, the nearest first', async () => {
    const stock = new StockError('tea');
    const wrapped = new Error('1', { cause: new Error('2', { cause: new ShopError('3', { cause: stock }) }) });

    expect(await answersTo(wrapped)).toEqual([['/topic/errors', 'shop: 3']]);
  });

  test('a chain of causes that never ends is given up', async () => {
    const wrapped = new Error('outer');
    wrapped.cause = new Error('inner', { cause: wrapped });
    Shop.thrown = wrapped;

    const { code } = await failureOf(() => new Fixture([Shop]).send('/app/shop/fail'));

    expect(code).toBe('HANDLER_FAILED');
  });

  test('a cause that is no error is none', async () => {
    Shop.thrown = new Error('outer', { cause: 'a text' });

    const { code } = await failureOf(() => new Fixture([Shop]).send('/app/shop/fail'));

    expect(code).toBe('HANDLER_FAILED');
  });

  test('a handled error is the end of it: the message took effect', async () => {
    Shop.thrown = new ShopError('closed');
    const fixture = new Fixture([Shop]);

    expect(fixture.send('/app/shop/fail')).toBeUndefined();
    expect(fixture.logger.lines).toEqual([]);
  });

  test('rejections count like errors', async () => {
    expect(await answersTo(new ShopError('late'), '/app/shop/late')).toEqual([['/topic/errors', 'shop: late']]);
  });

  test('inherited handlers count', async () => {
    @Controller()
    class Branch extends Shop {}
    Shop.thrown = new ShopError('closed');
    const fixture = new Fixture([Branch]);

    await fixture.send('/app/shop/fail');

    expect(fixture.broker.sent).toEqual([['/topic/errors', 'shop: closed']]);
  });
});

describe('the parameter that gets the error', () => {
  test('may be a union of the errors named, which leaves no type behind', async () => {
    @Controller()
    class Kiosk {
      @MessageMapping('/buy') buy() {
        throw new StockError('tea');
      }
      @MessageExceptionHandler(StockError, RangeError) @SendTo('/topic/errors') on(error: StockError | RangeError) {
        return error.message;
      }
    }
    const fixture = new Fixture([Kiosk]);

    await fixture.send('/app/buy');

    expect(fixture.broker.sent).toEqual([['/topic/errors', 'no tea']]);
  });
});

describe('Spring I8: what is covered', () => {
  test.each([
    ['an invalid payload', '/app/shop/dto', '{"name":1}', 'PAYLOAD_INVALID'],
    ['an unreadable payload', '/app/shop/dto', '{', 'PAYLOAD_UNREADABLE'],
    ['a missing payload', '/app/shop/dto', '', 'PAYLOAD_MISSING'],
    ['a missing header', '/app/shop/header', '', 'ARGUMENT_MISSING'],
    ['a result that cannot be written', '/app/shop/unwritable', '', 'PAYLOAD_UNWRITABLE'],
  ])('%s', async (_name, destination, body, code) => {
    const fixture = new Fixture([Shop]);

    await fixture.send(destination, body);

    expect(fixture.broker.sent).toEqual([['/user/alice/queue/mistakes', `mistake: ${code}`]]);
  });

  test('a result that the broker refuses', async () => {
    @Controller()
    class Refused {
      @MessageMapping('/x') @SendTo('/topic/full') handle() {
        return 'x';
      }
      @MessageExceptionHandler() @SendTo('/topic/errors') onRefusal(error: MessageRejectedError) {
        return error.message;
      }
    }
    const fixture = new Fixture([Refused]);
    fixture.brokerChannel.subscribe({
      handleMessage({ destination }) {
        if (destination === '/topic/full') throw new MessageRejectedError('full');
      },
    });

    await fixture.send('/app/x');

    expect(fixture.broker.sent.at(-1)).toEqual(['/topic/errors', 'full']);
  });

  test('Spring I7: what is thrown and no error is wrapped in one', async () => {
    @Controller()
    class Throws {
      @MessageMapping('/x') handle() {
        // oxlint-disable-next-line only-throw-error -- what the test is about
        throw 'text';
      }
      @MessageExceptionHandler() @SendTo('/topic/errors') onError(error: TreadleError) {
        return `${error.message}: ${String(error.cause)}`;
      }
    }
    const fixture = new Fixture([Throws]);

    await fixture.send('/app/x');

    expect(fixture.broker.sent).toEqual([['/topic/errors', 'Throws.handle threw something that is no Error: text']]);
  });
});

describe('Spring I4: arguments and results', () => {
  @Controller()
  class Rooms {
    @MessageMapping('/rooms/{room}') handle(@Payload() _body: Dto) {
      throw new ShopError('closed');
    }
    @SubscribeMapping('/rooms/{room}') subscribe() {
      throw new ShopError('closed');
    }
    @MessageExceptionHandler(ShopError)
    async onShop(
      @Payload() body: Dto,
      error: ShopError,
      @DestinationVariable('room') room: string,
      @Principal() user: Principal,
    ) {
      await Promise.resolve();
      return { name: body.name, error: error.message, room, user: user.name };
    }
  }

  @Controller()
  class Silent {
    @MessageMapping('/x') handle() {
      throw new ShopError('closed');
    }
    @MessageExceptionHandler(Error) onError() {}
  }

  test('it takes what mappings take, and the error; it may be asynchronous; its result goes to /topic by default', async () => {
    const fixture = new Fixture([Rooms]);

    await fixture.send('/app/rooms/tea', { name: 'x' });

    expect(fixture.broker.sent).toEqual([
      ['/topic/rooms/tea', '{"name":"x","error":"closed","room":"tea","user":"alice"}'],
    ]);
  });

  test('it may take care of it in silence', async () => {
    const fixture = new Fixture([Silent]);

    await fixture.send('/app/x');

    expect(fixture.broker.sent).toEqual([]);
  });

  test('failures of @SubscribeMapping methods reach it too', async () => {
    @Controller()
    class Subscribes {
      @SubscribeMapping('/x') handle() {
        throw new ShopError('closed');
      }
      @MessageExceptionHandler(ShopError) @SendToUser('/queue/errors') onError(error: Error) {
        return error.message;
      }
    }
    const fixture = new Fixture([Subscribes]);

    await fixture.subscribe('/app/x');

    expect(fixture.broker.sent).toEqual([['/user/alice/queue/errors', 'closed']]);
  });
});

describe('Spring I6: a handler that fails itself', () => {
  function failing(act: (error: Error) => unknown): ControllerClass {
    @Controller()
    class Failing {
      @MessageMapping('/x') handle() {
        throw new ShopError('first');
      }
      @MessageExceptionHandler(ShopError) onShop(error: ShopError) {
        return act(error);
      }
    }
    return Failing;
  }

  test.each([
    [
      'at once',
      () => {
        throw new TypeError('second');
      },
    ],
    ['late', () => Promise.reject(new TypeError('second'))],
  ])('ends in the error policy, %s, and both errors are logged', async (_name, act) => {
    const fixture = new Fixture([failing(act)]);

    const { code } = await failureOf(() => fixture.send('/app/x'));

    expect(code).toBe('HANDLER_FAILED');
    expect(fixture.logger.lines[0]?.details).toMatchObject({
      handler: 'Failing.onShop',
      error: { message: 'second' },
      whileHandling: { message: 'first' },
    });
  });

  test('may translate an error into one a client may learn', async () => {
    const fixture = new Fixture([
      failing(() => {
        throw new MessageRejectedError('not yours', { code: 'ACCESS_DENIED' });
      }),
    ]);

    expect((await failureOf(() => fixture.send('/app/x'))).code).toBe('ACCESS_DENIED');
  });
});
