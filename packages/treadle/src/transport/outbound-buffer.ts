import type { Clock } from '../foundation/clock.js';
import type { FrameEncoding, OutboundLimits } from './connection.js';
import { RoomWatch } from './room-watch.js';
import { WriteWatch } from './write-watch.js';

/** What an outbound buffer writes to: the part of a `net.Socket` it needs. */
export interface OctetSink {
  /** Octets taken by `write` that the operating system has not taken yet. */
  readonly writableLength: number;
  write(chunk: Uint8Array, written?: () => void): boolean;
  cork(): void;
  uncork(): void;
}

/** What a wire protocol puts before each frame; a byte stream puts nothing. */
export interface Framing {
  prefixLength(payloadLength: number): number;
  writePrefix(target: Buffer, offset: number, payloadLength: number, encoding: FrameEncoding): void;
}

// Up to this tail length copying beats one more buffer in the write (measured; see docs/decisions on the outbound buffer).
const COPY_TAIL_OCTETS = 512;
// A turn that queues more than half of what may wait is written before it ends, so that the limit sees what the peer really leaves behind; but
// never less than this, and never more than this, which is enough to join large bodies (measured; see there).
const LEAST_FLUSH_OCTETS = 64 * 1024;
const MOST_FLUSH_OCTETS = 256 * 1024;

/** One queued frame. */
interface OutboundFrame {
  readonly head: Uint8Array;
  readonly tail: Uint8Array | undefined;
  readonly encoding: FrameEncoding;
}

/**
 * What waits for one peer. Everything queued in one turn of the event loop leaves in one write: small frames gathered into
 * one buffer, the tails of large ones shared between all peers. A peer that falls behind passes a limit, once.
 */
export class OutboundBuffer {
  readonly #sink: OctetSink;
  readonly #framing: Framing;
  readonly #limits: OutboundLimits;
  readonly #flushQueue: FlushQueue;
  readonly #onOverflow: (detail: string) => void;
  readonly #watch: WriteWatch;
  readonly #room: RoomWatch;
  readonly #flushOctets: number;
  // The frame of a turn that has no other one yet: most have none under a light load, and lists would cost as much as the rest.
  #only: OutboundFrame | undefined;
  // The frames when there are several, column by column: one object per frame would cost more than the copy it saves.
  #heads: Uint8Array[] = [];
  #tails: (Uint8Array | undefined)[] = [];
  #encodings: FrameEncoding[] = [];
  #queuedOctets = 0;
  #isWaiting = false;
  #isClosed = false;

  constructor(options: {
    sink: OctetSink;
    framing: Framing;
    limits: OutboundLimits;
    flushQueue: FlushQueue;
    clock: Clock;
    onOverflow: (detail: string) => void;
  }) {
    this.#sink = options.sink;
    this.#framing = options.framing;
    this.#limits = options.limits;
    this.#flushOctets = flushOctetsOf(options.limits);
    this.#flushQueue = options.flushQueue;
    this.#onOverflow = options.onOverflow;
    this.#watch = new WriteWatch(options.clock, options.limits.sendTimeMs, () => this.#stalled());
    this.#room = new RoomWatch(
      options.limits.roomOctets ?? options.limits.sendBufferOctets / 2,
      () => this.#queuedOctets + this.#sink.writableLength,
    );
  }

  /** Queues one frame. */
  push(head: Uint8Array, tail: Uint8Array | undefined, encoding: FrameEncoding): void {
    if (this.#isClosed) return;
    const behind = this.#sink.writableLength;
    if (behind > this.#limits.sendBufferOctets) {
      this.#overflow(`${behind} octets wait, ${this.#limits.sendBufferOctets} are allowed`);
      return;
    }
    if (this.#isEmpty) this.#only = { head, tail, encoding };
    else this.#queue(head, tail, encoding);
    this.#queuedOctets += head.length + (tail?.length ?? 0);
    if (this.#queuedOctets >= this.#flushOctets) {
      this.flush();
    } else if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#flushQueue.add(this);
    }
  }

  /** Whether later frames are dropped: the connection is over, or a limit was passed and it will be in a moment. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** `undefined` while at most `roomOctets` wait, else the promise of that or of the end; never rejects. */
  whenWritable(): Promise<void> | undefined {
    return this.#isClosed ? undefined : this.#room.whenRoom();
  }

  /** Writes what is queued. */
  flush(): void {
    this.#isWaiting = false;
    if (this.#isEmpty || this.#isClosed) return;
    if (this.#only) this.#writeOnly(this.#only);
    else this.#write(this.#heads, this.#tails, this.#encodings);
    this.#forget();
    this.#room.taken(); // what was queued may all be gone already
    if (this.#sink.writableLength > 0) this.#watch.start();
  }

  /** Forgets what is queued; later frames are dropped. */
  close(): void {
    this.#isClosed = true;
    this.#forget();
    this.#watch.stop();
    this.#room.free();
  }

  get #isEmpty(): boolean {
    return this.#only === undefined && this.#heads.length === 0;
  }

  /** Behind another one, which leaves the place of the only one. */
  #queue(head: Uint8Array, tail: Uint8Array | undefined, encoding: FrameEncoding): void {
    const only = this.#only;
    this.#only = undefined;
    if (only) this.#queue(only.head, only.tail, only.encoding);
    this.#heads.push(head);
    this.#tails.push(tail);
    this.#encodings.push(encoding);
  }

  #forget(): void {
    this.#queuedOctets = 0;
    if (this.#only) {
      this.#only = undefined;
      return;
    }
    this.#heads = [];
    this.#tails = [];
    this.#encodings = [];
  }

  #writeOnly({ head, tail, encoding }: OutboundFrame): void {
    const length = head.length + (tail?.length ?? 0);
    const prefixLength = this.#framing.prefixLength(length);
    const isShared = tail !== undefined && tail.length > COPY_TAIL_OCTETS;
    const target = Buffer.allocUnsafe(prefixLength + (isShared ? head.length : length));
    this.#framing.writePrefix(target, 0, length, encoding);
    target.set(head, prefixLength);
    if (tail && !isShared) target.set(tail, prefixLength + head.length);
    if (!isShared) return this.#writeLast(target);
    this.#sink.cork();
    this.#sink.write(target);
    this.#writeLast(tail);
    this.#sink.uncork();
  }

  #write(
    heads: readonly Uint8Array[],
    tails: readonly (Uint8Array | undefined)[],
    encodings: readonly FrameEncoding[],
  ): void {
    let from = 0;
    let octets = 0;
    let isCorked = false;
    for (let index = 0; index < heads.length; index += 1) {
      const headLength = heads[index]?.length ?? 0;
      const tail = tails[index];
      const tailLength = tail?.length ?? 0;
      octets += this.#framing.prefixLength(headLength + tailLength) + headLength;
      if (!tail || tailLength <= COPY_TAIL_OCTETS) {
        octets += tailLength;
        continue;
      }
      if (!isCorked) this.#sink.cork();
      isCorked = true;
      this.#sink.write(this.#gather(heads, tails, encodings, from, index + 1, octets));
      this.#writeLast(tail);
      from = index + 1;
      octets = 0;
    }
    if (octets > 0) this.#writeLast(this.#gather(heads, tails, encodings, from, heads.length, octets));
    if (isCorked) this.#sink.uncork();
  }

  #gather(
    heads: readonly Uint8Array[],
    tails: readonly (Uint8Array | undefined)[],
    encodings: readonly FrameEncoding[],
    from: number,
    to: number,
    octets: number,
  ): Buffer {
    const target = Buffer.allocUnsafe(octets);
    let offset = 0;
    for (let index = from; index < to; index += 1) {
      const head = heads[index];
      if (!head) continue;
      const tail = tails[index];
      const length = head.length + (tail?.length ?? 0);
      this.#framing.writePrefix(target, offset, length, encodings[index] ?? 'text');
      offset += this.#framing.prefixLength(length);
      target.set(head, offset);
      offset += head.length;
      if (!tail || tail.length > COPY_TAIL_OCTETS) continue;
      target.set(tail, offset);
      offset += tail.length;
    }
    return target;
  }

  #writeLast(chunk: Uint8Array): void {
    this.#watch.began();
    this.#sink.write(chunk, this.#onTaken);
  }

  // Made once per connection, not once per write.
  readonly #onTaken = (): void => {
    this.#watch.ended();
    this.#room.taken();
  };

  #stalled(): void {
    this.#overflow(`nothing was taken for ${this.#limits.sendTimeMs} ms, ${this.#sink.writableLength} octets wait`);
  }

  #overflow(detail: string): void {
    this.close();
    queueMicrotask(() => this.#onOverflow(detail)); // never from inside `push`: its caller may be delivering to others
  }
}

function flushOctetsOf({ sendBufferOctets }: OutboundLimits): number {
  return Math.max(LEAST_FLUSH_OCTETS, Math.min(MOST_FLUSH_OCTETS, sendBufferOctets / 2));
}

/** Flushes every buffer that was written to in a turn of the event loop, at its end: one timer for all of them. */
export class FlushQueue {
  #waiting: OutboundBuffer[] = [];

  add(buffer: OutboundBuffer): void {
    if (this.#waiting.push(buffer) === 1) setImmediate(this.#flushAll);
  }

  readonly #flushAll = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const buffer of waiting) buffer.flush();
  };
}
