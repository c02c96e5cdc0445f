import { MessageRejectedError } from '../../../foundation/errors.js';

/** How large the headers of a SEND may be. */
export interface SendLimits {
  /** Of one header, escaped, without its line end. */
  readonly lineOctets: number;
  readonly headers: number;
}

/** What a message may have of headers that is to be read again; brokers add some, and what others send may be larger (`FrameLine`). */
export const READABLE: SendLimits = { lineOctets: 64 * 1024, headers: 900 };

/**
 * For all headers of a SEND, those of the relay included: a larger one would end the connection, here, at the broker, or at every receiver.
 * @param list flat
 * @throws MessageRejectedError `UNSUPPORTED_BY_BROKER`, which does not end the session
 */
export function requireSendable(list: readonly string[], limits: SendLimits): void {
  const count = list.length / 2;
  if (count > limits.headers) throw tooLarge(`it has ${count} headers; ${limits.headers} are taken`);
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? '';
    const value = list[index + 1] ?? '';
    // Octets of a character that is escaped or not ASCII: three at most.
    if ((name.length + value.length + 1) * 3 <= limits.lineOctets) continue;
    const octets = lineOctets(name, value);
    if (octets > limits.lineOctets) throw tooLarge(`one has ${octets} octets; ${limits.lineOctets} are taken`);
  }
}

/** Octets of a header as it is written, without its line end (STOMP 1.2 § Value Encoding). */
export function lineOctets(name: string, value: string): number {
  return escapedOctets(name) + 1 + escapedOctets(value);
}

function escapedOctets(text: string): number {
  return Buffer.byteLength(text) + (text.match(/[\\:\r\n]/g)?.length ?? 0);
}

function tooLarge(problem: string): MessageRejectedError {
  const detail = `the headers of a message are more than the broker takes: ${problem}`;
  return new MessageRejectedError(detail, { code: 'UNSUPPORTED_BY_BROKER', endsSession: false });
}
