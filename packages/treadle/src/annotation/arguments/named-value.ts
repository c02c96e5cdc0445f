import { type Awaitable, whenDone } from '../../foundation/awaitable.js';
import { ArgumentError, ConfigurationError } from '../../foundation/errors.js';
import { askSchema, isStandardSchema, problemOfSchema, type StandardSchema } from '../payload/standard-schema.js';
import { describeParameter, locationOf } from './argument-resolver.js';
import { type DeclaredType, knownType, textConversion } from './text-conversion.js';

/** A header or a destination variable as its decorator declares it (Spring: `NamedValueInfo`). */
export interface NamedValue extends DeclaredType {
  readonly name: string;
  /** `undefined` when the decorator does not say it. */
  readonly required: boolean | undefined;
}

/** How a named value is made into an argument; both throw or reject with an `ArgumentError`. */
export interface NamedValueConversion {
  /** From text that is there. */
  readonly convert: (text: string) => unknown;
  /** When there is none: the default, `undefined` for one that is not required, else `ARGUMENT_MISSING`. */
  readonly absent: () => unknown;
}

/** @throws ConfigurationError when its type is not known or text cannot become it, or a default is not of that type */
export function compileNamedValue(value: NamedValue): NamedValueConversion {
  const type = knownType(value);
  return isStandardSchema(type) ? schemaConversion(value, type) : typedConversion(value, type);
}

/** All texts of a repeated header. @param type `Array` for text, or a list with the items' type */
export function compileRepeatedValue(
  value: NamedValue,
  type: unknown,
): { readonly convert: (texts: readonly string[]) => unknown; readonly absent: () => unknown } {
  const item = Array.isArray(type) ? (type as readonly unknown[])[0] : String; // what the list holds is looked at next
  const { convert } = typedConversion({ ...value, defaultValue: undefined }, item);
  const { defaultValue } = value;
  const given = typeof defaultValue === 'string' ? [atStart(value, () => convert(defaultValue))] : defaultValue;
  if (given !== undefined && !Array.isArray(given)) throw wrongDefault(value, 'a list or the text of one item');
  return { convert: (texts) => texts.map((text) => convert(text)), absent: whenAbsent(value, given) };
}

function typedConversion(value: NamedValue, type: unknown): NamedValueConversion {
  const conversion = textConversion(value, type);
  const convert = (text: string): unknown => conversion.read(text) ?? invalid(value, `is not ${conversion.expected}`);
  const { defaultValue } = value;
  const given = typeof defaultValue === 'string' ? atStart(value, () => convert(defaultValue)) : defaultValue;
  if (given !== undefined && !conversion.gives(given)) throw wrongDefault(value, conversion.expected);
  return { convert, absent: whenAbsent(value, given) };
}

function schemaConversion(value: NamedValue, schema: StandardSchema): NamedValueConversion {
  const problem = problemOfSchema(schema);
  if (problem !== undefined) throw new ConfigurationError({ location: locationOf(value.parameter), ...problem });
  const ask = (text: string | undefined): Awaitable<unknown> =>
    whenDone(askSchema(schema, text), (verdict) => {
      if ('value' in verdict) return verdict.value;
      if (text === undefined) return missing(value);
      const [first] = verdict.issues;
      return invalid(value, `is not valid: ${first?.message ?? 'its schema refuses it'}`);
    });
  const { defaultValue, required } = value;
  if (typeof defaultValue === 'string') return { convert: ask, absent: () => ask(defaultValue) };
  const schemaDecides = defaultValue === undefined && required === undefined;
  return { convert: ask, absent: schemaDecides ? () => ask(undefined) : whenAbsent(value, defaultValue) };
}

function whenAbsent(value: NamedValue, defaultValue: unknown): () => unknown {
  if (defaultValue !== undefined) return () => defaultValue;
  return value.required === false ? () => undefined : () => missing(value);
}

function missing({ parameter, what, name }: NamedValue): never {
  const issues = [{ path: [name], message: `the ${what} is missing` }];
  throw new ArgumentError('ARGUMENT_MISSING', `${describeParameter(parameter)} requires the ${what}`, { issues });
}

function invalid({ what, name }: NamedValue, problem: string): never {
  const message = `the ${what} ${problem}`;
  throw new ArgumentError('ARGUMENT_INVALID', message, { issues: [{ path: [name], message }] });
}

/** A default that does not parse is the developer's mistake, not a client's. */
function atStart<T>(value: NamedValue, convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new ConfigurationError({
      location: locationOf(value.parameter),
      problem: `its default does not fit: ${error.message}`,
      cure: 'correct the default',
    });
  }
}

function wrongDefault({ parameter, what }: NamedValue, expected: string): ConfigurationError {
  return new ConfigurationError({
    location: locationOf(parameter),
    problem: `the default of the ${what} is not ${expected}`,
    cure: 'correct the default, or name the type it has',
  });
}
