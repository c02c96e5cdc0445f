import type { ValidatorOptions } from 'class-validator';
import type { WhenNotRequired } from '../arguments/argument-types.js';
import type { Emitted, FittingParameterDecorator } from '../arguments/fitting-decorator.js';
import { annotate } from '../decorate.js';
import type { PayloadType } from '../metadata.js';
import { isStandardSchema, type StandardOutput, type StandardSchema } from './standard-schema.js';

/** What stands in for a payload that is not there. */
export type PayloadDefault = string | number | boolean | bigint | object | null;

/** How a payload is taken. */
export interface PayloadOptions<R extends boolean = boolean, D extends PayloadDefault = PayloadDefault> {
  /**
   * Whether an absent payload is refused with `PAYLOAD_MISSING`, or gives `undefined`. Default true, false with a `defaultValue`. A schema is asked
   * first: one that takes `undefined` makes the payload optional.
   */
  readonly required?: R;
  /** Stands in for an absent payload, unchecked; a function makes one per message, anything else is shared by all. */
  readonly defaultValue?: D | (() => D);
  /** Takes only this part of the JSON value: keys with dots, indexes in brackets, as `order.lines[0]`. A part that is not there is absent. */
  readonly path?: string;
  /** Given to class-validator over the application's `validation`: `{ groups: ['create'] }` (Spring: the groups of `@Validated`). */
  readonly validation?: ValidatorOptions;
}

/**
 * The message's payload as the parameter's type, or as the given one: a class (the JSON object becomes an instance, validated by its
 * class-validator rules; properties without rules are kept), `String`, `Number`, `Boolean`, `Uint8Array` or `Buffer` (the octets),
 * `[Item]` for an array, `Object` for any JSON as it is; or a Standard Schema, whose output is given. On a public method whose parameter does
 * not take that, it does not compile.
 *
 * Interfaces, unions, `unknown`, arrays and classes imported with `import type` leave no type behind: then name it, or the start fails.
 */
export function Payload<R extends boolean = true, D extends PayloadDefault = never>(
  options?: PayloadOptions<R, D>,
): FittingParameterDecorator<Emitted<AbsentPayload<R, D>>>;
export function Payload<T extends PayloadType, R extends boolean = true, D extends PayloadDefault = never>(
  type: T,
  options?: PayloadOptions<R, D>,
): FittingParameterDecorator<PayloadOf<T> | AbsentPayload<R, D>>;
export function Payload(...given: readonly unknown[]): FittingParameterDecorator<unknown> {
  const [first, second] = given;
  const isOnlyOptions = given.length === 0 || isPayloadOptions(first);
  const options = ((isOnlyOptions ? first : second) ?? {}) as PayloadOptions; // the overloads allow nothing else
  const { required, defaultValue, path, validation } = options;
  const type = isOnlyOptions ? undefined : first;
  return annotate({ kind: 'payload', hasType: !isOnlyOptions, type, required, defaultValue, path, validation });
}

/** What a type named in `@Payload` gives. */
export type PayloadOf<T> = T extends StandardSchema
  ? StandardOutput<T>
  : T extends StringConstructor
    ? string
    : T extends NumberConstructor
      ? number
      : T extends BooleanConstructor
        ? boolean
        : T extends ObjectConstructor
          ? any // any JSON value, unchecked
          : T extends ArrayConstructor
            ? any[] // the same
            : T extends readonly [infer Item]
              ? PayloadOf<Item>[]
              : T extends abstract new (...values: never[]) => infer Instance
                ? Instance
                : unknown;

type AbsentPayload<R extends boolean, D> = [D] extends [never] ? WhenNotRequired<R> : D;

function isPayloadOptions(value: unknown): value is PayloadOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isStandardSchema(value);
}
