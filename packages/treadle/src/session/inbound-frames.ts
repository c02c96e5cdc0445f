import { type Frame, FrameDecoder, type FrameLimits, type StompVersion } from '@treadle/stomp';
import type { Clock } from '../foundation/clock.js';
import type { Connection } from '../transport/connection.js';
import { type FrameWork, type InboundFlow, InboundQueue, type InboundQueueLimits } from './inbound-queue.js';
import { type InboundRateLimits, InboundRates } from './inbound-rates.js';
import { octetsOf } from './waiting-frames.js';

// The first frame is CONNECT and has no body; of another one no more than this is collected before it is refused.
const BODY_OCTETS_BEFORE_CONNECT = 1024;

// So many frames, octets of them, or heart-beats are decoded in one go; then other sessions have their turn. One WebSocket message may hold hundreds of
// thousands of frames.
const FRAMES_IN_A_ROW = 256;
const OCTETS_IN_A_ROW = 128 * 1024;
const HEART_BEATS_IN_A_ROW = 64 * 1024;

/** What bounds the frames of one session. */
export interface InboundLimits extends InboundQueueLimits, InboundRateLimits {
  readonly frameHeaders: number;
  readonly frameHeaderLineOctets: number;
  readonly frameBodyOctets: number;
}

/** What the frames of one session are read with. */
export interface InboundFramesParts {
  readonly connection: Pick<Connection, 'pause' | 'resume'>;
  readonly clock: Clock;
  readonly limits: InboundLimits;
  readonly work: FrameWork;
  /** Told of every frame that was read, before it is handled or waits. */
  readonly onFrame: (frame: Frame) => void;
  /** Told why nothing more is read: octets against the protocol, a rate. The frames before them have been handled. */
  readonly onBroken: (error: unknown) => void;
}

/**
 * Makes frames of a client's octets and has them handled in order, no faster than they can be: when enough of them wait, or other sessions are to
 * have their turn, it decodes no further, be it in the middle of a chunk. As long as octets are left the client is not read.
 */
export class InboundFrames implements InboundFlow {
  readonly #parts: InboundFramesParts;
  readonly #decoder: FrameDecoder;
  readonly #queue: InboundQueue;
  readonly #rates: InboundRates | undefined;
  /** What came and is not decoded yet, in order, and among it the server's own frames that stand behind it. */
  #left: (Uint8Array | Frame)[] = [];
  #isDecoding = false;
  #takesOctets = true;
  /** Whether the session has ended. */
  #isOver = false;
  #isQueueFull = false;
  #isPaused = false;
  #framesInARow = 0;
  #octetsInARow = 0;
  #heartBeatsInARow = 0;
  /** Whether the chunk in progress is long enough to have its octets counted. */
  #isLong = false;

  constructor(parts: InboundFramesParts) {
    this.#parts = parts;
    this.#decoder = new FrameDecoder({
      limits: frameLimits(parts.limits),
      onFrame: (frame) => this.#onFrame(frame),
      onHeartBeat: () => this.#onHeartBeat(),
    });
    this.#queue = new InboundQueue(parts.work, parts.limits, this);
    this.#rates = InboundRates.of(parts.limits, parts.clock);
  }

  /** Whether the client is not read for the moment. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  get hasMore(): boolean {
    return this.#isDecoding || this.#left.length > 0;
  }

  /** How the next frames are read; also from inside the handling of a frame, for those behind it in the same octets. */
  negotiated(version: StompVersion): void {
    this.#decoder.version = version;
    this.#decoder.setLimits({ maxBodyOctets: this.#parts.limits.frameBodyOctets });
  }

  /** Takes octets of the client; they must not be changed afterwards. */
  take(chunk: Uint8Array): void {
    if (!this.#takesOctets) return;
    try {
      this.#rates?.countOctets(chunk.length);
    } catch (error) {
      return this.#break(error);
    }
    if (this.hasMore) {
      this.#left.push(chunk);
      return;
    }
    this.#decode(chunk);
    if (this.#left.length > 0) this.readOn();
    this.#queue.decoded();
  }

  /** Has a frame of the server's own handled in its turn, behind those that came, be they decoded or not. */
  add(frame: Frame): void {
    if (this.hasMore) this.#left.push(frame);
    else this.#queue.push(frame);
  }

  /** Takes nothing more; what came is decoded and handled. */
  stop(): void {
    this.#takesOctets = false;
  }

  /** The session is over: nothing that waits is wanted any more. */
  clear(): void {
    this.#takesOctets = false;
    this.#isOver = true;
    this.#left = [];
    this.#decoder.stop();
    this.#queue.clear();
  }

  /** Calls back when everything that came has been handled; at once if that is so now. */
  whenIdle(callback: () => void): void {
    this.#queue.whenIdle(callback);
  }

  readOn(): void {
    if (this.#isDecoding) return;
    while (!this.#queue.hasEnough) {
      const next = this.#left.shift();
      if (!next) return;
      if (next instanceof Uint8Array) this.#decode(next);
      else this.#pushOwn(next);
    }
  }

  pause(): void {
    this.#isQueueFull = true;
    this.#updateFlow();
  }

  resume(): void {
    this.#isQueueFull = false;
    this.#updateFlow();
  }

  #pushOwn(frame: Frame): void {
    this.#queue.push(frame);
    this.#updateFlow();
  }

  #decode(chunk: Uint8Array): void {
    this.#framesInARow = 0;
    this.#octetsInARow = 0;
    this.#heartBeatsInARow = 0;
    this.#isLong = chunk.length > OCTETS_IN_A_ROW;
    this.#isDecoding = true;
    try {
      const read = this.#decoder.decode(chunk);
      if (read < chunk.length && !this.#isOver) this.#left.unshift(chunk.subarray(read));
    } catch (error) {
      this.#left = [];
      this.#break(error);
    }
    this.#isDecoding = false;
    this.#updateFlow();
  }

  #onFrame(frame: Frame): void {
    this.#rates?.countFrame();
    this.#parts.onFrame(frame);
    this.#queue.push(frame);
    this.#framesInARow += 1;
    if (this.#isLong) this.#octetsInARow += octetsOf(frame);
    if (this.#framesInARow >= FRAMES_IN_A_ROW || this.#octetsInARow >= OCTETS_IN_A_ROW) this.#queue.rest();
    if (this.#queue.hasEnough) this.#decoder.stop();
  }

  #onHeartBeat(): void {
    this.#heartBeatsInARow += 1;
    if (this.#heartBeatsInARow < HEART_BEATS_IN_A_ROW) return;
    this.#queue.rest();
    this.#decoder.stop();
  }

  #break(error: unknown): void {
    this.#takesOctets = false;
    this.#queue.whenIdle(() => this.#parts.onBroken(error));
  }

  #updateFlow(): void {
    if (this.#isDecoding) return; // it says so itself when it is done
    const isPaused = this.#isQueueFull || this.#left.length > 0;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) {
      this.#rates?.paused();
      this.#parts.connection.pause();
    } else {
      this.#rates?.resumed();
      this.#parts.connection.resume();
    }
  }
}

/** Those of the first frame. */
function frameLimits({ frameHeaders, frameHeaderLineOctets, frameBodyOctets }: InboundLimits): FrameLimits {
  return {
    maxHeaders: frameHeaders,
    maxHeaderLineOctets: frameHeaderLineOctets,
    maxBodyOctets: Math.min(frameBodyOctets, BODY_OCTETS_BEFORE_CONNECT),
  };
}
