import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HandshakeRefusal } from './handshake-interceptor.js';

/** Answers an upgrade request by an ordinary HTTP response, and closes its connection. */
export function refuse(socket: Duplex, { status, headers = {}, body }: HandshakeRefusal): void {
  const reason = STATUS_CODES[status] ?? 'Refused';
  const text = `${body ?? `${reason}.`}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${reason}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    ...Object.entries(headers).flatMap(([name, value]) => headerLine(name, value)),
  ];
  socket.on('error', () => undefined); // the peer may be gone already
  socket.once('finish', () => socket.destroy()); // it may never close its side
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
}

// What the response says of itself; a second one of these would split it.
const OURS: ReadonlySet<string> = new Set(['connection', 'content-length', 'content-type', 'transfer-encoding']);

/** A header that could not stand in a response is left out rather than let a value become a header of its own (RFC 9110 § 5.5). */
function headerLine(name: string, value: string): string[] {
  const isWellFormed = /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[^\t\x20-\x7e\x80-\xff]/.test(value);
  return isWellFormed && !OURS.has(name.toLowerCase()) ? [`${name}: ${value}`] : [];
}
