import {
  Controller,
  DestinationVariable,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendTo,
} from '../../../src/index';
import type { ControllerClass } from '../../../src/annotation/metadata';
import { failureOf, Fixture } from '../fixture';

/** What the controllers answer to a SEND. */
function answers(
  controllers: readonly ControllerClass[],
  destination: string,
  body: unknown = '',
): [unknown, string][] {
  const fixture = new Fixture(controllers);
  void fixture.send(destination, body, { headers: { page: '1' } });
  return fixture.broker.sent;
}

describe('Spring F13: annotations of base classes', () => {
  class Base {
    @MessageMapping('/base') @SendTo('/topic/base') base(@Header('page') page: string) {
      return `base ${page}`;
    }
    @MessageMapping('/overridden') overridden() {
      return 'of the base class';
    }
  }

  @Controller()
  class Derived extends Base {
    override overridden() {
      return 'of the derived class';
    }
  }

  @Controller()
  class Redecorated extends Base {
    @MessageMapping('/moved') override base(@Header('page') page: string) {
      return `moved ${page}`;
    }
  }

  test('count', () => {
    expect(answers([Derived], '/app/base')).toEqual([['/topic/base', 'base 1']]);
  });

  test('an overriding method without annotations keeps those of the overridden one', () => {
    expect(answers([Derived], '/app/overridden')).toEqual([['/topic/overridden', 'of the derived class']]);
  });

  test('an overriding method with a mapping of its own has only that, and keeps what it does not say anew', async () => {
    const fixture = new Fixture([Redecorated]);

    expect(answers([Redecorated], '/app/moved')).toEqual([['/topic/base', 'moved 1']]);
    expect((await failureOf(() => fixture.send('/app/base'))).code).toBe('DESTINATION_UNKNOWN');
  });

  test('a parameter that an overriding method leaves undecorated keeps its decorator, another gets its own', () => {
    class Paged {
      @MessageMapping('/paged') list(
        @Header('page') page: string,
        @Header('size', { defaultValue: 'all' }) size: string,
      ) {
        return `${page} of ${size}`;
      }
    }
    @Controller()
    class Sized extends Paged {
      @MessageMapping('/paged') override list(page: string, @Header('size', { defaultValue: 'ten' }) size: string) {
        return `${page} of ${size}`;
      }
    }

    expect(answers([Sized], '/app/paged')).toEqual([['/topic/paged', '1 of ten']]);
  });

  test('the class pattern is the nearest one: inherited, or replaced by one of its own', () => {
    @MessageMapping('/shared')
    class Shared {
      @MessageMapping('/x') x() {
        return this.constructor.name;
      }
    }
    @Controller()
    class Inherits extends Shared {}
    @Controller()
    @MessageMapping('/own')
    class Replaces extends Shared {}

    expect(answers([Inherits, Replaces], '/app/shared/x')).toEqual([['/topic/shared/x', 'Inherits']]);
    expect(answers([Inherits, Replaces], '/app/own/x')).toEqual([['/topic/own/x', 'Replaces']]);
  });

  test('@Controller is inherited', () => {
    @Controller()
    class Marked {
      @MessageMapping('/marked') marked() {
        return this.constructor.name;
      }
    }
    class Unmarked extends Marked {}

    expect(answers([Unmarked], '/app/marked')).toEqual([['/topic/marked', 'Unmarked']]);
  });

  test('an abstract generic base class serves several controllers; what it cannot know is named by them', () => {
    abstract class Crud<T> {
      @MessageMapping('/{id}')
      @SendTo('/topic/changes')
      change(@DestinationVariable('id') id: string, @Payload(Object) change: T) {
        return `${this.describe(change)} ${id}`;
      }
      @MessageExceptionHandler(Error) @SendTo('/topic/failures') failed(error: Error) {
        return error.message;
      }
      protected abstract describe(change: T): string;
    }
    @Controller()
    @MessageMapping('/teas')
    class Teas extends Crud<{ leaf: string }> {
      protected describe({ leaf }: { leaf: string }) {
        return leaf;
      }
    }
    @Controller()
    @MessageMapping('/cups')
    class Cups extends Crud<{ size: number }> {
      protected describe({ size }: { size: number }): string {
        throw new Error(`no cup of ${size}`);
      }
    }

    expect(answers([Teas, Cups], '/app/teas/7', { leaf: 'oolong' })).toEqual([['/topic/changes', 'oolong 7']]);
    expect(answers([Teas, Cups], '/app/cups/7', { size: 2 })).toEqual([['/topic/failures', 'no cup of 2']]);
  });

  test('a mapping that is repeated adds its patterns', () => {
    @Controller()
    class Repeated {
      @MessageMapping('/one') @MessageMapping('/two') handle() {
        return 'both';
      }
    }

    expect(answers([Repeated], '/app/one')).toEqual([['/topic/one', 'both']]);
    expect(answers([Repeated], '/app/two')).toEqual([['/topic/two', 'both']]);
  });
});
