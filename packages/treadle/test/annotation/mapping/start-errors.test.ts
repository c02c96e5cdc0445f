import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import { IsString, ValidateNested } from 'class-validator';
import {
  Controller,
  DestinationVariable,
  Header,
  Headers,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  Principal,
  SendTo,
  SendToUser,
  SubscribeMapping,
} from '../../../src/index';
import type { ControllerClass, PayloadType } from '../../../src/annotation/metadata';
import { NativeHeaders } from '../../../src/messaging/native-headers';
import { findingsOfStart } from '../../findings';
import { Fixture } from '../fixture';

/** A schema that takes whatever comes. */
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const;

class Dto {
  @Transform(({ value }) => value as unknown) name!: string; // class-transformer says any
}

interface Shape {
  readonly name: string;
}

/** What the start says about the controllers. */
function findingsOf(...controllers: readonly ControllerClass[]): string {
  return findingsOfStart(() => new Fixture(controllers)).join('\n') || 'nothing';
}

/** A controller as a compiler without `emitDecoratorMetadata` leaves it. */
function withoutTypes(decorate: (prototype: object) => void): ControllerClass {
  @Controller()
  class Erased {
    handle(_value: unknown) {}
  }
  MessageMapping('/in/{id}')(Erased.prototype, 'handle');
  decorate(Erased.prototype);
  return Erased;
}

describe('a payload whose type is not known at run time', () => {
  const cure = 'name it: @Payload(Dto), or @Payload(Object) for any JSON value';

  test('no types at all: esbuild and tsx', () => {
    const findings = findingsOf(withoutTypes((prototype) => Payload()(prototype, 'handle', 0)));

    expect(findings).toContain('Erased.handle, parameter 0');
    expect(findings).toContain('the compiler emitted no types (esbuild, tsx, or emitDecoratorMetadata is off)');
    expect(findings).toContain(cure);
  });

  test('an undecorated parameter without types is to be decorated, or compiled with types', () => {
    const findings = findingsOf(withoutTypes(() => {}));

    expect(findings).toContain('Erased.handle, parameter 0: it is not decorated, and the compiler emitted no types');
    expect(findings).toContain(
      'decorate it with @Payload, @Header, @Headers, @DestinationVariable or @Principal, or compile with tsc, swc or oxc',
    );
  });

  test('the only undecorated parameter of an exception handler is the error, several: it could be anything', () => {
    @Controller()
    class OneOf {
      one(_error: unknown) {}
      two(_error: unknown, _message: unknown) {}
    }
    MessageExceptionHandler(TypeError)(OneOf.prototype, 'one');
    MessageExceptionHandler(RangeError)(OneOf.prototype, 'two');

    const findings = findingsOf(OneOf);

    expect(findings).not.toContain('OneOf.one');
    expect(findings).toContain('OneOf.two, parameter 0: it is not decorated, and the compiler emitted no types');
    expect(findings).toContain('OneOf.two, parameter 1: it is not decorated');
  });

  test('a named type needs none', () => {
    expect(findingsOf(withoutTypes((prototype) => Payload(Dto)(prototype, 'handle', 0)))).toBe('nothing');
  });

  test.each([
    ['a variable', DestinationVariable('id'), "name it: @DestinationVariable('id', Number), String for text"],
    ['a header', Header('p'), "name it: @Header('p', Number), String for text, { type: anEnum } or a schema"],
    [
      'all headers',
      Headers(),
      'name it: @Headers(NativeHeaders), @Headers(Map), or @Headers(Object) for a plain object',
    ],
  ])('%s is not guessed to be text', (_name, decorate, given) => {
    const findings = findingsOf(withoutTypes((prototype) => decorate(prototype, 'handle', 0)));

    expect(findings).toContain('Erased.handle, parameter 0: its type is not known at run time');
    expect(findings).toContain(given);
  });

  test.each([
    ['a variable', DestinationVariable('id', Number)],
    ['a header', Header('p', { type: String })],
    ['a repeated header', Header('p', { type: Array })],
    ['all headers', Headers(NativeHeaders)],
    ['all headers as an object', Headers(Object)],
  ])('%s of a named type needs none', (_name, decorate) => {
    expect(findingsOf(withoutTypes((prototype) => decorate(prototype, 'handle', 0)))).toBe('nothing');
  });

  test('an interface', () => {
    @Controller()
    class Interfaces {
      @MessageMapping('/in') handle(@Payload() _value: Shape) {}
    }

    const findings = findingsOf(Interfaces);

    expect(findings).toContain('Interfaces.handle, parameter 0');
    expect(findings).toContain('an interface, a union, unknown, any, or imported with `import type`');
    expect(findings).toContain(cure);
  });

  test('unknown, unless the decorator says so', () => {
    @Controller()
    class Unknowns {
      @MessageMapping('/a') handle(@Payload() _value: unknown) {}
      @MessageMapping('/b') named(@Payload(Object) _value: unknown) {}
    }

    const findings = findingsOf(Unknowns);

    expect(findings).toContain('Unknowns.handle, parameter 0');
    expect(findings).not.toContain('Unknowns.named');
  });

  test.each([
    [Function, 'its class is imported with `import type`'],
    [undefined, 'its class was not defined yet (circular import)'],
    [Array, "the type of an array's items is erased; write @Payload([Item]), or @Payload(Array) for any"],
    [Date, 'its type is Date, which no payload becomes'],
    [Map, 'its type is Map, which no payload becomes'],
    [{ A: 0 }, 'its type is not a class, which no payload becomes'],
    [() => Dto, 'its type is a function without a name, which no payload becomes'],
    [Principal, 'decorate it with @Principal()'],
  ])('the emitted type %p', (type, finding) => {
    const controller = withoutTypes((prototype) => {
      Payload()(prototype, 'handle', 0);
      Reflect.defineMetadata('design:paramtypes', [type], prototype, 'handle');
    });

    expect(findingsOf(controller)).toContain(`Erased.handle, parameter 0: `);
    expect(findingsOf(controller)).toContain(finding);
  });

  test.each([
    ['undefined', undefined],
    ['a list of undefined', [undefined]],
  ])('@Payload(%s) because of a circular import', (_name, type) => {
    const given = type as unknown as PayloadType; // what a circular import gives
    const controller = withoutTypes((prototype) => Payload(given)(prototype, 'handle', 0));

    expect(findingsOf(controller)).toContain('the type given to @Payload is undefined; break the circular import');
  });
});

describe('parameters', () => {
  test('a payload that SUBSCRIBE never has', () => {
    @Controller()
    class Rooms {
      @SubscribeMapping('/rooms/{room}') decorated(@Payload(String) _room: string) {}
      @SubscribeMapping('/people') undecorated(_id: string) {}
      @SubscribeMapping('/schema') schema(@Payload(anything, { required: true }) _value: unknown) {}
      @SubscribeMapping('/part') part(@Payload(Number, { path: 'page' }) _page: number) {}
      @MessageMapping('/both') @SubscribeMapping('/both') both(_id: string) {}
    }
    const problem = 'it requires a payload, but @SubscribeMapping answers SUBSCRIBE frames, which have no body';
    const cure = (variable: string): string =>
      `take it from the destination, with @DestinationVariable('${variable}'), or from a @Header; or write @Payload({ required: false })`;

    const findings = findingsOf(Rooms);

    expect(findings.split('\n')).toEqual([
      `Rooms.decorated, parameter 0: ${problem}; ${cure('room')}`,
      ...['undecorated', 'schema', 'part', 'both'].map(
        (member) => `Rooms.${member}, parameter 0: ${problem}; ${cure('id')}`,
      ),
    ]);
  });

  test('a payload that SUBSCRIBE never has is none where it may be absent, or is not asked for', () => {
    @Controller()
    class Rooms {
      @SubscribeMapping('/a') optional(@Payload({ required: false }) _room?: string) {}
      @SubscribeMapping('/b') standard(@Payload(Number, { defaultValue: 1 }) _page: number) {}
      @SubscribeMapping('/c') schema(@Payload(anything) _value: unknown) {}
      @MessageMapping('/d') sent(_text: string) {}
      @MessageExceptionHandler(TypeError) handle(@Payload(String) _text: string) {}
    }

    expect(findingsOf(Rooms)).toBe('nothing');
  });

  test('several undecorated ones: it could be anything', () => {
    @Controller()
    class Undecorated {
      @MessageMapping('/in') handle(_body: Dto, _room: string) {}
    }

    const findings = findingsOf(Undecorated);

    expect(findings).toContain('Undecorated.handle, parameter 0: it could be anything');
    expect(findings).toContain('Undecorated.handle, parameter 1: it could be anything');
  });

  test('an undecorated one beside @Payload: it could be anything', () => {
    @Controller()
    class Undecorated {
      @MessageMapping('/in') handle(@Payload() _body: Dto, _room: string) {}
    }

    const findings = findingsOf(Undecorated);

    expect(findings).toContain(
      'Undecorated.handle, parameter 1: it could be anything; decorate it with @Payload, @Header',
    );
    expect(findings).not.toContain('handle, parameter 0');
  });

  test('one that is decorated twice', () => {
    @Controller()
    class Twice {
      @MessageMapping('/in') handle(@Payload() @Header('x') _body: Dto) {}
    }

    expect(findingsOf(Twice)).toContain('Twice.handle, parameter 0: it is decorated twice; keep one decorator');
  });

  test('a variable that a pattern does not have', () => {
    @Controller()
    class Missing {
      @MessageMapping('/a/{room}', '/b') handle(@DestinationVariable('room') _room: string) {}
    }

    const findings = findingsOf(Missing);

    expect(findings).toContain("Missing.handle, parameter 0: @DestinationVariable('room') needs the variable 'room'");
    expect(findings).toContain("the mapping is '/b'; add {room} there or correct the name");
  });

  test('a variable or header whose type no text becomes', () => {
    @Controller()
    class Odd {
      @MessageMapping('/in/{day}') handle(@DestinationVariable('day') _day: RegExp, @Header('at') _at: Dto) {}
    }

    const findings = findingsOf(Odd);

    expect(findings).toContain("Odd.handle, parameter 0: the destination variable 'day' cannot become RegExp");
    expect(findings).toContain("Odd.handle, parameter 1: the header 'at' cannot become Dto");
    expect(findings).toContain('declare string, number, boolean, bigint or Date, or name one of String, Number');
  });

  test('a header whose emitted type a circular import left undefined', () => {
    const controller = withoutTypes((prototype) => {
      Header('at')(prototype, 'handle', 0);
      Reflect.defineMetadata('design:paramtypes', [undefined], prototype, 'handle');
    });

    expect(findingsOf(controller)).toContain("the header 'at' cannot become a class that was not defined yet");
  });

  test('a default value that does not parse', () => {
    @Controller()
    class Defaults {
      @MessageMapping('/in') handle(@Header('page', { defaultValue: 'first' }) _page: number) {}
    }

    expect(findingsOf(Defaults)).toContain("the header 'page' is not a number");
  });

  test('@Headers of another type', () => {
    @Controller()
    class Sets {
      @MessageMapping('/in') handle(@Headers() _headers: Set<string>) {}
    }

    expect(findingsOf(Sets)).toContain(
      'Sets.handle, parameter 0: headers do not become its type; declare @Headers() as NativeHeaders, Map<string, string> or Record<string, string>',
    );
  });
});

describe('nested classes of a payload', () => {
  class Street {
    @IsString() name!: string;
  }
  class Address {
    @ValidateNested() street!: Street;
    @ValidateNested() @Type(() => Street) known!: Street;
  }
  class Order {
    @ValidateNested() @Type(() => Address) address!: Address;
    @ValidateNested({ each: true }) @Transform(({ value }) => (value as unknown[]).map(String)) own!: unknown[];
    @ValidateNested() @Type(() => Order) parent!: unknown;
  }
  class Lines {
    @ValidateNested({ each: true }) lines!: Street[];
  }

  test('@ValidateNested without @Type, at any level and for lists', () => {
    @Controller()
    class Orders {
      @MessageMapping('/order') order(@Payload() _order: Order) {}
      @MessageMapping('/lines') lines(@Payload([Lines]) _lines: unknown) {}
    }

    const findings = findingsOf(Orders);

    expect(findings.split('\n')).toHaveLength(2);
    expect(findings).toContain(
      'Orders.order, parameter 0: Address.street has @ValidateNested(), but class-transformer does not know its class; add @Type(() => X) there',
    );
    expect(findings).toContain('Orders.lines, parameter 0: Lines.lines has @ValidateNested()');
  });
});

describe('classes and methods', () => {
  test('a controller that a circular import left undefined', () => {
    const given = [Dto, undefined] as unknown as ControllerClass[]; // what a circular import gives

    const findings = findingsOf(...given);

    expect(findings).toContain(
      'controllers[1]: it is undefined: its file is probably part of a circular import; break the circle, or import the class from its own file',
    );
    expect(findings).toContain('Dto: it has no @Controller()');
  });

  test('a class without @Controller', () => {
    class Forgotten {
      @MessageMapping('/in') handle() {}
    }

    expect(findingsOf(Forgotten)).toBe('Forgotten: it has no @Controller(); decorate the class with it');
  });

  test('a mapping without a pattern on either level', () => {
    @Controller()
    class Empty {
      @MessageMapping() send() {}
      @SubscribeMapping() subscribe() {}
    }

    const findings = findingsOf(Empty);

    expect(findings).toContain('Empty.send: its @MessageMapping() has no pattern, and its class has none');
    expect(findings).toContain('Empty.subscribe: its @SubscribeMapping() has no pattern, and its class has none');
  });

  test('an empty pattern, which nothing would ever match', () => {
    @Controller()
    class Empty {
      @MessageMapping('') send() {}
    }
    @Controller()
    @MessageMapping('/class')
    class WithClass {
      @MessageMapping('') send() {}
    }

    expect(findingsOf(Empty)).toContain('Empty.send: its @MessageMapping() has no pattern');
    expect(findingsOf(WithClass)).toBe('nothing');
  });

  test('a malformed pattern of a class, of a method, of both together', () => {
    @Controller()
    @MessageMapping('/{room')
    class OfClass {
      @MessageMapping('/x') handle() {}
    }
    @Controller()
    class OfMethod {
      @MessageMapping('/x}') handle() {}
    }
    @Controller()
    @MessageMapping('/{id}')
    class OfBoth {
      @MessageMapping('/{id}') handle() {}
    }

    const findings = findingsOf(OfClass, OfMethod, OfBoth);

    expect(findings.split('\n')).toHaveLength(3);
    expect(findings).toContain("OfClass: the pattern '/{room' is malformed");
    expect(findings).toContain("OfMethod.handle: the pattern '/x}' is malformed");
    expect(findings).toContain(
      "OfBoth.handle: the pattern '/{id}/{id}' is malformed at position 6: the variable 'id' is there twice",
    );
  });

  test('a mapped method that a subclass hides behind an accessor or a value', () => {
    class Base {
      @MessageMapping('/a') accessor(): unknown {
        return undefined;
      }
      @MessageMapping('/b') value(): void {}
      @MessageMapping('/c') stays(): void {}
    }
    @Controller()
    class Hiding extends Base {}
    Object.defineProperty(Hiding.prototype, 'accessor', { get: () => () => undefined });
    Object.defineProperty(Hiding.prototype, 'value', { value: 1 });

    const findings = findingsOf(Hiding);

    const why = 'it is not a method; declare it as one, not as a property or accessor';
    expect(findings).toContain(`Hiding.accessor: ${why}`);
    expect(findings).toContain(`Hiding.value: ${why}`);
    expect(findings).not.toContain('Hiding.stays');
  });

  test('a static method, a property, a method that answers nothing', () => {
    @Controller()
    class Odd {
      @MessageMapping('/a') static onClass() {}
      @MessageMapping('/b') property = () => {};
      @SendTo('/topic/a') sendsOnly() {}
      takes(@Payload() _body: Dto) {}
    }

    const findings = findingsOf(Odd);

    expect(findings).toContain('Odd.onClass: it is static');
    expect(findings).toContain('Odd.property: it is not a method');
    expect(findings).toContain('Odd.sendsOnly: it is annotated but answers nothing');
    expect(findings).toContain('Odd.takes: it is annotated but answers nothing');
  });
});

describe('destinations of results', () => {
  test('a placeholder that the mapping does not have', () => {
    @Controller()
    class Placeholders {
      @MessageMapping('/in/{room}') @SendTo('/topic/{rom}') handle() {}
      @MessageMapping('/other') @SendToUser('/queue/{x}') toUser() {}
    }

    const findings = findingsOf(Placeholders);

    expect(findings).toContain(
      "Placeholders.handle: @SendTo('/topic/{rom}') needs the variable 'rom', but the mapping is '/in/{room}'; did you mean 'room'?",
    );
    expect(findings).toContain("Placeholders.toUser: @SendToUser('/queue/{x}') needs the variable 'x'");
  });

  test.each(['', ' ', ' /topic/room', '/topic/{room', '/topic/room}'])(
    "a malformed destination: '%s'",
    (destination) => {
      @Controller()
      class Malformed {
        @MessageMapping('/in/{room}') @SendTo(destination) handle() {}
      }

      expect(findingsOf(Malformed)).toContain(
        `Malformed.handle: the destination '${destination}' of @SendTo is malformed`,
      );
    },
  );
});

describe('exception handlers', () => {
  test('without types', () => {
    @Controller()
    class Untyped {
      @MessageExceptionHandler() handle() {}
    }

    const findings = findingsOf(Untyped);

    expect(findings).toContain('Untyped.handle: its @MessageExceptionHandler() names no error');
    expect(findings).toContain('write @MessageExceptionHandler(Error), or type a parameter');
  });

  test('the same type twice', () => {
    @Controller()
    class Twice {
      @MessageExceptionHandler(TypeError) first() {}
      @MessageExceptionHandler() second(_error: TypeError) {}
    }

    expect(findingsOf(Twice)).toContain(
      'Twice.second: it handles TypeError, as Twice.first does; leave it to one of them',
    );
  });

  test('a type that a circular import left undefined', () => {
    const given = undefined as unknown as typeof Error; // what a circular import gives
    @Controller()
    class Circular {
      @MessageExceptionHandler(given) handle() {}
    }

    expect(findingsOf(Circular)).toContain('Circular.handle: a type of its @MessageExceptionHandler is undefined');
  });

  test('a mapping and an exception handler in one method', () => {
    @Controller()
    class Both {
      @MessageMapping('/in') @MessageExceptionHandler(Error) handle() {}
    }

    expect(findingsOf(Both)).toContain(
      'Both.handle: it is a mapping and a @MessageExceptionHandler; make it two methods',
    );
  });

  test('a variable that no mapping of the controller has', () => {
    @Controller()
    class Variables {
      @MessageMapping('/a/{room}') a() {}
      @MessageMapping('/b') b() {}
      @MessageExceptionHandler(Error) fine(@DestinationVariable('room') _room: string) {}
      @MessageExceptionHandler(TypeError) wrong(@DestinationVariable('rom') _room: string) {}
    }

    const findings = findingsOf(Variables);

    expect(findings).toContain("Variables.wrong, parameter 0: @DestinationVariable('rom') needs the variable 'rom'");
    expect(findings).not.toContain('Variables.fine');
  });
});

describe('the list', () => {
  test('all mistakes of all controllers come at once', () => {
    class One {}
    @Controller()
    class Two {
      @MessageMapping() handle() {}
      @MessageMapping('/x') other(@Payload() _value: unknown) {}
    }

    const findings = findingsOf(One, Two).split('\n');

    expect(findings.map((finding) => finding.slice(0, finding.indexOf(':')))).toEqual([
      'One',
      'Two.handle',
      'Two.other, parameter 0',
    ]);
  });
});
