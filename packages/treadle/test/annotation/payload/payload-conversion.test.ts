import { Transform, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsDefined,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import type { ControllerClass } from '../../../src/annotation/metadata';
import { Controller, MessageMapping, Payload } from '../../../src/index';
import type { ValidationIssue } from '../../../src/foundation/errors';
import { failureOf, Fixture } from '../fixture';

class Line {
  @IsString() article!: string;
  @IsInt() @Min(1) @Max(100) amount!: number;
}

class Address {
  @IsString() @Length(2, 40) city!: string;
}

class Order {
  @IsDefined() @ValidateNested() @Type(() => Address) address!: Address;
  @ArrayNotEmpty() @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
  @IsOptional() @IsString() note?: string;
}

class Person {
  @IsString() @Length(1, 20) name!: string;
  @IsInt() @Min(0) @Max(150) age!: number;

  greeting(): string {
    return `I am ${this.name}`;
  }
}

class Child extends Person {
  @IsString() toy!: string;
}

class Plain {
  anything!: unknown;
}

class Trimmed {
  @Transform(({ value }) => (value as string).trim()) name!: string; // the client may send anything else
}

/** A schema that takes whatever comes. */
const anything = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const;

/** Takes the payload as the given type and keeps it. */
function controllerFor(type: Parameters<typeof Payload>[0]): ControllerClass & { seen: unknown } {
  @Controller()
  class Receiver {
    static seen: unknown = 'not called';

    @MessageMapping('/in') receive(@Payload(type) value: unknown) {
      Receiver.seen = value;
    }
  }
  return Receiver;
}

type PayloadArgument = Parameters<typeof controllerFor>[0];

/** At once, where nothing is asynchronous. */
function received(type: PayloadArgument, body: unknown, options = {}): unknown {
  const controller = controllerFor(type);
  void new Fixture([controller], options).send('/app/in', body);
  return controller.seen;
}

interface Refusal {
  readonly code: string | undefined;
  readonly issues: readonly ValidationIssue[] | undefined;
}

async function refusal(type: PayloadArgument, body: unknown, options = {}): Promise<Refusal> {
  const controller = controllerFor(type);
  const fixture = new Fixture([controller], options);
  const { code } = await failureOf(() => fixture.send('/app/in', body));
  expect(controller.seen).toBe('not called');
  const notice = JSON.parse(fixture.broker.sent[0]?.[1] ?? '{}') as Partial<Refusal>; // what the client is sent
  return { code, issues: notice.issues };
}

describe('a class with rules', () => {
  test('gets an instance of the class', () => {
    const person = received(Person, { name: 'Ada', age: 36 }) as Person; // looked at next

    expect(person).toBeInstanceOf(Person);
    expect(person.greeting()).toBe('I am Ada');
  });

  test('properties without rules are kept', () => {
    expect(received(Person, { name: 'Ada', age: 36, extra: 1 })).toEqual({ name: 'Ada', age: 36, extra: 1 });
  });

  test('every broken rule is an issue with path, message and rule', async () => {
    const { code, issues } = await refusal(Person, { name: '', age: 200 });

    expect(code).toBe('PAYLOAD_INVALID');
    expect(issues).toEqual([
      { path: ['name'], message: 'name must be longer than or equal to 1 characters', rule: 'isLength' },
      { path: ['age'], message: 'age must not be greater than 150', rule: 'max' },
    ]);
  });

  test('rules of base classes count', async () => {
    const { issues } = await refusal(Child, { name: 'Ada', age: -1, toy: 'ball' });

    expect(issues?.map(({ path }) => path)).toEqual([['age']]);
  });

  test('issues of nested objects and lists have the whole path, indexes as numbers', async () => {
    const lines = [
      { article: 'tea', amount: 1 },
      { article: 'milk', amount: 0 },
    ];

    const { issues } = await refusal(Order, { address: { city: 'x' }, lines, note: 4 });

    expect(issues?.map(({ path, rule }) => [path, rule])).toEqual([
      [['address', 'city'], 'isLength'],
      [['lines', 1, 'amount'], 'min'],
      [['note'], 'isString'],
    ]);
  });

  test.each(['"text"', '[]', '3', 'true', '[{"name":"Ada","age":3}]'])(
    'JSON that is no object is PAYLOAD_INVALID: %s',
    async (body) => {
      const { code, issues } = await refusal(Person, body);

      expect(code).toBe('PAYLOAD_INVALID');
      expect(issues).toEqual([{ path: [], message: 'must be an object' }]);
    },
  );

  test('validation can be told to refuse what it does not know', async () => {
    const validation = { whitelist: true, forbidNonWhitelisted: true };

    const { issues } = await refusal(Person, { name: 'Ada', age: 36, isAdmin: true }, { validation });

    expect(issues).toEqual([
      { path: ['isAdmin'], message: 'property isAdmin should not exist', rule: 'whitelistValidation' },
    ]);
  });

  test('a payload cannot name the class it is checked as', () => {
    const person = received(Person, '{"name":"Ada","age":3,"constructor":{"name":"Object"}}');

    expect(person).toBeInstanceOf(Person);
    expect((person as Person).constructor).toBe(Person);
  });
});

describe('keys that objects inherit', () => {
  const KEYS = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'prototype', 'then', '__defineGetter__'];
  const VALUES = ['1', '"x"', 'null', '{}', '{"name":"Object"}', '[]'];
  const payloads = KEYS.flatMap((key) => VALUES.map((value) => `{"name":"Ada","age":3,"${key}":${value}}`));

  test.each(payloads)('keep nothing from being checked: %s', async (body) => {
    expect(received(Person, body)).toBeInstanceOf(Person);

    const { code, issues } = await refusal(Person, body.replace('"Ada"', '7'));

    expect(code).toBe('PAYLOAD_INVALID');
    expect(issues?.[0]?.path).toEqual(['name']);
  });

  test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'greeting'])(
    'never hide what an instance inherits: %s',
    (key) => {
      const person = received(Person, `{"name":"Ada","age":3,"${key}":1}`) as Person; // looked at next

      expect(Object.keys(person)).toEqual(['name', 'age']);
      expect(person.greeting()).toBe('I am Ada');
    },
  );

  test('are PAYLOAD_INVALID where class-transformer cannot take them', async () => {
    expect(await refusal(Person, '{"name":{"constructor":1},"age":3}')).toEqual({
      code: 'PAYLOAD_INVALID',
      issues: [{ path: [], message: 'must have the expected structure' }],
    });
  });

  test.each(['{"__proto__":{"age":3},"name":"Ada"}', '{"name":"Ada","age":3,"more":{"__proto__":null}}'])(
    '__proto__ is unreadable: %s',
    async (body) => {
      expect((await refusal(Person, body)).code).toBe('PAYLOAD_UNREADABLE');
    },
  );
});

describe('depth', () => {
  const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

  test('64 levels are taken, 65 are not', async () => {
    expect(received(Plain, nested(64))).toBeInstanceOf(Plain);

    const { code, issues } = await refusal(Plain, nested(65));

    expect(code).toBe('PAYLOAD_INVALID');
    expect(issues).toEqual([{ path: [], message: 'must be nested at most 64 levels deep' }]);
  });

  test('20 000 levels end the message and nothing else', async () => {
    expect((await refusal(Person, nested(20_000))).code).toBe('PAYLOAD_INVALID');
    expect((await refusal([Plain], `[${'['.repeat(20_000)}${']'.repeat(20_000)}]`)).code).toBe('PAYLOAD_INVALID');
  });
});

describe('a limit of values', () => {
  const lines = (count: number) => Array.from({ length: count }, () => ({ article: 'tea', amount: 1 }));

  test('counts what objects and lists hold, however deep', async () => {
    const order = { address: { city: 'Ulm' }, lines: lines(3) };

    // Of the order 2, of the address 1, of the lines 3 and 6.
    const controller = controllerFor(Order);
    await new Fixture([controller], { payloadValues: 12 }).send('/app/in', order);
    expect(controller.seen).toBeInstanceOf(Order);
    expect(await refusal(Order, order, { payloadValues: 11 })).toEqual({
      code: 'PAYLOAD_INVALID',
      issues: [{ path: [], message: 'must be made of at most 11 values' }],
    });
  });

  test.each([
    ['a list of instances', [Line]],
    ['a list of instances without rules', [Plain]],
    ['a schema', anything],
  ] as const)('holds for %s, before anything is made of it', async (_what, type) => {
    expect(received(type, lines(4), { payloadValues: 12 })).toHaveLength(4);
    expect((await refusal(type, lines(5), { payloadValues: 12 })).issues).toEqual([
      { path: [], message: 'must be made of at most 12 values' },
    ]);
  });

  test('does not hold for what is taken as it is', () => {
    const options = { payloadValues: 1 };

    expect(received(Object, { a: [1, 2] }, options)).toEqual({ a: [1, 2] });
    expect(received(Array, [1, { a: 2 }, 3], options)).toHaveLength(3);
    expect(received([Number], [1, 2, 3], options)).toEqual([1, 2, 3]);
  });

  test('is that of the part which is taken', () => {
    @Controller()
    class Receiver {
      static seen: unknown;
      @MessageMapping('/in') receive(@Payload(Address, { path: 'address' }) address: Address) {
        Receiver.seen = address;
      }
    }

    void new Fixture([Receiver], { payloadValues: 1 }).send('/app/in', { address: { city: 'Ulm' }, rest: [1, 2, 3] });

    expect(Receiver.seen).toEqual({ city: 'Ulm' });
  });
});

describe('a class without rules', () => {
  test('is only made an instance', () => {
    expect(received(Plain, { anything: [1] })).toBeInstanceOf(Plain);
  });

  test('a transformation that fails on what a client sent is PAYLOAD_INVALID', async () => {
    expect(received(Trimmed, { name: ' x ' })).toEqual({ name: 'x' });

    expect((await refusal(Trimmed, { name: 3 })).code).toBe('PAYLOAD_INVALID');
  });
});

describe('lists', () => {
  test('every item becomes an instance', () => {
    const people = received(
      [Person],
      [
        { name: 'Ada', age: 1 },
        { name: 'Bob', age: 2 },
      ],
    );

    expect(people).toEqual([expect.any(Person), expect.any(Person)]);
  });

  test('issues have the index of their item', async () => {
    const { issues } = await refusal(
      [Person],
      [
        { name: 'Ada', age: 1 },
        { name: 'Bob', age: 'x' },
      ],
    );

    expect(new Set(issues?.map(({ path }) => path.join('.')))).toEqual(new Set(['1.age']));
  });

  test.each([
    [[Person], '{}', [], 'must be an array'],
    [[Person], '[{"name":"Ada","age":1}, 7]', [1], 'must be an object'],
    [[Person], '[null]', [0], 'must be an object'],
    [[String], '["a", 7]', [1], 'must be a string'],
    [Array, '"a"', [], 'must be an array'],
  ] as const)('%p does not take %s', async (type, body, path, message) => {
    expect((await refusal(type, body)).issues).toEqual([{ path, message }]);
  });

  test('at most 20 issues are told of a payload, and the error and the log stay small', async () => {
    const controller = controllerFor([Person]);
    const fixture = new Fixture([controller]);
    const failure = await failureOf(() =>
      fixture.send(
        '/app/in',
        Array.from({ length: 10_000 }, () => ({})),
      ),
    );

    const notice = fixture.broker.sent[0]?.[1] ?? '';

    expect((JSON.parse(notice) as Partial<Refusal>).issues).toHaveLength(20); // what the client is sent
    expect(notice.length).toBeLessThan(4_000);
    expect(failure.message.length).toBeLessThan(1_100);
    expect(JSON.stringify(fixture.logger.lines).length).toBeLessThan(2_000);
  });

  test('nothing is made or validated after enough issues are known', async () => {
    let [made, validated] = [0, 0];
    @ValidatorConstraint({ name: 'never' })
    class Never implements ValidatorConstraintInterface {
      validate(): boolean {
        validated += 1;
        return false;
      }
    }
    class Refused {
      @Validate(Never) field!: unknown;

      constructor() {
        made += 1;
      }
    }

    await refusal(
      [Refused],
      Array.from({ length: 1_000 }, () => ({})),
    );

    expect(validated).toBe(20);
    expect(made).toBeLessThan(25); // one more at the start, for the check of its rules
  });

  test('20 issues at most are told of lists inside an instance too', async () => {
    const { issues } = await refusal(Order, {
      address: { city: 'Ulm' },
      lines: Array.from({ length: 1_000 }, () => ({})),
    });

    expect(issues).toHaveLength(20);
  });

  test('keys and messages that repeat what a client sent are cut', async () => {
    const options = { validation: { whitelist: true, forbidNonWhitelisted: true } };

    const { issues } = await refusal(Address, { city: 'Ulm', ['x'.repeat(10_000)]: 1 }, options);

    expect(issues?.[0]?.message.length).toBeLessThan(220);
    expect(String(issues?.[0]?.path[0]).length).toBeLessThan(120);
  });

  test('lists of plain values and of anything are taken', () => {
    expect(received([Number], '[1,2]')).toEqual([1, 2]);
    expect(received(Array, '[1,"x",null]')).toEqual([1, 'x', null]);
    expect(received([Object], '[1,"x",null]')).toEqual([1, 'x', null]);
  });
});

describe('plain values', () => {
  test('text, numbers, booleans, octets and any JSON are taken as they are', () => {
    expect(received(String, '{"raw"')).toBe('{"raw"');
    expect(received(Number, '17')).toBe(17);
    expect(received(Boolean, 'false')).toBe(false);
    expect(received(Uint8Array, Buffer.from([1, 2]))).toEqual(Buffer.from([1, 2]));
    expect(received(Object, '{"a":[1]}')).toEqual({ a: [1] });
  });

  test.each([
    [Number, '"17"', 'must be a number'],
    [Boolean, '1', 'must be a boolean'],
  ])('%p does not take %s', async (type, body, message) => {
    expect(await refusal(type, body)).toEqual({ code: 'PAYLOAD_INVALID', issues: [{ path: [], message }] });
  });

  test('broken JSON is PAYLOAD_UNREADABLE', async () => {
    expect((await refusal(Person, '{"name"')).code).toBe('PAYLOAD_UNREADABLE');
  });
});

describe('asynchronous rules', () => {
  @ValidatorConstraint({ name: 'isFree', async: true })
  class IsFree implements ValidatorConstraintInterface {
    async validate(value: unknown): Promise<boolean> {
      await Promise.resolve();
      return value !== 'taken';
    }
  }

  class Registration {
    @Validate(IsFree) nickname!: string;
  }

  class Team {
    @ValidateNested({ each: true }) @Type(() => Registration) members!: Registration[];
  }

  test('are awaited', async () => {
    expect((await refusal(Registration, { nickname: 'taken' })).issues?.[0]?.rule).toBe('isFree');
    expect((await refusal([Registration], [{ nickname: 'free' }, { nickname: 'taken' }])).issues?.[0]?.path).toEqual([
      1,
      'nickname',
    ]);
  });

  test('of a long list end with the batch in which enough issues are known', async () => {
    const members = Array.from({ length: 1_000 }, (_, index) => ({ nickname: index % 2 === 0 ? 'free' : 'taken' }));

    const { issues } = await refusal([Registration], members);

    expect(issues?.map(({ path }) => path[0])).toEqual(Array.from({ length: 20 }, (_, index) => 2 * index + 1));
  });

  test('are awaited in nested objects too', async () => {
    const { issues } = await refusal(Team, { members: [{ nickname: 'taken' }] });

    expect(issues?.[0]?.path).toEqual(['members', 0, 'nickname']);
  });

  test('let a good payload pass', async () => {
    const controller = controllerFor(Registration);

    await new Fixture([controller]).send('/app/in', { nickname: 'free' });

    expect(controller.seen).toBeInstanceOf(Registration);
  });
});
