import { StompProtocolError } from './errors.js';
import { type Command, type Frame, type HeaderList, isNeverEscaped, permitsBody } from './frame.js';
import { encodeName, encodeValue, isAscii, isPlain, refuseUnencodable } from './header-encoding.js';
import { encodeText } from './octets.js';
import { encodePlain } from './plain-encoding.js';
import type { StompVersion } from './version.js';

/** Header lines as text, and whether that text is ASCII. */
interface HeaderLines {
  readonly text: string;
  readonly isAscii: boolean;
}

/**
 * The octets of a frame for a receiver of this version: LF line ends, headers escaped (CONNECT, STOMP and CONNECTED
 * never), `content-length` exactly when there is a body, and then the true one; a given one is left out.
 *
 * What the version cannot express is replaced: in a value by a space, in a name by `_`.
 *
 * @throws StompProtocolError `STOMP_BODY_NOT_ALLOWED` for a body on another command than SEND, MESSAGE and ERROR;
 *   `STOMP_UNENCODABLE_HEADER` for CR or LF in CONNECT, STOMP or CONNECTED.
 */
export function encodeFrame(frame: Frame, version: StompVersion): Uint8Array {
  if (frame.body.length > 0 && !permitsBody(frame.command)) {
    throw new StompProtocolError('STOMP_BODY_NOT_ALLOWED', `${frame.command} was given a body`);
  }
  const plain = encodePlain(`${frame.command}\n`, frame.headers, frame.body);
  if (plain) return plain;
  const lines = headerLines(frame.command, frame.headers, version);
  return encodeWithBody({ text: `${frame.command}\n${lines.text}`, isAscii: lines.isAscii }, frame.body);
}

/** The start of a frame: command line and header lines, no empty line; what differs per receiver. */
export function encodeFrameStart(command: Command, headers: HeaderList, version: StompVersion): Uint8Array {
  const lines = headerLines(command, headers, version);
  return encodeText(`${command}\n${lines.text}`, lines.isAscii, 0);
}

/**
 * The rest of a frame: more header lines (escaped), `content-length` when there is a body, empty line, body and NUL;
 * what all receivers of one version share. For frames whose headers are escaped, not CONNECT, STOMP and CONNECTED.
 */
export function encodeFrameRest(headers: HeaderList, body: Uint8Array, version: StompVersion): Uint8Array {
  return encodePlain('', headers, body) ?? encodeWithBody(headerLines('MESSAGE', headers, version), body);
}

function encodeWithBody(lines: HeaderLines, body: Uint8Array): Uint8Array {
  const end = body.length === 0 ? '\n' : `content-length:${body.length}\n\n`;
  const octets = encodeText(lines.text + end, lines.isAscii, body.length + 1);
  octets.set(body, octets.length - body.length - 1);
  octets[octets.length - 1] = 0; // NUL
  return octets;
}

function headerLines(command: Command, headers: HeaderList, version: StompVersion): HeaderLines {
  let text = '';
  let isWhollyAscii = true;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at]!; // at + 1 < headers.length
    const value = headers[at + 1]!; // as above
    if (name === 'content-length') continue;
    if (isPlain(name) && isPlain(value)) {
      text += `${name}:${value}\n`;
      continue;
    }
    const line = headerLine(command, name, value, version);
    isWhollyAscii &&= isAscii(line);
    text += line;
  }
  return { text, isAscii: isWhollyAscii };
}

function headerLine(command: Command, name: string, value: string, version: StompVersion): string {
  if (isNeverEscaped(command)) return `${refuseUnencodable(name, true)}:${refuseUnencodable(value, false)}\n`;
  return `${encodeName(name, version)}:${encodeValue(value, version)}\n`;
}
