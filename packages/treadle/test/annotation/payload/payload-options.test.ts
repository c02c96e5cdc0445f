import { IsString, Length, Min } from 'class-validator';
import { parsePayloadPath } from '../../../src/annotation/payload/payload-path';
import { Payload, PayloadValidationError } from '../../../src/index';
import { argumentOf, findingOf } from '../arguments/argument-of';
import { failureOf } from '../fixture';

class Line {
  @IsString() article!: string;
}

class Account {
  @Length(1, 10, { groups: ['create'] }) name!: string;
  @Min(1, { groups: ['change'] }) id!: number;
}

const codeOf = async (...given: Parameters<typeof argumentOf>) => (await failureOf(() => argumentOf(...given))).code;

describe('Spring G7: an absent payload', () => {
  test.each(['', 'null'])('gives the default: %j', async (body) => {
    expect(await argumentOf(Payload(Number, { defaultValue: 5 }), { body })).toBe(5);
    expect(await argumentOf(Payload({ defaultValue: 5 }), { body, emitted: { type: Number } })).toBe(5);
    expect(await argumentOf(Payload(Line, { defaultValue: () => new Line() }), { body })).toBeInstanceOf(Line);
  });

  test('a function makes a default per message', async () => {
    const decorate = Payload([Line], { defaultValue: () => [] });

    expect(await argumentOf(decorate)).not.toBe(await argumentOf(decorate));
  });

  test('a default may be null, and stands aside where there is a payload', async () => {
    expect(await argumentOf(Payload(Object, { defaultValue: null }))).toBeNull();
    expect(await argumentOf(Payload(Number, { defaultValue: 5 }), { body: '0' })).toBe(0);
  });

  test('a default does not excuse a payload that is broken', async () => {
    expect(await codeOf(Payload(Number, { defaultValue: 5 }), { body: '"x"' })).toBe('PAYLOAD_INVALID');
    expect(await codeOf(Payload(Number, { defaultValue: 5 }), { body: '{' })).toBe('PAYLOAD_UNREADABLE');
  });
});

describe('a part of the payload', () => {
  const body = {
    order: { lines: [{ article: 'tea' }, { article: 7 }], note: null, 'a b': 1, 0: { article: 'by name' } },
    list: [[1, 2]],
  };

  test.each([
    [Payload(Line, { path: 'order.lines[0]' }), Object.assign(new Line(), { article: 'tea' })],
    [Payload(String, { path: 'order.lines[0].article' }), 'tea'],
    [Payload(Number, { path: 'list[0][1]' }), 2],
    [Payload(Number, { path: 'order.a b' }), 1],
    [Payload(Object, { path: 'order.note' }), null],
    [Payload([Number], { path: 'list[0]' }), [1, 2]],
  ])('is made into the type: %#', async (decorate, expected) => {
    expect(await argumentOf(decorate, { body })).toEqual(expected);
  });

  test('of the emitted type, where none is named', async () => {
    const decorate = Payload({ path: 'list[0][0]' });

    expect(await argumentOf(decorate, { body, emitted: { type: Number } })).toBe(1);
  });

  test('that is not there is absent', async () => {
    for (const path of [
      'other',
      'order.other.deep',
      'list[3]',
      'order[0]',
      'order.note',
      'order.toString',
      'list[0][1].x',
    ]) {
      expect(await codeOf(Payload(Line, { path }), { body })).toBe('PAYLOAD_MISSING');
      expect(await argumentOf(Payload(Line, { path, required: false }), { body })).toBeUndefined();
    }
    expect(await codeOf(Payload(Object, { path: 'a' }))).toBe('PAYLOAD_MISSING');
  });

  test.each(['__proto__', 'constructor', 'toString', 'constructor.name', 'lines.length', '__proto__.toString'])(
    'is never one that objects and lists inherit: %s',
    async (path) => {
      const lines = '{"lines":[1,2]}';

      expect(await argumentOf(Payload(Object, { path, required: false }), { body: lines })).toBe(
        path === 'lines.length' ? 2 : undefined,
      );
    },
  );

  test('may have the name of something that objects inherit', async () => {
    const odd = '{"constructor":{"toString":"x"}}';

    expect(await argumentOf(Payload(String, { path: 'constructor.toString' }), { body: odd })).toBe('x');
  });

  test('that is invalid has issues with paths from the root', async () => {
    const refused = async (decorate: Parameters<typeof argumentOf>[0]) => {
      const { cause } = await failureOf(() => argumentOf(decorate, { body }));
      return (cause as PayloadValidationError).issues; // `toEqual` shows what else it is
    };

    expect(await refused(Payload(Line, { path: 'order.lines[1]' }))).toMatchObject([
      { path: ['order', 'lines', 1, 'article'], rule: 'isString' },
    ]);
    expect(await refused(Payload([Line], { path: 'order.lines' }))).toMatchObject([
      { path: ['order', 'lines', 1, 'article'] },
    ]);
    expect(await refused(Payload(Number, { path: 'order.lines[0].article' }))).toEqual([
      { path: ['order', 'lines', 0, 'article'], message: 'must be a number' },
    ]);
  });

  test('is one of JSON, whatever the part becomes', async () => {
    const headers = { 'content-type': 'text/plain' };

    expect(await codeOf(Payload(String, { path: 'a' }), { body: '{"a":"x"}', headers })).toBe('PAYLOAD_UNREADABLE');
  });

  test.each(['', '.a', 'a.', 'a..b', 'a[', 'a[x]', 'a[-1]', 'a[0', 'a]', '[0]a', 'a.[0]'])(
    'a malformed path fails the start: %j',
    (path) => {
      expect(findingOf(Payload(Line, { path }))).toContain(`the path '${path}' is malformed; write keys with dots`);
    },
  );

  test('octets have none', () => {
    expect(findingOf(Payload(Uint8Array, { path: 'a' }))).toContain("octets have no part 'a'; drop the path");
  });

  test('begins with a key or an index', () => {
    expect(parsePayloadPath('[0].a[1][2].b')).toEqual([0, 'a', 1, 2, 'b']);
  });
});

describe('Spring I9: validation groups', () => {
  const create = Payload(Account, { validation: { groups: ['create'] } });
  const change = Payload(Account, { validation: { groups: ['change'] } });

  test('choose the rules that count for a parameter', async () => {
    expect(await codeOf(create, { body: { name: '' } })).toBe('PAYLOAD_INVALID');
    expect(await codeOf(change, { body: { name: 'x' } })).toBe('PAYLOAD_INVALID');
    expect(await argumentOf(create, { body: { name: 'x' } })).toEqual({ name: 'x' });
  });

  test('stand over what the application says of all', async () => {
    const options = { validation: { groups: ['change'], whitelist: true } };
    const body = { name: 'x', more: 1 };

    expect(await argumentOf(create, { body, options })).toEqual({ name: 'x' });
  });

  test('of what class-validator does not check fail the start', () => {
    expect(findingOf(Payload(String, { validation: {} }))).toContain('class-validator, which checks classes only');
    expect(findingOf(Payload([Account], { validation: {} }))).toBe('nothing');
  });
});
