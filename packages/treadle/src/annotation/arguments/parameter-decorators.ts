import { annotate } from '../decorate.js';
import type { HeadersType, HeaderType, ItemType, TextType, VariableType } from '../metadata.js';
import { isStandardSchema, type StandardSchema } from '../payload/standard-schema.js';
import type { Absent, HeadersOf, NamedOrEmitted, ValueOf } from './argument-types.js';
import type { FittingParameterDecorator } from './fitting-decorator.js';

/** What stands in for a header that is not there. */
export type HeaderDefault = string | number | boolean | bigint | object;

/** How a header is taken. */
export interface HeaderOptions<
  T extends HeaderType | undefined = HeaderType | undefined,
  R extends boolean = boolean,
  D extends HeaderDefault = HeaderDefault,
> {
  /**
   * Whether its absence is refused with `ARGUMENT_MISSING`, or gives `undefined`. Default true, false with a `defaultValue`. A schema is asked
   * first: one that takes `undefined` makes the header optional.
   */
  readonly required?: R;
  /** Stands in for a header that is absent or empty. Text is converted like the header, anything else is given as it is. */
  readonly defaultValue?: D;
  /** What the header becomes. Default: the parameter's type, where the compiler emits one that says it. */
  readonly type?: T;
}

/** How a destination variable is taken. */
export interface DestinationVariableOptions<
  T extends VariableType | undefined = VariableType | undefined,
  R extends boolean = boolean,
> {
  /** False for a variable that only some of the method's patterns have: with the others it is `undefined`. Default true. */
  readonly required?: R;
  /** What the variable becomes. Default: the parameter's type, where the compiler emits one that says it. */
  readonly type?: T;
}

/**
 * The first header of this name, made into a type: `String`, `Number`, `Boolean`, `BigInt`, `Date` (ISO 8601), an enum, a Standard Schema;
 * `Array` or `[Number]` gives all headers of the name. Without a type, the parameter's own counts: `string`, `number`, `boolean`, `bigint`, `Date` or
 * `string[]`. A union such as `number | undefined` leaves nothing to go by: there the type must be named, or the start fails.
 * What does not parse ends the message with `ARGUMENT_INVALID`.
 */
export function Header<
  T extends TextType | StandardSchema | ArrayConstructor | readonly [ItemType],
  R extends boolean = true,
  D extends HeaderDefault = never,
>(
  name: string,
  type: T,
  options?: HeaderOptions<undefined, R, D>,
): FittingParameterDecorator<ValueOf<T> | Absent<R, D>>;
export function Header<
  T extends HeaderType | undefined = undefined,
  R extends boolean = true,
  D extends HeaderDefault = never,
>(name: string, options?: HeaderOptions<T, R, D>): FittingParameterDecorator<NamedOrEmitted<T, Absent<R, D>>>;
export function Header(name: string, ...given: readonly unknown[]): FittingParameterDecorator<unknown> {
  const { hasType, type, options } = readArguments<HeaderOptions>(given);
  const { required, defaultValue } = options;
  return annotate({ kind: 'header', name, hasType, type, required, defaultValue });
}

/**
 * All headers, as the parameter's type or the given one: `NativeHeaders`; an object (`Object`) or a `Map` with the first of repeated ones. Where
 * the compiler emits no types it must be given.
 */
export function Headers(): FittingParameterDecorator<any>; // becomes what the parameter declares, or the start fails
export function Headers<T extends HeadersType>(type: T): FittingParameterDecorator<HeadersOf<T>>;
export function Headers(type?: HeadersType): FittingParameterDecorator<unknown> {
  return annotate({ kind: 'headers', type });
}

/**
 * A variable of the mapping, made into a type as a header is; what does not parse ends the message with `ARGUMENT_INVALID`. Without a type, the
 * parameter's own counts: `string`, `number`, `boolean`, `bigint` or `Date`.
 */
export function DestinationVariable<T extends TextType | StandardSchema, R extends boolean = true>(
  name: string,
  type: T,
  options?: DestinationVariableOptions<undefined, R>,
): FittingParameterDecorator<ValueOf<T> | Absent<R, never>>;
export function DestinationVariable<T extends VariableType | undefined = undefined, R extends boolean = true>(
  name: string,
  options?: DestinationVariableOptions<T, R>,
): FittingParameterDecorator<NamedOrEmitted<T, Absent<R, never>>>;
export function DestinationVariable(name: string, ...given: readonly unknown[]): FittingParameterDecorator<unknown> {
  const { hasType, type, options } = readArguments<DestinationVariableOptions>(given);
  return annotate({ kind: 'destinationVariable', name, hasType, type, required: options.required ?? true });
}

interface Read<Options> {
  readonly hasType: boolean;
  readonly type: unknown;
  readonly options: Options;
}

/** A function, a list or a schema is a type; any other object holds options, which is why an enum is named by `{ type: Color }`. */
function readArguments<Options extends { readonly type?: unknown }>(given: readonly unknown[]): Read<Options> {
  const [first, second] = given;
  const isOptions = typeof first === 'object' && first !== null && !Array.isArray(first) && !isStandardSchema(first);
  const options = ((isOptions ? first : second) ?? {}) as Options; // the overloads allow nothing else
  // A type that is there as `undefined` is a circular import, which the start must tell of.
  if (!isOptions) return { hasType: given.length > 0, type: first, options };
  return { hasType: 'type' in options, type: options.type, options };
}
