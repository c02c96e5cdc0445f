const FIN = 0x80;
const TEXT = 0x1;
const PONG = 0xa;
const MASKED = 0x80;
const SEQUENCE_DIGITS = 9;
const SEQUENCE_START = '"sequence":"';

/** Usual length of the JSON body of a numbered message, in octets. */
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

/** The JSON body number `sequence` of a run: so many octets, all characters ASCII. */
export function numberedBody(sequence: number, length = BODY_LENGTH): string {
  const digits = String(sequence).padStart(SEQUENCE_DIGITS, '0');
  const start = `{"sequence":"${digits}","symbol":"TRDL","price":101.25,"note":"`;
  return `${start}${'x'.repeat(length - start.length - 2)}"}`;
}

/** Number of the numbered body that this text begins or holds; NaN without one. */
export function sequenceOf(text: string): number {
  const start = text.indexOf(SEQUENCE_START);
  return start < 0
    ? NaN
    : Number(text.slice(start + SEQUENCE_START.length, start + SEQUENCE_START.length + SEQUENCE_DIGITS));
}

/** SEND frames to one destination that differ in their body's sequence number only: made once, patched per message. */
export class NumberedSend {
  readonly #frame: Buffer;
  readonly #digitsAt: number;

  /** @param bodyLength in octets */
  constructor(destination: string, bodyLength = BODY_LENGTH) {
    const headers = { destination, 'content-type': 'application/json', 'content-length': String(bodyLength) };
    this.#frame = clientFrame(Buffer.from(stompText('SEND', headers, numberedBody(0, bodyLength))));
    this.#digitsAt = this.#frame.indexOf(SEQUENCE_START) + SEQUENCE_START.length;
  }

  /** Octets of one frame. */
  get length(): number {
    return this.#frame.length;
  }

  /** `count` WebSocket frames in one buffer, numbered from `firstSequence` on. */
  encode(firstSequence: number, count: number): Buffer {
    const octets = Buffer.allocUnsafe(this.length * count);
    for (let index = 0; index < count; index += 1) this.copyTo(octets, index * this.length, firstSequence + index);
    return octets;
  }

  /** Writes the frame number `sequence` at this place; answers the place behind it. */
  copyTo(octets: Buffer, at: number, sequence: number): number {
    this.#frame.copy(octets, at);
    writeDigits(octets, at + this.#digitsAt, sequence);
    return at + this.length;
  }
}

function writeDigits(octets: Buffer, at: number, value: number): void {
  let rest = value;
  for (let digit = at + SEQUENCE_DIGITS - 1; digit >= at; digit -= 1) {
    octets[digit] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
