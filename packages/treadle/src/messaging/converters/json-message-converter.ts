import { MessageConversionError } from '../../foundation/errors.js';
import type { Message } from '../message.js';
import type { ConvertedPayload, MessageConverter } from '../message-converter.js';
import { decodeText, encodeText, isJson, JSON_TYPE } from './content-type.js';
import { type JsonCodec, LOSSLESS_JSON } from './json-codec.js';

/**
 * JSON (Spring: `JacksonJsonMessageConverter`): `application/json`, `application/*+json` and messages without content type.
 * Gives plain values; making them instances of a handler's class comes after conversion.
 *
 * Text becomes values and values text by a `JsonCodec`: the language's `JSON`, with sets and maps, unless another one is given. Values that hold a key `__proto__` are refused: copied key by key, it would replace the prototype of the copy.
 */
export class JsonMessageConverter implements MessageConverter {
  readonly #codec: JsonCodec;

  constructor(codec: JsonCodec = LOSSLESS_JSON) {
    this.#codec = codec;
  }

  fromMessage(message: Message, target: unknown): unknown {
    const { contentType } = message;
    if (target === String || target === Uint8Array || target === Buffer) return undefined;
    if (contentType === undefined && target === undefined) {
      const text = decodeText(message.payload, undefined);
      const value = tryToParse(text, this.#codec);
      return value === undefined ? text : value;
    }
    if (contentType !== undefined && !isJson(contentType)) return undefined;
    return parse(decodeText(message.payload, contentType), this.#codec);
  }

  toOctets(payload: unknown, contentType: string | undefined): ConvertedPayload | undefined {
    if (contentType !== undefined && !isJson(contentType)) return undefined;
    return { octets: encodeText(stringify(payload, this.#codec), contentType), contentType: JSON_TYPE };
  }
}

function parse(text: string, codec: JsonCodec): unknown {
  const value = tryToParse(text, codec);
  if (value === undefined) throw new MessageConversionError('PAYLOAD_UNREADABLE', 'the payload is not valid JSON');
  return value;
}

/** The value, or `undefined` for text that is not JSON. */
function tryToParse(text: string, codec: JsonCodec): unknown {
  let value: unknown;
  try {
    value = codec.parse(text);
  } catch {
    // Not passed on as a cause: its message quotes the payload, which no log may hold.
    return undefined;
  }
  // Only a text with the name in it, or with escapes that may spell it, needs a closer look.
  if ((text.includes('__proto__') || text.includes('\\u')) && holdsProtoKey(value)) {
    throw new MessageConversionError('PAYLOAD_UNREADABLE', "the payload holds the key '__proto__'");
  }
  return value;
}

/** Without recursion: the nesting of a client's JSON is not limited yet. */
function holdsProtoKey(root: unknown): boolean {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '__proto__')) return true;
    for (const child of Object.values(value)) open.push(child);
  }
  return false;
}

function stringify(payload: unknown, codec: JsonCodec): string {
  let text: string | undefined;
  try {
    text = codec.stringify(payload);
  } catch (error) {
    throw new MessageConversionError('PAYLOAD_UNWRITABLE', `the payload cannot be written as JSON: ${String(error)}`, {
      cause: error,
    });
  }
  if (typeof text === 'string') return text;
  throw new MessageConversionError('PAYLOAD_UNWRITABLE', `JSON has no form for a payload of type ${typeof payload}`);
}
