import type { Message } from '../message.js';
import type { ConvertedPayload, MessageConverter } from '../message-converter.js';
import { decodeText, encodeText, isJson, isText, TEXT } from './content-type.js';

/**
 * Text (Spring: `StringMessageConverter`). A handler that asks for a `String` gets the body of `text/*`, of JSON as it was written, and
 * of messages without content type. Strings are written as UTF-8 with any content type but JSON.
 */
export class StringMessageConverter implements MessageConverter {
  fromMessage(message: Message, target: unknown): unknown {
    const { contentType } = message;
    if (target !== String && target !== undefined) return undefined;
    if (contentType === undefined) return target === String ? decodeText(message.payload, undefined) : undefined;
    const isReadable = isText(contentType) || (target === String && isJson(contentType));
    return isReadable ? decodeText(message.payload, contentType) : undefined;
  }

  toOctets(payload: unknown, contentType: string | undefined): ConvertedPayload | undefined {
    if (typeof payload !== 'string' || (contentType !== undefined && isJson(contentType))) return undefined;
    return { octets: encodeText(payload, contentType), contentType: TEXT };
  }
}
