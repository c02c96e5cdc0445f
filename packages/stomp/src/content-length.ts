import { StompProtocolError } from './errors.js';
import { type HeaderList, headerValue } from './frame.js';

/** The length of the body is not announced; it ends at the first NUL. */
export const UNKNOWN_LENGTH = -1;

/**
 * The announced length of the body in octets, {@link UNKNOWN_LENGTH} without the header.
 *
 * @throws StompProtocolError `STOMP_INVALID_CONTENT_LENGTH` unless it is a plain decimal number below 2^53
 */
export function contentLength(headers: HeaderList): number {
  const value = headerValue(headers, 'content-length');
  if (value === undefined) return UNKNOWN_LENGTH;
  const octets = decimalNumber(value);
  if (Number.isSafeInteger(octets)) return octets;
  const detail = `content-length is ${JSON.stringify(value.slice(0, 32))}`;
  throw new StompProtocolError('STOMP_INVALID_CONTENT_LENGTH', detail);
}

/** The number that consists of these digits alone, else NaN. By hand it takes a tenth of what RegExp and Number take. */
function decimalNumber(digits: string): number {
  if (digits === '') return Number.NaN;
  let number = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}
