import { StompProtocolError } from './errors.js';
import { type Command, type HeaderList, headerValue, isNeverEscaped } from './frame.js';
import { isAscii, unescape } from './header-encoding.js';
import { decodeLatin1, decodeUtf8 } from './octets.js';
import type { StompVersion } from './version.js';

/** Header lines of one frame as octets, and where in them what is. */
export interface HeaderLines {
  /** The command whose lines these are; it decides on escapes. */
  readonly command: Command;
  readonly version: StompVersion;
  /** For each line three offsets from the first line's start: of its start, of its first colon, of its end. */
  readonly marks: readonly number[];
  /** How many of the marks count. */
  readonly markCount: number;
  /** Whether all is ASCII without a backslash, so that octets are characters and nothing is escaped. */
  readonly isSimple: boolean;
}

/** Octets of all header lines together up to which their names and values may share one text. */
const LONGEST_SHARED_TEXT = 1024;

/**
 * The unescaped names and values of header lines that start at `origin`: of a small head one text for all of them, cut into pieces.
 *
 * @throws StompProtocolError `STOMP_INVALID_UTF8`, `STOMP_UNDEFINED_ESCAPE`
 */
export function decodeHeaderLines(lines: HeaderLines, octets: Uint8Array, origin: number): string[] {
  const headers: string[] = [];
  const { marks, markCount, isSimple } = lines;
  if (markCount === 0) return headers;
  const length = marks[markCount - 1]!; // markCount is that of noted marks
  // A slice keeps all of its text alive. Of a small head that may be; of a large one a kept destination would keep far too much.
  const text = length > LONGEST_SHARED_TEXT ? undefined : decodeLatin1(octets, origin, origin + length);
  for (let mark = 0; mark < markCount; mark += 3) {
    const start = marks[mark]!; // three for each line
    const colon = marks[mark + 1]!; // as above
    const end = marks[mark + 2]!; // as above
    const name = text?.slice(start, colon) ?? decodeLatin1(octets, origin + start, origin + colon);
    const value = text?.slice(colon + 1, end) ?? decodeLatin1(octets, origin + colon + 1, origin + end);
    if (isSimple) headers.push(name, value);
    else headers.push(piece(lines, name, octets, origin + start), piece(lines, value, octets, origin + colon + 1));
  }
  return isFrom10(lines, headers) ? withoutSpaceAfterColon(headers) : headers;
}

/** One name or value, given its latin1 form and where its octets start. */
function piece({ command, version }: HeaderLines, latin1: string, octets: Uint8Array, start: number): string {
  const text = isAscii(latin1) ? latin1 : strictUtf8(command, octets.subarray(start, start + latin1.length));
  return isNeverEscaped(command) ? text : unescape(text, version);
}

function strictUtf8(command: Command, octets: Uint8Array): string {
  try {
    return decodeUtf8(octets);
  } catch (cause) {
    throw new StompProtocolError('STOMP_INVALID_UTF8', `a header of ${command} is not valid UTF-8`, { cause });
  }
}

/** CONNECT and CONNECTED tell their own version, and none means 1.0 (STOMP 1.2 § Protocol Negotiation). */
function isFrom10({ command, version }: HeaderLines, headers: HeaderList): boolean {
  if (!isNeverEscaped(command)) return version === '1.0';
  return headerValue(headers, command === 'CONNECTED' ? 'version' : 'accept-version') === undefined;
}

/** The examples of STOMP 1.0 write `login: <username>`; later versions forbid to trim (STOMP 1.2 § Value Encoding). */
function withoutSpaceAfterColon(headers: HeaderList): string[] {
  return headers.map((text, at) => (at % 2 === 1 && text.startsWith(' ') ? text.slice(1) : text));
}
