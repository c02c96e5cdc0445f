const FIN = 0x80;
const OPCODE = 0x0f;
const CONTINUATION = 0x0;
const FIRST_CONTROL_OPCODE = 0x8;
const EMPTY = Buffer.alloc(0);

/** Told by a {@link FrameWalker} what it walked over, in the order of the stream. */
export interface FrameVisitor {
  /**
   * One complete WebSocket message. Its payload is `octets[start, end)`, valid during the call only; `octets` is
   * undefined when the payload came in several pieces and was not kept.
   */
  onMessage(octets: Buffer | undefined, start: number, end: number): void;
  /** One ping, pong or close frame (RFC 6455 § 5.5); the payload is valid during the call only. */
  onControlFrame(opcode: number, payload: Buffer): void;
}

/**
 * Walks from frame header to frame header of what a server sends (RFC 6455 § 5.2, unmasked) and skips the payloads:
 * counting a message costs the load generator almost nothing, however many of them share a TCP segment.
 */
export class FrameWalker {
  /** Whether the payload of a frame split between chunks is kept until it is whole; needed while answers are read. */
  keepsPayloads = true;
  readonly #visitor: FrameVisitor;
  #carry: Buffer = EMPTY;
  #payloadLeft = 0;
  #splitFrame = 0;
  #inFragments = false;

  constructor(visitor: FrameVisitor) {
    this.#visitor = visitor;
  }

  /** Walks the next chunk of the stream; keeps no reference to it. */
  walk(chunk: Buffer): void {
    const octets = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    this.#carry = EMPTY;
    let at = this.#skipSplitPayload(octets);
    while (at < octets.length) {
      const next = this.#walkFrame(octets, at);
      if (next === undefined) {
        this.#carry = Buffer.from(octets.subarray(at));
        return;
      }
      at = next;
    }
  }

  /** Where the next frame begins, or undefined when this one must wait for more octets. */
  #walkFrame(octets: Buffer, at: number): number | undefined {
    const headerLength = frameHeaderLength(octets, at);
    if (octets.length - at < headerLength) {
      return undefined;
    }
    const first = octets.readUInt8(at);
    const start = at + headerLength;
    const end = start + payloadLength(octets, at);
    if (end <= octets.length) {
      this.#frameEnded(first, octets, start, end);
      return end;
    }
    if (this.keepsPayloads || (first & OPCODE) >= FIRST_CONTROL_OPCODE) {
      return undefined;
    }
    this.#payloadLeft = end - octets.length;
    this.#splitFrame = first;
    return octets.length;
  }

  #skipSplitPayload(octets: Buffer): number {
    if (this.#payloadLeft === 0) {
      return 0;
    }
    const skipped = Math.min(this.#payloadLeft, octets.length);
    this.#payloadLeft -= skipped;
    if (this.#payloadLeft === 0) {
      this.#frameEnded(this.#splitFrame, undefined, 0, 0);
    }
    return skipped;
  }

  #frameEnded(first: number, octets: Buffer | undefined, start: number, end: number): void {
    const opcode = first & OPCODE;
    if (opcode >= FIRST_CONTROL_OPCODE) {
      this.#visitor.onControlFrame(opcode, octets?.subarray(start, end) ?? EMPTY);
      return;
    }
    if ((first & FIN) === 0) {
      this.#inFragments = true;
      return;
    }
    // The last fragment completes a message whose earlier fragments are gone.
    const isWhole = !(this.#inFragments && opcode === CONTINUATION);
    this.#inFragments = false;
    this.#visitor.onMessage(isWhole ? octets : undefined, start, end);
  }
}

function frameHeaderLength(octets: Buffer, at: number): number {
  if (octets.length - at < 2) {
    return 2;
  }
  const length = octets.readUInt8(at + 1);
  if (length < 126) {
    return 2;
  }
  return length === 126 ? 4 : 10;
}

function payloadLength(octets: Buffer, at: number): number {
  const length = octets.readUInt8(at + 1);
  if (length < 126) {
    return length;
  }
  return length === 126 ? octets.readUInt16BE(at + 2) : Number(octets.readBigUInt64BE(at + 2));
}
