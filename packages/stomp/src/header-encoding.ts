import { StompProtocolError } from './errors.js';
import type { StompVersion } from './version.js';

// Printable ASCII without colon and backslash: most names and values, written as they are in every version.
const NOT_PLAIN = /[^ -9;-[\]-~]/;
const NOT_ASCII = /[^\0-\x7f]/;

const ESCAPED_IN_1_2 = /[\\\r\n:]/g;
const ESCAPED_IN_1_1 = /[\\\n:]/g;

/** Whether a name or value is the same on the wire in every version: no escapes, and ASCII. */
export function isPlain(text: string): boolean {
  return !NOT_PLAIN.test(text);
}

/** Whether the text is one octet per character in UTF-8. */
export function isAscii(text: string): boolean {
  return !NOT_ASCII.test(text);
}

/**
 * A header name as it goes over the wire to a receiver of this version (STOMP 1.2 § Value Encoding).
 * What the version cannot express becomes `_`: in 1.0 LF, CR and colon, in 1.1 CR.
 */
export function encodeName(name: string, version: StompVersion): string {
  if (version === '1.2') return escape(name, ESCAPED_IN_1_2);
  if (version === '1.1') return escape(name.replace(/\r/g, '_'), ESCAPED_IN_1_1);
  return name.replace(/[\r\n:]/g, '_');
}

/**
 * A header value as it goes over the wire to a receiver of this version (STOMP 1.2 § Value Encoding).
 *
 * What the version cannot express becomes a space: in 1.0 LF, in 1.0 and 1.1 also CR, which those versions allow but
 * which some readers take for a line end. Only a CR at the end stays: it can but merge with the line end behind it.
 */
export function encodeValue(value: string, version: StompVersion): string {
  if (version === '1.2') return escape(value, ESCAPED_IN_1_2);
  if (version === '1.1') return escape(value.replace(/\r(?!$)/g, ' '), ESCAPED_IN_1_1);
  return value.replace(/\n|\r(?!$)/g, ' ');
}

/**
 * A name or value of CONNECT, STOMP and CONNECTED, which know no escapes: returned as it is.
 *
 * @throws StompProtocolError `STOMP_UNENCODABLE_HEADER` when it has CR or LF, or, in a name, a colon.
 */
export function refuseUnencodable(text: string, isName: boolean): string {
  const forbidden = isName ? /[\r\n:]/ : /[\r\n]/;
  if (!forbidden.test(text)) return text;
  const what = isName ? 'a name' : 'the value of a header';
  throw new StompProtocolError('STOMP_UNENCODABLE_HEADER', `${what} of an unescaped frame has a line end or colon`);
}

/**
 * Undoes the escapes of 1.1 (`\n \c \\`) or 1.2 (also `\r`) in one pass; 1.0 has none, there the text is returned as it is.
 *
 * @throws StompProtocolError `STOMP_UNDEFINED_ESCAPE` for any other sequence, also a backslash at the end.
 */
export function unescape(text: string, version: StompVersion): string {
  let backslash = text.indexOf('\\');
  if (backslash < 0 || version === '1.0') return text;
  let result = '';
  let from = 0;
  while (backslash >= 0) {
    result += text.slice(from, backslash) + unescaped(text.charAt(backslash + 1), version);
    from = backslash + 2;
    backslash = text.indexOf('\\', from);
  }
  return result + text.slice(from);
}

function escape(text: string, pattern: RegExp): string {
  return text.replace(pattern, escapeSequence);
}

function escapeSequence(character: string): string {
  if (character === ':') return '\\c';
  if (character === '\n') return '\\n';
  return character === '\r' ? '\\r' : '\\\\';
}

function unescaped(letter: string, version: StompVersion): string {
  if (letter === 'c') return ':';
  if (letter === 'n') return '\n';
  if (letter === '\\') return '\\';
  if (letter === 'r' && version === '1.2') return '\r';
  const sequence = JSON.stringify(`\\${letter}`);
  throw new StompProtocolError('STOMP_UNDEFINED_ESCAPE', `${sequence} is no escape sequence of STOMP ${version}`);
}
