/** Commands a client may send (STOMP 1.2 § Client Frames; STOMP exists since 1.1, NACK too). */
export type ClientCommand =
  | 'CONNECT'
  | 'STOMP'
  | 'SEND'
  | 'SUBSCRIBE'
  | 'UNSUBSCRIBE'
  | 'ACK'
  | 'NACK'
  | 'BEGIN'
  | 'COMMIT'
  | 'ABORT'
  | 'DISCONNECT';

/** Commands a server may send (STOMP 1.2 § Server Frames, § Connecting). */
export type ServerCommand = 'CONNECTED' | 'MESSAGE' | 'RECEIPT' | 'ERROR';

/** Any STOMP command; case-sensitive. */
export type Command = ClientCommand | ServerCommand;

/** Flat: name, value, name, value … in wire order, repeats kept (the shape of Node's `rawHeaders`); unescaped text. */
export type HeaderList = readonly string[];

/** One STOMP frame; heart-beats are not frames. */
export interface Frame {
  /** What the frame asks for or tells. */
  readonly command: Command;
  /** All headers as they came, `content-length` included. */
  readonly headers: HeaderList;
  /** Octets, unchanged; {@link EMPTY_BODY} when there are none. */
  readonly body: Uint8Array;
}

/** The body of a frame that has none: no octets. */
export const EMPTY_BODY: Uint8Array = new Uint8Array(0);

/** Every client command, in the order of the specification's chapters. */
export const CLIENT_COMMANDS: readonly ClientCommand[] = [
  'CONNECT',
  'STOMP',
  'SEND',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'ACK',
  'NACK',
  'BEGIN',
  'COMMIT',
  'ABORT',
  'DISCONNECT',
];

/** Every server command. */
export const SERVER_COMMANDS: readonly ServerCommand[] = ['CONNECTED', 'MESSAGE', 'RECEIPT', 'ERROR'];

/** The value of the first header of this name (STOMP 1.2 § Repeated Header Entries), `undefined` when there is none. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] === name) return headers[at + 1];
  }
  return undefined;
}

/** The values of all headers of this name in wire order; the first one is the one that counts. */
export function headerValues(headers: HeaderList, name: string): string[] {
  return headers.filter((_, at) => at % 2 === 1 && headers[at - 1] === name);
}

/** Whether frames of this command may have a body (STOMP 1.2 § Body: SEND, MESSAGE and ERROR, no others). */
export function permitsBody(command: Command): boolean {
  return command === 'SEND' || command === 'MESSAGE' || command === 'ERROR';
}

/**
 * Whether the headers of this command are never escaped, in any version: CONNECT, STOMP and CONNECTED travel before
 * both sides know the version (STOMP 1.2 § Value Encoding names CONNECT and CONNECTED; STOMP is CONNECT's other name).
 */
export function isNeverEscaped(command: Command): boolean {
  return command === 'CONNECT' || command === 'STOMP' || command === 'CONNECTED';
}
