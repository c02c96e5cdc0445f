const FIN = 0x80;
const TEXT = 0x1;
const PONG = 0xa;
const MASKED = 0x80;
const SEQUENCE_DIGITS = 9;

/** Length of the JSON body of every numbered message, in octets. */
export const BODY_LENGTH = 128;

/**
 * One masked WebSocket frame as a client sends it (RFC 6455 § 5.3). The masking key is zero: the server unmasks as
 * ever, and the generator may patch a finished frame in place.
 */
export function clientFrame(payload: Buffer, opcode = TEXT): Buffer {
  const length = payload.length;
  if (length < 126) {
    return Buffer.concat([Buffer.from([FIN | opcode, MASKED | length, 0, 0, 0, 0]), payload]);
  }
  if (length < 65_536) {
    const header = Buffer.from([FIN | opcode, MASKED | 126, 0, 0, 0, 0, 0, 0]);
    header.writeUInt16BE(length, 2);
    return Buffer.concat([header, payload]);
  }
  const header = Buffer.alloc(14);
  header.writeUInt8(FIN | opcode, 0);
  header.writeUInt8(MASKED | 127, 1);
  header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

/** The answer to a ping (RFC 6455 § 5.5.3). */
export function pongFrame(payload: Buffer): Buffer {
  return clientFrame(payload, PONG);
}

/** A STOMP 1.2 frame as text; the caller gives header values that need no escaping. */
export function stompText(command: string, headers: Record<string, string>, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  return `${[command, ...lines].join('\n')}\n\n${body}\0`;
}

/** The JSON body number `sequence` of a run: 128 octets, all characters ASCII. */
export function numberedBody(sequence: number): string {
  const digits = String(sequence).padStart(SEQUENCE_DIGITS, '0');
  const start = `{"sequence":"${digits}","symbol":"TRDL","price":101.25,"note":"`;
  return `${start}${'x'.repeat(BODY_LENGTH - start.length - 2)}"}`;
}

/** SEND frames to one destination that differ in their body's sequence number only: made once, patched per message. */
export class NumberedSend {
  readonly #frame: Buffer;
  readonly #digitsAt: number;

  constructor(destination: string) {
    const headers = { destination, 'content-type': 'application/json', 'content-length': String(BODY_LENGTH) };
    this.#frame = clientFrame(Buffer.from(stompText('SEND', headers, numberedBody(0))));
    this.#digitsAt = this.#frame.indexOf('"sequence":"') + '"sequence":"'.length;
  }

  /** `count` WebSocket frames in one buffer, numbered from `firstSequence` on. */
  encode(firstSequence: number, count: number): Buffer {
    const length = this.#frame.length;
    const octets = Buffer.allocUnsafe(length * count);
    for (let index = 0; index < count; index += 1) {
      this.#frame.copy(octets, index * length);
      writeDigits(octets, index * length + this.#digitsAt, firstSequence + index);
    }
    return octets;
  }
}

function writeDigits(octets: Buffer, at: number, value: number): void {
  let rest = value;
  for (let digit = at + SEQUENCE_DIGITS - 1; digit >= at; digit -= 1) {
    octets[digit] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
