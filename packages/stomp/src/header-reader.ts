import { StompProtocolError } from './errors.js';
import { type Command, EMPTY_BODY, isNeverEscaped } from './frame.js';
import type { FrameLimits } from './frame-limits.js';
import { decodeHeaderLines, type HeaderLines } from './header-text.js';
import type { StompVersion } from './version.js';

/** What {@link HeaderReader.read} answers while the empty line has not come. */
export const UNFINISHED = -1;

// Constants of this file, because compiled code looks an imported one up at each use: a sixth of all decoding time.
const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

const NONE = -1;

/**
 * Reads the header lines of one frame after the other, each octet once: one loop notes where lines and colons are, and
 * when the empty line has come all of it becomes text at once. Offsets count from the first octet of the first line.
 */
export class HeaderReader implements HeaderLines {
  command: Command = 'CONNECT';
  version: StompVersion = '1.2';
  /** Grows to what frames need and is used again. */
  readonly marks: number[] = [];
  markCount = 0;

  #limits: FrameLimits;
  #isCrLineEnd = true;

  #lineStart = 0;
  #colon = NONE;
  #carriageReturn = NONE;
  #hasBackslash = false;
  /** All octets read, ORed: above 0x7f when one of them is not ASCII. */
  #bits = 0;

  /** Octets of earlier chunks; only lines that cross chunks are copied. */
  #stored: Uint8Array = EMPTY_BODY;
  #storedLength = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  get isSimple(): boolean {
    return this.#bits < 0x80 && !this.#hasBackslash;
  }

  /** Prepares for the lines after this command line. */
  start(command: Command, version: StompVersion, limits: FrameLimits): void {
    this.command = command;
    this.version = version;
    this.#limits = limits;
    // The version is unknown to who writes CONNECT, so CR LF is a line end there too (STOMP 1.2 § Augmented BNF).
    this.#isCrLineEnd = version === '1.2' || isNeverEscaped(command);
    this.markCount = 0;
    this.#lineStart = 0;
    this.#colon = NONE;
    this.#carriageReturn = NONE;
    this.#hasBackslash = false;
    this.#bits = 0;
  }

  /** Reads on; answers the position behind the empty line, or {@link UNFINISHED} when the chunk ended before it. */
  read(chunk: Uint8Array, from: number): number {
    const origin = from - this.#storedLength;
    let at = from;
    for (;;) {
      // Room for the longest line and its CR; where LF is still missing after that, the line is too long.
      const tooFar = origin + this.#lineStart + this.#limits.maxHeaderLineOctets + 2;
      at = this.#readLine(chunk, at, Math.min(chunk.length, tooFar), origin);
      if (at >= tooFar) throw this.#lineTooLong();
      if (at >= chunk.length) {
        this.#store(chunk, from, at);
        return UNFINISHED;
      }
      const isEmpty = this.#endLine(at - origin);
      at++;
      if (isEmpty) return at;
    }
  }

  /** The headers, after {@link read} answered a position; the chunk and `from` as there, `to` the position. */
  takeHeaders(chunk: Uint8Array, from: number, to: number): string[] {
    if (this.#storedLength === 0) return decodeHeaderLines(this, chunk, from);
    this.#store(chunk, from, to);
    const headers = decodeHeaderLines(this, this.#stored, 0);
    this.#stored = EMPTY_BODY;
    this.#storedLength = 0;
    return headers;
  }

  /** Stops at the next LF and answers its position, or `stop`. */
  #readLine(chunk: Uint8Array, from: number, stop: number, origin: number): number {
    let bits = this.#bits;
    let colon = this.#colon;
    let at = from;
    for (; at < stop; at++) {
      const octet = chunk[at]!; // at < stop <= chunk.length
      bits |= octet;
      if (octet > COLON) {
        if (octet === BACKSLASH) this.#hasBackslash = true;
      } else if (octet > CR) {
        if (octet === COLON && colon === NONE) colon = at - origin;
      } else if (octet === LF) {
        break;
      } else if (octet === CR && this.#carriageReturn === NONE) {
        this.#carriageReturn = at - origin;
      }
    }
    this.#bits = bits;
    this.#colon = colon;
    return at;
  }

  /** Notes the line that ends with this LF; answers whether it was the empty one. */
  #endLine(lineFeed: number): boolean {
    const start = this.#lineStart;
    const end = this.#lineEnd(lineFeed);
    if (end === start) return true;
    if (end - start > this.#limits.maxHeaderLineOctets) throw this.#lineTooLong();
    if (this.#colon <= start) throw this.#malformed(this.#colon === start ? 'has no name' : 'has no colon');
    if (this.markCount >= 3 * this.#limits.maxHeaders) throw this.#tooManyHeaders();
    this.marks[this.markCount++] = start;
    this.marks[this.markCount++] = this.#colon;
    this.marks[this.markCount++] = end;
    this.#lineStart = lineFeed + 1;
    this.#colon = NONE;
    this.#carriageReturn = NONE;
    return false;
  }

  #lineEnd(lineFeed: number): number {
    if (this.#carriageReturn === NONE || !this.#isCrLineEnd) return lineFeed;
    if (this.#carriageReturn === lineFeed - 1) return this.#carriageReturn;
    throw this.#malformed('has a carriage return inside');
  }

  #store(chunk: Uint8Array, from: number, to: number): void {
    const length = this.#storedLength + to - from;
    if (length > this.#stored.length) {
      const larger = new Uint8Array(Math.max(256, 2 * length));
      larger.set(this.#stored.subarray(0, this.#storedLength));
      this.#stored = larger;
    }
    this.#stored.set(chunk.subarray(from, to), this.#storedLength);
    this.#storedLength = length;
  }

  #malformed(what: string): StompProtocolError {
    const line = this.markCount / 3 + 1;
    return new StompProtocolError('STOMP_MALFORMED_HEADER', `header line ${line} of ${this.command} ${what}`);
  }

  #lineTooLong(): StompProtocolError {
    const detail = `a header line of ${this.command} has more than ${this.#limits.maxHeaderLineOctets} octets`;
    return new StompProtocolError('STOMP_HEADER_LINE_TOO_LONG', detail);
  }

  #tooManyHeaders(): StompProtocolError {
    const detail = `${this.command} has more than ${this.#limits.maxHeaders} headers`;
    return new StompProtocolError('STOMP_HEADER_COUNT_EXCEEDED', detail);
  }
}
