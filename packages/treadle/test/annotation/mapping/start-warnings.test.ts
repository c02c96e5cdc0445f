import 'reflect-metadata';
import { Allow } from 'class-validator';
import { Controller, MessageMapping, Payload, SendTo, SendToUser, SubscribeMapping } from '../../../src/index';
import type { ControllerClass } from '../../../src/annotation/metadata';
import { Fixture } from '../fixture';

class Bare {
  anything!: unknown;
}

class Ruled {
  @Allow() anything!: unknown;
}

class Inherits extends Ruled {}

/** What the start warns of. */
function warningsOf(controller: ControllerClass, prefixes: readonly string[] = ['/app']): readonly string[] {
  const { lines } = new Fixture([controller], { prefixes }).logger;
  expect(lines.every(({ level }) => level === 'warn')).toBe(true);
  return lines.map(({ message }) => message);
}

describe('a payload class without a rule', () => {
  test('is warned of at every payload parameter, decorated or not, in lists too', () => {
    @Controller()
    class Unchecked {
      @MessageMapping('/a') decorated(@Payload() _bare: Bare) {}
      @MessageMapping('/b') undecorated(_bare: Bare) {}
      @MessageMapping('/c') list(@Payload([Bare]) _list: unknown) {}
    }

    const cure = 'add some, or write @Payload(Object) for any JSON value';
    const what = `Bare has no class-validator rules, so whatever JSON object comes is taken; ${cure}`;
    expect(warningsOf(Unchecked)).toEqual([
      `Unchecked.decorated, parameter 0: ${what}`,
      `Unchecked.undecorated, parameter 0: ${what}`,
      `Unchecked.list, parameter 0: ${what}`,
    ]);
  });

  test('is warned of once for a method that answers SEND and SUBSCRIBE', () => {
    @Controller()
    class Both {
      @MessageMapping('/a') @SubscribeMapping('/a') handle(@Payload({ required: false }) _bare?: Bare) {}
    }

    expect(warningsOf(Both)).toHaveLength(1);
  });

  test('no class with rules of its own or inherited is warned of, and no plain value', () => {
    @Controller()
    class Checked {
      @MessageMapping('/a') own(@Payload() _ruled: Ruled) {}
      @MessageMapping('/b') inherited(@Payload() _ruled: Inherits) {}
      @MessageMapping('/c') any(@Payload(Object) _any: unknown) {}
      @MessageMapping('/d') text(@Payload() _text: string) {}
      @MessageMapping('/e') octets(@Payload() _octets: Uint8Array) {}
    }

    expect(warningsOf(Checked)).toEqual([]);
  });
});

describe('a pattern that begins with an application prefix', () => {
  @Controller()
  @MessageMapping('/app')
  class Prefixed {
    @MessageMapping('/foo') foo() {}
  }

  test('is warned of with what it answers instead', () => {
    expect(warningsOf(Prefixed)).toEqual([
      "Prefixed.foo: the pattern '/app/foo' begins with the application prefix, so it answers '/app/app/foo'; leave '/app' away: '/foo'",
    ]);
  });

  test('is no mistake with another prefix, or with none', () => {
    expect(warningsOf(Prefixed, ['/application'])).toEqual([]);
    expect(warningsOf(Prefixed, ['/'])).toEqual([]);
  });
});

describe('a destination of results without a slash', () => {
  test('is warned of, unless a variable begins it', () => {
    @Controller()
    class Sends {
      @MessageMapping('/a') @SendTo('topic/a') toAll() {}
      @MessageMapping('/b') @SendToUser('queue/b') toUser() {}
      @MessageMapping('/{c}') @SendTo('/topic/c', '{c}') fine() {}
    }

    expect(warningsOf(Sends)).toEqual([
      "Sends.toAll: @SendTo('topic/a') does not begin with a slash; write '/topic/a', unless it is a destination of a broker without slashes",
      "Sends.toUser: @SendToUser('queue/b') does not begin with a slash; write '/queue/b', unless it is a destination of a broker without slashes",
    ]);
  });
});
