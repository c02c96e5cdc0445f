import { annotate, type HandlerParameterDecorator } from '../decorate.js';
import type { PayloadType } from '../metadata.js';

/** How a payload is taken. */
export interface PayloadOptions {
  /** Whether an empty payload is refused with `PAYLOAD_MISSING`, or gives `undefined`. Default true. */
  readonly required?: boolean;
}

/**
 * The message's payload as the parameter's type, or as the given one: a class (the JSON object becomes an instance, validated by its
 * class-validator rules; properties without rules are kept), `String`, `Number`, `Boolean`, `Uint8Array` or `Buffer` (the octets),
 * `[Item]` for an array, `Object` for any JSON as it is.
 *
 * Interfaces, unions, `unknown`, arrays and classes imported with `import type` leave no type behind: then name it, or the start fails.
 */
export function Payload(options?: PayloadOptions): HandlerParameterDecorator;
export function Payload(type: PayloadType, options?: PayloadOptions): HandlerParameterDecorator;
export function Payload(...given: readonly (PayloadType | PayloadOptions | undefined)[]): HandlerParameterDecorator {
  const [first, second] = given;
  const hasType = given.length > 0 && !isPayloadOptions(first);
  const options = isPayloadOptions(first) ? first : second;
  const required = !isPayloadOptions(options) || options.required !== false;
  return annotate({ kind: 'payload', hasType, type: isPayloadOptions(first) ? undefined : first, required });
}

function isPayloadOptions(value: PayloadType | PayloadOptions | undefined): value is PayloadOptions {
  return typeof value === 'object' && !Array.isArray(value);
}
