import { ArgumentError, ConfigurationError } from '../../foundation/errors.js';
import { describeParameter, type HandlerParameter, NO_TYPES_EMITTED } from './argument-resolver.js';

/** Makes a value of a header or a destination variable. @throws ArgumentError `ARGUMENT_INVALID` */
export type ConvertText = (text: string) => unknown;

/**
 * The type a parameter's decorator names, else the one the compiler emitted.
 * @param cure how to name it
 * @throws ConfigurationError when there is neither: taking text for granted would hand `'7'` to a parameter declared as a number
 */
export function knownType(parameter: HandlerParameter, named: unknown, cure: string): unknown {
  if (named !== undefined) return named;
  if (parameter.hasTypes) return parameter.type;
  throw new ConfigurationError(
    `${describeParameter(parameter)}: its type is not known at run time: ${NO_TYPES_EMITTED}. Name it: ${cure}`,
  );
}

/**
 * The conversion to a parameter's type. Text stays text for `string`, for unions and interfaces.
 * @param type from the decorator, or what the compiler emitted
 * @param what names the value in errors: `header 'page'`
 * @throws ConfigurationError when text cannot become that type
 */
export function compileTextConversion(parameter: HandlerParameter, type: unknown, what: string): ConvertText {
  switch (type) {
    case Object:
    case String:
      return (text) => text;
    case Number:
      return (text) => toNumber(text) ?? invalid(what, 'a number');
    case BigInt:
      return (text) => (/^[+-]?\d+$/.test(text) ? BigInt(text) : invalid(what, 'an integer'));
    case Boolean:
      return (text) => BOOLEANS.get(text.toLowerCase()) ?? invalid(what, 'true or false');
    default:
      throw new ConfigurationError(
        `${describeParameter(parameter)}: the ${what} cannot become ${nameOf(type)}; declare string, number, boolean or bigint, ` +
          'or name one of String, Number, Boolean, BigInt in the decorator',
      );
  }
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

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

function toNumber(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function invalid(what: string, expected: string): never {
  throw new ArgumentError('ARGUMENT_INVALID', `the ${what} is not ${expected}`);
}

function nameOf(type: unknown): string {
  if (type === undefined) return 'a class that was not defined yet (circular import)';
  return typeof type === 'function' ? type.name : 'an enum';
}
