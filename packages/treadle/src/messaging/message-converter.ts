import type { Message } from './message.js';

/**
 * Turns octets into values and values into octets, for the content types it knows (Spring: `MessageConverter`).
 * Converters are asked in order: the application's own first, then text, bytes and JSON.
 */
export interface MessageConverter {
  /**
   * The value of a payload, or `undefined` for "not mine".
   * @param target what the handler's parameter asks for: `String`, `Uint8Array` or `Buffer`, a class, or `undefined` for anything
   * @throws MessageConversionError `PAYLOAD_UNREADABLE` when it is mine and broken
   */
  fromMessage(message: Message, target: unknown): unknown;
  /**
   * The octets of a value with their content type, or `undefined` for "not mine".
   * @param contentType the `content-type` the sender set, if any: a converter that does not write it answers `undefined`
   * @throws MessageConversionError `PAYLOAD_UNWRITABLE` when it is mine and cannot be written
   */
  toOctets(payload: unknown, contentType: string | undefined): ConvertedPayload | undefined;
}

/** A payload ready for the wire. */
export interface ConvertedPayload {
  readonly octets: Uint8Array;
  /** Set as `content-type` header unless the sender chose one. */
  readonly contentType: string | undefined;
}
