import { Controller, DestinationVariable, MessageMapping, SubscribeMapping } from '../../../src/index';
import type { ControllerClass } from '../../../src/annotation/metadata';
import { failureOf, Fixture } from '../fixture';

/** What the controllers answer to a SEND. */
function answers(controllers: readonly ControllerClass[], destination: string): string[] {
  const fixture = new Fixture(controllers);
  void fixture.send(destination);
  return fixture.broker.sent.map(([, text]) => text);
}

describe('Spring F4, F5: patterns of class and method', () => {
  @Controller()
  @MessageMapping('/a', 'b')
  class Combined {
    @MessageMapping('/x', 'y') both() {
      return 'both';
    }
    @MessageMapping() classOnly() {
      return 'class only';
    }
  }

  @Controller()
  class MethodOnly {
    @MessageMapping('c/{id}') slashIsAdded(@DestinationVariable('id') id: string) {
      return id;
    }
  }

  test.each(['/app/a/x', '/app/a/y', '/app/b/x', '/app/b/y'])(
    'every pattern of the class goes before every one of the method: %s',
    (destination) => {
      expect(answers([Combined], destination)).toEqual(['both']);
    },
  );

  test('a class pattern alone is enough', () => {
    expect(answers([Combined], '/app/a')).toEqual(['class only']);
  });

  test('a missing slash at the beginning is added', () => {
    expect(answers([MethodOnly], '/app/c/7')).toEqual(['7']);
  });
});

describe('Spring F2, F3: what a mapping answers', () => {
  @Controller()
  class Both {
    @MessageMapping('/send') onSend() {
      return 'sent';
    }
    @SubscribeMapping('/subscribe') onSubscribe() {
      return 'subscribed';
    }
    @MessageMapping('/both') @SubscribeMapping('/both') onBoth() {
      return 'both';
    }
  }

  test('@MessageMapping answers SEND only', async () => {
    const fixture = new Fixture([Both]);

    expect((await failureOf(() => fixture.subscribe('/app/send'))).code).toBe('DESTINATION_UNKNOWN');
  });

  test('@SubscribeMapping answers SUBSCRIBE only', async () => {
    const fixture = new Fixture([Both]);

    expect((await failureOf(() => fixture.send('/app/subscribe'))).code).toBe('DESTINATION_UNKNOWN');
  });

  test('a method with both answers each in its way', async () => {
    const fixture = new Fixture([Both]);

    await fixture.send('/app/both');
    await fixture.subscribe('/app/both');

    expect(fixture.broker.sent).toEqual([['/topic/both', 'both']]);
    expect(fixture.clients.sent).toEqual([['/app/both', 'both']]);
  });
});

describe('Spring F8, F9: the one mapping that answers', () => {
  @Controller()
  class Rooms {
    @MessageMapping('/**') everything() {
      return 'everything';
    }
    @MessageMapping('/rooms/{id}') variable() {
      return 'variable';
    }
    @MessageMapping('/rooms/*') wildcard() {
      return 'wildcard';
    }
    @MessageMapping('/rooms/new') exact() {
      return 'exact';
    }
    @MessageMapping('/rooms/new.{x}') longer() {
      return 'longer';
    }
    @MessageMapping('/rooms/**') rest() {
      return 'rest';
    }
  }

  test.each([
    ['/app/rooms/new', 'exact'],
    ['/app/rooms/other', 'variable'],
    ['/app/rooms/new.1', 'longer'],
    ['/app/rooms/a/b', 'rest'],
    ['/app/elsewhere', 'everything'],
  ])('%s is answered by %s alone', (destination, answer) => {
    expect(answers([Rooms], destination)).toEqual([answer]);
  });

  test('an exact mapping wins even if another controller has a pattern', () => {
    @Controller()
    class Exact {
      @MessageMapping('/rooms/7') seven() {
        return 'seven';
      }
    }

    expect(answers([Rooms, Exact], '/app/rooms/7')).toEqual(['seven']);
  });
});

describe('Spring F10: mappings that cannot be told apart', () => {
  test('two that fit a destination equally well by their expressions fail the message, and the log names both', async () => {
    @Controller()
    class Ambiguous {
      @MessageMapping('/{a:\\w+}/x') first() {}
      @MessageMapping('/x/{b:\\w+}') second() {}
    }
    const fixture = new Fixture([Ambiguous]);

    const { code } = await failureOf(() => fixture.send('/app/x/x'));

    expect(code).toBe('HANDLER_FAILED');
    expect(fixture.logger.lines[0]?.details['error']).toMatchObject({
      message: expect.stringMatching(/Ambiguous\.first.*Ambiguous\.second/) as unknown,
    });
  });

  test('of two patterns of one method that fit equally well the first counts', () => {
    @Controller()
    class Either {
      @MessageMapping('/{a}/x', '/x/{a}') either(@DestinationVariable('a') a: string) {
        return a;
      }
      @MessageMapping('/y/{b:\\d}', '/{b:\\d}/y') or(@DestinationVariable('b') b: string) {
        return b;
      }
    }

    expect(answers([Either], '/app/tea/x')).toEqual(['tea']);
    expect(answers([Either], '/app/x/x')).toEqual(['x']);
    expect(answers([Either], '/app/y/1')).toEqual(['1']);
  });

  test('which of several answers does not depend on their order', () => {
    @Controller()
    class Prefix {
      @MessageMapping('/a/**') prefix() {
        return 'prefix';
      }
    }
    @Controller()
    class Ends {
      @MessageMapping('/**/b/{x:.*}') ends() {
        return 'ends';
      }
    }
    @Controller()
    class Three {
      @MessageMapping('/{x}/b/{y:.}') three() {
        return 'three';
      }
    }

    for (const order of [
      [Prefix, Ends, Three],
      [Three, Ends, Prefix],
      [Ends, Prefix, Three],
    ]) {
      expect(answers(order, '/app/a/b/c')).toEqual(['three']);
    }
  });

  test('two that tie do not matter when a third fits better', () => {
    @Controller()
    class Tie {
      @MessageMapping('/{a}/x') first() {}
      @MessageMapping('/x/{b}') second() {}
      @MessageMapping('/x/x*') third() {
        return 'third';
      }
    }

    expect(answers([Tie], '/app/x/x')).toEqual(['third']);
  });

  test('the same pattern twice fails the start, names of variables aside', () => {
    @Controller()
    class First {
      @MessageMapping('/rooms/{id}') one() {}
    }
    @Controller()
    class Second {
      @MessageMapping('/rooms/{name}') two() {}
    }
    const start = () => new Fixture([First, Second]);

    expect(start).toThrow(
      "Second.two ('/rooms/{name}'): it answers the same destinations as First.one ('/rooms/{id}'); change one of the patterns",
    );
  });

  test('variables with different expressions are different patterns', () => {
    @Controller()
    class Years {
      @MessageMapping('/{year:\\d{4}}') year() {
        return 'year';
      }
      @MessageMapping('/{day:\\d{2}}') day() {
        return 'day';
      }
    }

    expect(answers([Years], '/app/2026')).toEqual(['year']);
    expect(answers([Years], '/app/31')).toEqual(['day']);
  });

  test('a controller that is listed twice counts once', () => {
    @Controller()
    class Once {
      @MessageMapping('/x') x() {
        return 'x';
      }
    }

    expect(answers([Once, Once], '/app/x')).toEqual(['x']);
  });
});
