import {
  applyDecorators,
  Controller,
  DestinationVariable,
  Header,
  type HandlerDecorator,
  MessageMapping,
  SendTo,
} from '../../src/index';
import { injectable } from 'tsyringe';
import { Fixture } from './fixture';

const Announced = (pattern: string): HandlerDecorator =>
  applyDecorators(MessageMapping(pattern), SendTo('/topic/news'));

/** Written by hand: the decorators of the framework are plain functions. */
const ByHand =
  (pattern: string): HandlerDecorator =>
  (target, method) => {
    MessageMapping(pattern)(target, method);
    SendTo('/topic/by-hand')(target, method);
  };

const calls: string[] = [];

function Noted(name: string): MethodDecorator {
  return (_target, method, descriptor) => {
    calls.push(`${name} ${String(method)} ${typeof descriptor.value}`);
  };
}

/** Puts another function into the property. */
function Loud(): MethodDecorator {
  return ((_target: object, _method: string | symbol, descriptor: TypedPropertyDescriptor<() => string>) => ({
    ...descriptor,
    value(this: unknown) {
      return `${descriptor.value?.call(this)}!`;
    },
  })) as MethodDecorator; // it is for methods without parameters that give text
}

/** What a controller answers to a SEND. */
function answers(controller: new () => object, destination: string): [unknown, string][] {
  const fixture = new Fixture([controller]);
  void fixture.send(destination, '', { headers: { trace: 't1' } });
  return fixture.broker.sent;
}

describe('Spring F13: composed decorators', () => {
  test('on a method', () => {
    @Controller()
    class News {
      @Announced('/applied') applied() {
        return 'applied';
      }
      @ByHand('/by-hand') byHand() {
        return 'by hand';
      }
    }

    expect(answers(News, '/app/applied')).toEqual([['/topic/news', 'applied']]);
    expect(answers(News, '/app/by-hand')).toEqual([['/topic/by-hand', 'by hand']]);
  });

  test('on a class, with those of other libraries', () => {
    const Area = (pattern: string) => applyDecorators(Controller(), MessageMapping(pattern), injectable());

    @Area('/area')
    class InArea {
      @MessageMapping('/x') x() {
        return 'x';
      }
    }

    expect(answers(InArea, '/app/area/x')).toEqual([['/topic/area/x', 'x']]);
  });

  test('on a parameter', () => {
    const indexes: number[] = [];
    const Trace = () =>
      applyDecorators(Header('trace'), (_target, _method, index) => {
        indexes.push(index);
      });

    @Controller()
    class Traced {
      @MessageMapping('/{id}') traced(@DestinationVariable('id') id: string, @Trace() trace: string) {
        return `${id} ${trace}`;
      }
    }

    expect(answers(Traced, '/app/7')).toEqual([['/topic/7', '7 t1']]);
    expect(indexes).toEqual([1]);
  });

  test('one that fits classes and methods is composed of such, and composed again', () => {
    const Published = () => applyDecorators(SendTo('/topic/published'));
    const Orders = () => applyDecorators(Published(), MessageMapping('/orders'));

    @Controller()
    @Orders()
    class ByClass {
      @MessageMapping() all() {
        return 'class';
      }
    }
    @Controller()
    class ByMethod {
      @Orders() all() {
        return 'method';
      }
    }

    expect(answers(ByClass, '/app/orders')).toEqual([['/topic/published', 'class']]);
    expect(answers(ByMethod, '/app/orders')).toEqual([['/topic/published', 'method']]);
  });

  test('they are applied from the last to the first, with what decorators of methods are given', () => {
    calls.length = 0;

    class Any {
      @applyDecorators(Noted('first'), Noted('second')) any() {}
    }

    expect(calls).toEqual(['second any function', 'first any function']);
    expect(new Any().any()).toBeUndefined();
  });

  test('another property descriptor goes through the ones before it and into the class', () => {
    @Controller()
    class Shouting {
      @applyDecorators(MessageMapping('/shout'), Loud(), Loud()) shout() {
        return 'hey';
      }
    }

    expect(answers(Shouting, '/app/shout')).toEqual([['/topic/shout', 'hey!!']]);
  });

  test('another class goes through the ones before it and takes its place', () => {
    const Extended = (target: new () => object) => class extends target {};
    const seen: unknown[] = [];

    const Replaced = applyDecorators((target: new () => object) => void seen.push(target), Extended);
    class Original {}
    const result: unknown = Replaced(Original);

    expect(seen).toEqual([result]);
    expect(result).not.toBe(Original);
  });
});
