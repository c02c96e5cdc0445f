import type { NativeHeaders } from '../../messaging/native-headers.js';
import type { EnumObject, HeadersType } from '../metadata.js';
import type { StandardOutput, StandardSchema } from '../payload/standard-schema.js';
import type { Emitted } from './fitting-decorator.js';

/** What a type named in `@Header` or `@DestinationVariable` makes of text. */
export type ValueOf<T> = T extends StandardSchema
  ? StandardOutput<T>
  : T extends StringConstructor
    ? string
    : T extends NumberConstructor
      ? number
      : T extends BooleanConstructor
        ? boolean
        : T extends BigIntConstructor
          ? bigint
          : T extends DateConstructor
            ? Date
            : T extends ArrayConstructor
              ? string[]
              : T extends readonly [infer Item]
                ? ValueOf<Item>[]
                : T extends EnumObject
                  ? T[keyof T]
                  : unknown;

/** What a type named in `@Headers` gives. */
export type HeadersOf<T extends HeadersType> = T extends typeof NativeHeaders
  ? NativeHeaders
  : T extends MapConstructor
    ? Map<string, string>
    : Record<string, string>;

/** The value of an absent header or variable; text is converted like a present one, so its own type says nothing. */
export type Absent<R extends boolean, D> = [D] extends [never] ? WhenNotRequired<R> : Exclude<D, string>;

/** `undefined` where something absent is let through; nothing where it is refused, or where that is only known at run time. */
export type WhenNotRequired<R extends boolean> = [R] extends [false] ? undefined : never;

/** The value of a named type, or what the compiler emits when none was named; anything where that is only known at run time. */
export type NamedOrEmitted<T, AbsentValue> = [T] extends [undefined]
  ? Emitted<AbsentValue>
  : undefined extends T
    ? any // the options came as a whole, of the widest type
    : ValueOf<T> | AbsentValue;
