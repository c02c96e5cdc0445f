import { type ClassTransformOptions, instanceToPlain } from 'class-transformer';

/** Reads and writes JSON text; the language's `JSON` is one. */
export interface JsonCodec {
  /** The value of a text. Whatever it throws means that the text is no JSON; its message is not passed on, as it may quote the payload. */
  parse(text: string): unknown;
  /** The text of a value, or `undefined` for what JSON has no form for. What it throws becomes `PAYLOAD_UNWRITABLE`. */
  stringify(value: unknown): string | undefined;
}

/**
 * JSON that writes instances of classes as class-transformer's decorators say (`@Expose`, `@Exclude`, `@Transform`, `@Type`): for
 * `messageConverters: { json: classTransformerJson() }`. What has a `toJSON` of its own and plain objects are written as ever. Several
 * times as slow as `JSON`.
 * @param options as `instanceToPlain` takes them, such as `{ groups: ['client'] }`
 */
export function classTransformerJson(options: ClassTransformOptions = {}): JsonCodec {
  // JSON.stringify has called toJSON before it asks the replacer.
  const replace = (_key: string, value: unknown): unknown =>
    isInstance(value) ? instanceToPlain(value, options) : value;
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
