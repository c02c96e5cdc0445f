import { z } from 'zod';
import type { HeaderType } from '../../../src/annotation/metadata';
import { DestinationVariable, Header } from '../../../src/index';
import { failureOf } from '../fixture';
import { argumentOf, findingOf } from './argument-of';

enum Side {
  Buy = 'buy',
  Sell = 'sell',
}
enum Level {
  Low,
  High,
}
/** Whose values are what objects inherit. */
enum Odd {
  Made = 'constructor',
  Kept = '__proto__',
}
const DIRECTION = { Up: 'up', Down: 'down' } as const;

const header = (type: HeaderType, value: string | readonly string[] | undefined) =>
  argumentOf(Header('h', { type }), { headers: { h: value } });
const codeOf = async (type: HeaderType, value: string) => (await failureOf(() => header(type, value))).code;

describe('Spring G1, G3: text becomes the named type', () => {
  test.each([
    [String, ' a ', ' a '],
    [Number, '-1.5e2', -150],
    [Boolean, 'Yes', true],
    [Boolean, '0', false],
    [BigInt, '12345678901234567890', 12_345_678_901_234_567_890n],
    [BigInt, '+5', 5n],
    [Date, '2026-02-28', new Date('2026-02-28T00:00:00Z')],
    [Date, '2026-02-28T23:30Z', new Date('2026-02-28T23:30:00Z')],
    [Date, '2026-02-28T23:30:01.5-02:00', new Date('2026-03-01T01:30:01.500Z')],
    [Side, 'sell', Side.Sell],
    [Level, '1', Level.High],
    [Level, 'High', Level.High],
    [DIRECTION, 'up', 'up'],
    [Date, '0000-01-01', new Date('0000-01-01T00:00:00Z')],
    [Date, '9999-12-31T23:59:59.999999999-23:59', new Date('9999-12-31T23:59:59.999-23:59')],
    [Date, '2026-02-28T24:00Z', new Date('2026-03-01T00:00:00Z')],
    [Odd, 'constructor', 'constructor'],
    [Odd, '__proto__', '__proto__'],
    [[Number], ['1', '2'], [1, 2]],
    [[Side], 'buy', ['buy']],
    [Array, ['1', 'x'], ['1', 'x']],
  ] as const)('%p of %j', async (type, value, expected) => {
    expect(await header(type, value)).toEqual(expected);
  });

  test.each([
    [Number, '0x10', "the header 'h' is not a number"],
    [BigInt, '1.5', 'is not an integer'],
    [Boolean, '', 'is not true or false'],
    [Date, '2026-02-30', 'is not a date of ISO 8601'],
    [Date, '2025-02-29T00:00Z', 'is not a date of ISO 8601'],
    [Date, '2026-02-28T12:00', 'is not a date of ISO 8601'],
    [Date, '28.2.2026', 'is not a date of ISO 8601'],
    [Date, '2026-02-28T25:00Z', 'is not a date of ISO 8601'],
    [Date, '1772236800000', 'is not a date of ISO 8601'],
    [Side, 'Buy', 'is not one of buy, sell'],
    [Date, '10000-01-01', 'is not a date of ISO 8601'],
    [Date, '+275760-09-13', 'is not a date of ISO 8601'],
    [Date, '-000001-01-01', 'is not a date of ISO 8601'],
    [Date, '2026-13-01', 'is not a date of ISO 8601'],
    [Date, '2026-00-00', 'is not a date of ISO 8601'],
    [Date, '2016-12-31T23:59:60Z', 'is not a date of ISO 8601'],
    [Date, '2026-02-28T00:00+24:00', 'is not a date of ISO 8601'],
    [Side, 'toString', 'is not one of buy, sell'],
    [Side, 'constructor', 'is not one of buy, sell'],
    [Side, '__proto__', 'is not one of buy, sell'],
    [Level, 'hasOwnProperty', 'is not one of 0, 1'],
    [Level, 'valueOf', 'is not one of 0, 1'],
    [Level, '2', 'is not one of 0, 1'],
    [Level, 'low', 'is not one of 0, 1'],
    [[Number], 'x', 'is not a number'],
  ] as const)('%p refuses %j with ARGUMENT_INVALID', async (type, value, detail) => {
    const failure = await failureOf(() => header(type, value));

    expect(failure.code).toBe('ARGUMENT_INVALID');
    expect(failure.message).toContain(detail);
  });

  test('destination variables too', async () => {
    const given = { pattern: '/in/{v}', destination: '/app/in/2026-01-01' };

    expect(await argumentOf(DestinationVariable('v', Date), given)).toEqual(new Date('2026-01-01'));
    expect(await argumentOf(DestinationVariable('v', { type: Side }), { ...given, destination: '/app/in/buy' })).toBe(
      Side.Buy,
    );
    const failure = await failureOf(() => argumentOf(DestinationVariable('v', Number), given));
    expect(failure.code).toBe('ARGUMENT_INVALID');
  });
});

describe('the emitted type', () => {
  test.each([
    [Number, '7', 7],
    [Date, '2026-01-01', new Date('2026-01-01')],
    [Array, '7', ['7']],
    [Side, 'buy', Side.Buy], // as swc emits an enum
  ])('%p counts where none is named', async (type, value, expected) => {
    expect(await argumentOf(Header('h'), { headers: { h: value }, emitted: { type } })).toEqual(expected);
  });

  test.each([
    [5, '7', 7],
    [true, 'no', false],
    [5n, '7', 7n],
    [new Date(0), '2026-01-01', new Date('2026-01-01')],
    [[], '7', ['7']],
  ])('the type of a default %p counts where it was erased', async (defaultValue, value, expected) => {
    const emitted = { type: Object };

    expect(await argumentOf(Header('h', { defaultValue }), { headers: { h: value }, emitted })).toEqual(expected);
    expect(await argumentOf(Header('h', { defaultValue }), { emitted })).toEqual(defaultValue);
  });

  test.each([
    ['a header', Header('h', { required: false }), "@Header('h', Number), String for text"],
    ['a variable', DestinationVariable('v'), "@DestinationVariable('v', Number), String for text"],
  ])('%s whose union left nothing behind fails the start', (_name, decorate, cure) => {
    const finding = findingOf(decorate, { pattern: '/in/{v}', emitted: { type: Object } });

    expect(finding).toContain('One.handle, parameter 0: its type is not known at run time');
    expect(finding).toContain('it is a union (`string | undefined` too), an interface, unknown or any');
    expect(finding).toContain(`name it: ${cure}`);
  });
});

describe('absence', () => {
  test('ends the message with ARGUMENT_MISSING, which names the header as an issue', async () => {
    const { cause } = await failureOf(() => argumentOf(Header('h', Number)));

    expect(cause).toMatchObject({
      code: 'ARGUMENT_MISSING',
      issues: [{ path: ['h'], message: "the header 'h' is missing" }],
    });
  });

  test('gives undefined, or the default, converted where it is text', async () => {
    expect(await argumentOf(Header('h', Number, { required: false }))).toBeUndefined();
    expect(await argumentOf(Header('h', Number, { defaultValue: '7' }))).toBe(7);
    expect(await argumentOf(Header('h', { type: Side, defaultValue: Side.Sell }))).toBe(Side.Sell);
    expect(await argumentOf(Header('h', [Number], { required: false }))).toBeUndefined();
    expect(await argumentOf(Header('h', [Number], { defaultValue: [1] }))).toEqual([1]);
    expect(await argumentOf(Header('h', [Number], { defaultValue: '1' }))).toEqual([1]);
    expect((await failureOf(() => argumentOf(Header('h', Array)))).code).toBe('ARGUMENT_MISSING');
  });

  test('of a variable that only some patterns have gives undefined when it is not required', async () => {
    const decorate = DestinationVariable('v', Number, { required: false });

    expect(await argumentOf(decorate, { pattern: '/in/{v}', destination: '/app/in/7' })).toBe(7);
    expect(findingOf(decorate, { pattern: '/in/{w}' })).toContain("needs the variable 'v'");
  });
});

describe('a schema', () => {
  const integer = z.coerce.number().int('no integer');

  test('gives its output', async () => {
    expect(await argumentOf(Header('h', integer), { headers: { h: '7' } })).toBe(7);
    expect(await argumentOf(Header('h', { type: integer }), { headers: { h: '7' } })).toBe(7);
    const given = { pattern: '/in/{v}', destination: '/app/in/7' };
    expect(await argumentOf(DestinationVariable('v', integer), given)).toBe(7);
  });

  test('that is asynchronous is awaited', async () => {
    const free = z.string().refine(async (name) => Promise.resolve(name !== 'taken'), 'taken already');

    expect(await argumentOf(Header('h', free), { headers: { h: 'free' } })).toBe('free');
    const { cause } = await failureOf(() => argumentOf(Header('h', free), { headers: { h: 'taken' } }));
    expect(cause).toMatchObject({
      code: 'ARGUMENT_INVALID',
      issues: [{ path: ['h'], message: "the header 'h' is not valid: taken already" }],
    });
  });

  test('that refuses ends the message with ARGUMENT_INVALID', async () => {
    expect(await codeOf(integer, '7.5')).toBe('ARGUMENT_INVALID');
  });

  test('is asked about an absent header, unless the decorator decides', async () => {
    const optional = z.string().optional();
    const withDefault = z.string().default('tea');

    expect(await argumentOf(Header('h', optional))).toBeUndefined();
    expect(await argumentOf(Header('h', withDefault))).toBe('tea');
    expect((await failureOf(() => argumentOf(Header('h', z.string())))).code).toBe('ARGUMENT_MISSING');
    expect((await failureOf(() => argumentOf(Header('h', optional, { required: true })))).code).toBe(
      'ARGUMENT_MISSING',
    );
    expect(await argumentOf(Header('h', z.string(), { required: false }))).toBeUndefined();
    expect(await argumentOf(Header('h', z.string().toUpperCase(), { defaultValue: 'a' }))).toBe('A');
  });
});

describe('mistakes are told at start', () => {
  const unknownVersion = { '~standard': { version: 2, vendor: 'x', validate: () => ({ value: 1 }) } };
  const noValidate = { '~standard': { version: 1, vendor: 'x' } };
  const given = (type: unknown) => Header('h', type as never); // what JavaScript may give

  test.each([
    [
      'an undefined type',
      given(undefined),
      "the type given for the header 'h' is undefined; break the circular import",
    ],
    ['a class', given(Map), "the header 'h' cannot become Map"],
    ['a list of one', given([Map]), "the header 'h' cannot become Map"],
    ['an empty list', given([]), "the header 'h' cannot become"],
    ['an object that is no enum', Header('h', { type: {} }), "the header 'h' cannot become an object that is no enum"],
    [
      'a text that does not parse',
      Header('h', Number, { defaultValue: 'x' }),
      "its default does not fit: the header 'h' is not a number",
    ],
    [
      'a default of another type',
      Header('h', Number, { defaultValue: true }),
      "the default of the header 'h' is not a number",
    ],
    ['a default that is no member', Header('h', { type: Side, defaultValue: 'x' }), 'is not one of buy, sell'],
    ['a default that is no list', Header('h', [Number], { defaultValue: 7 }), 'is not a list or the text of one item'],
    ['a schema of another version', given(unknownVersion), 'its schema follows version 2 of Standard Schema, not 1'],
    ['a schema that cannot validate', given(noValidate), 'its schema has no validate function'],
  ])('%s', (_name, decorate, finding) => {
    expect(findingOf(decorate)).toContain('One.handle, parameter 0: ');
    expect(findingOf(decorate)).toContain(finding);
  });
});
