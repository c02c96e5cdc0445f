import { types } from 'node:util';
import { type ClassTransformOptions, instanceToPlain } from 'class-transformer';

/** Reads and writes JSON text; the language's `JSON` is one. */
export interface JsonCodec {
  /** The value of a text. Whatever it throws means that the text is no JSON; its message is not passed on, as it may quote the payload. */
  parse(text: string): unknown;
  /** The text of a value, or `undefined` for what JSON has no form for. What it throws becomes `PAYLOAD_UNWRITABLE`. */
  stringify(value: unknown): string | undefined;
}

/**
 * The language's `JSON`, but for what it loses in silence: a `Set` is written as a list and a `Map` as an object (Spring: Jackson does), at any depth;
 * a promise that nobody awaited, NaN and the infinities by themselves are refused.
 */
export const LOSSLESS_JSON: JsonCodec = {
  parse: (text): unknown => JSON.parse(text),
  stringify(value) {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`JSON has no form for ${value}`);
    const text = stringify(value);
    // Sets, maps and promises have become `{}`. Only where there is one a closer look is worth its time.
    return text?.includes('{}') === true ? stringify(value, writeCollection) : text;
  },
};

/** Its type denies that it gives `undefined` for functions and symbols. */
const stringify = JSON.stringify as (value: unknown, replace?: typeof writeCollection) => string | undefined; // see above

/** Told of every value by JSON.stringify, which goes on with what it gets back. */
function writeCollection(_key: string, value: unknown): unknown {
  if (types.isSet(value)) return [...value];
  if (types.isMap(value)) return objectOf(value);
  if (types.isPromise(value)) throw new TypeError('it holds a promise: await it');
  return value;
}

/** @throws TypeError for keys that would be told apart no more */
function objectOf(map: ReadonlyMap<unknown, unknown>): object {
  for (const key of map.keys()) {
    if (typeof key !== 'string' && typeof key !== 'number') {
      throw new TypeError(`it holds a Map with a key of type ${typeof key}: make it a list of entries, or use text`);
    }
  }
  return Object.fromEntries(map as ReadonlyMap<string | number, unknown>); // as the loop has found
}

/**
 * JSON that writes instances of classes as class-transformer's decorators say (`@Expose`, `@Exclude`, `@Transform`, `@Type`): for
 * `messageConverters: { json: classTransformerJson() }`. What has a `toJSON` of its own and plain objects are written as ever. Several
 * times as slow as `JSON`.
 * @param options as `instanceToPlain` takes them, such as `{ groups: ['client'] }`
 */
export function classTransformerJson(options: ClassTransformOptions = {}): JsonCodec {
  // JSON.stringify has called toJSON before it asks the replacer.
  const replace = (key: string, given: unknown): unknown => {
    const value = writeCollection(key, given);
    return isInstance(value) ? instanceToPlain(value, options) : value;
  };
  return {
    parse: (text): unknown => JSON.parse(text),
    stringify: (value) => JSON.stringify(value, replace),
  };
}

function isInstance(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null;
}
