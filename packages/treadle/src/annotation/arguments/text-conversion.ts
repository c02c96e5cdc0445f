import { ConfigurationError } from '../../foundation/errors.js';
import { type HandlerParameter, locationOf, nameOfType, NO_TYPES_EMITTED } from './argument-resolver.js';

/** Makes values of the text of headers and destination variables. */
export interface TextConversion {
  /** What it makes, to be read after "is not": `a number`. */
  readonly expected: string;
  /** `undefined` for text that does not parse. */
  read(text: string): unknown;
  /** Whether a value, a default for example, is what `read` gives. */
  gives(value: unknown): boolean;
}

/** What a decorator says about the type of a parameter that is made of text. */
export interface DeclaredType {
  readonly parameter: HandlerParameter;
  /** `header 'page'`, for errors. */
  readonly what: string;
  readonly hasType: boolean;
  readonly type: unknown;
  readonly defaultValue?: unknown;
  /** How to name a type. */
  readonly cure: string;
}

/**
 * The type that a decorator names, else that of its default, else the one the compiler emitted.
 * @throws ConfigurationError when none is known: taking text for granted would hand `'7'` to a parameter declared as `number | undefined`
 */
export function knownType({ parameter, what, hasType, type, defaultValue, cure }: DeclaredType): unknown {
  if (hasType && type !== undefined) return type;
  if (hasType) {
    throw new ConfigurationError({
      location: locationOf(parameter),
      problem: `the type given for the ${what} is undefined`,
      cure: 'break the circular import or move it up',
    });
  }
  if (defaultValue !== undefined && typeof defaultValue !== 'string') return typeOf(defaultValue);
  if (parameter.hasTypes && parameter.type !== Object) return parameter.type;
  const why = parameter.hasTypes ? NOTHING_LEFT : NO_TYPES_EMITTED;
  throw new ConfigurationError({
    location: locationOf(parameter),
    problem: `its type is not known at run time: ${why}`,
    cure: `name it: ${cure}`,
  });
}

const NOTHING_LEFT = 'it is a union (`string | undefined` too), an interface, unknown or any';

/**
 * The conversion to a type.
 * @throws ConfigurationError when text cannot become it
 */
export function textConversion({ parameter, what }: DeclaredType, type: unknown): TextConversion {
  const conversion = CONVERSIONS.get(type) ?? (isEnum(type) ? enumConversion(type) : undefined);
  if (conversion) return conversion;
  throw new ConfigurationError({
    location: locationOf(parameter),
    problem: `the ${what} cannot become ${nameOf(type)}`,
    cure:
      'declare string, number, boolean, bigint or Date, ' +
      'or name one of String, Number, Boolean, BigInt, Date, { type: anEnum } or a schema in the decorator',
  });
}

/** Spring's words (`StringToBooleanConverter`). */
const BOOLEANS = new Map([
  ['true', true],
  ['on', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['off', false],
  ['no', false],
  ['0', false],
]);

const CONVERSIONS = new Map<unknown, TextConversion>([
  [String, { expected: 'text', read: (text) => text, gives: (value) => typeof value === 'string' }],
  [Number, { expected: 'a number', read: toNumber, gives: (value) => typeof value === 'number' }],
  [Boolean, { expected: 'true or false', read: toBoolean, gives: (value) => typeof value === 'boolean' }],
  [BigInt, { expected: 'an integer', read: toBigInt, gives: (value) => typeof value === 'bigint' }],
  [Date, { expected: 'a date of ISO 8601', read: toDate, gives: (value) => value instanceof Date }],
]);

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function toNumber(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function toBoolean(text: string): boolean | undefined {
  return BOOLEANS.get(text.toLowerCase());
}

function toBigInt(text: string): bigint | undefined {
  return /^[+-]?\d+$/.test(text) ? BigInt(text) : undefined;
}

/** A day, or a moment with its offset: without one it would be taken for the server's local time (ECMA-262 § Date Time String Format). */
const ISO_8601 = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

function toDate(text: string): Date | undefined {
  const day = ISO_8601.exec(text)?.[1];
  // JavaScript makes 1 March of 30 February; only the day itself tells, for an offset may move the moment to another one.
  if (day === undefined || !isDay(day)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

type EnumMember = string | number;

function enumConversion(type: Readonly<Record<string, EnumMember>>): TextConversion {
  // Numeric enums of TypeScript also lead back from each value to its name.
  const members = Object.entries(type).filter(
    ([name, value]) => typeof value === 'number' || type[value] !== Number(name),
  );
  const byText = new Map<string, EnumMember>();
  for (const [name, value] of members) if (typeof value === 'number') byText.set(name, value);
  for (const [, value] of members) byText.set(String(value), value);
  const values = new Set<unknown>(members.map(([, value]) => value));
  const expected = `one of ${members.map(([, value]) => value).join(', ')}`;
  return { expected, read: (text) => byText.get(text), gives: (value) => values.has(value) };
}

function isEnum(type: unknown): type is Readonly<Record<string, EnumMember>> {
  if (typeof type !== 'object' || type === null || Array.isArray(type)) return false;
  const values: readonly unknown[] = Object.values(type);
  return values.length > 0 && values.every((value) => typeof value === 'string' || typeof value === 'number');
}

function typeOf(value: unknown): unknown {
  const [type] = [...CONVERSIONS].find(([, conversion]) => conversion.gives(value)) ?? [
    Array.isArray(value) ? Array : Object,
  ];
  return type;
}

function nameOf(type: unknown): string {
  if (type === undefined) return 'a class that was not defined yet (circular import)';
  return typeof type === 'function' ? nameOfType(type) : 'an object that is no enum';
}
