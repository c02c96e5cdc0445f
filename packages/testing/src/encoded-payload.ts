import { EMPTY_BODY } from '@treadle/stomp';

/** The body of a payload and its content type: objects travel as JSON, strings as text, octets as they are, and `undefined` is no body. */
export function encodePayload(payload: unknown): { body: Uint8Array; contentType: string | undefined } {
  if (payload === undefined) return { body: EMPTY_BODY, contentType: undefined };
  if (payload instanceof Uint8Array) return { body: payload, contentType: 'application/octet-stream' };
  if (typeof payload === 'string') return { body: Buffer.from(payload), contentType: 'text/plain' };
  return { body: Buffer.from(JSON.stringify(payload)), contentType: 'application/json' };
}
