import type { Message } from '../message.js';
import type { ConvertedPayload, MessageConverter } from '../message-converter.js';
import { isJson, isText, OCTETS } from './content-type.js';

/**
 * Octets (Spring: `ByteArrayMessageConverter`). A handler that asks for `Uint8Array` or `Buffer` gets the body as it came, whatever its
 * content type, without a copy: do not change it, other receivers share it. Octets are written with any content type.
 */
export class ByteArrayMessageConverter implements MessageConverter {
  fromMessage(message: Message, target: unknown): unknown {
    const { payload, contentType } = message;
    if (target === Uint8Array) return payload;
    if (target === Buffer) return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
    const isOpaque = contentType !== undefined && !isText(contentType) && !isJson(contentType);
    return target === undefined && isOpaque ? payload : undefined;
  }

  toOctets(payload: unknown): ConvertedPayload | undefined {
    return payload instanceof Uint8Array ? { octets: payload, contentType: OCTETS } : undefined;
  }
}
