import type { Socket } from 'node:net';
import { type Frame, FrameDecoder, HEART_BEAT } from '@treadle/stomp';
import type { Clock } from '../../../foundation/clock.js';
import { textOf } from '../../../foundation/error-text.js';
import { CLOSE_CODES } from '../../../transport/connection.js';
import { HeartBeats } from '../../../transport/heart-beats.js';
import type { FlushQueue } from '../../../transport/outbound-buffer.js';
import { TcpConnection } from '../../../transport/tcp.js';

// ActiveMQ sends a beat up to two intervals late now and then.
const SILENT_INTERVALS = 3;
// Written and not yet taken by the operating system; above it who can wait does so.
const ROOM_OCTETS = 1024 * 1024;
// Much more than we send: brokers add some headers of their own, and pass on what other clients of theirs send. RabbitMQ's from AMQP have 128 KiB in all.
const HEADER_LIMITS = { maxHeaders: 10_000, maxHeaderLineOctets: 1024 * 1024 };

/** What a line is made of. */
export interface FrameLineOptions {
  /** Connected, TLS included. */
  readonly socket: Socket;
  readonly flushQueue: FlushQueue;
  readonly clock: Clock;
  /** Largest body taken; a larger one is dropped while it is read. */
  readonly maxBodyOctets: number;
  /** Milliseconds that the broker may take nothing while something waits for it. */
  readonly stallTimeMs: number;
  /** A frame came. Not called while paused, nor after `cut`. */
  readonly onFrame: (frame: Frame) => void;
  /** The same of a frame whose body was larger: it is empty now. */
  readonly onOversized: (frame: Frame) => void;
  /** Once, unless cut: the line is dead, or has ended. What was received before was handed over. */
  readonly onEnd: (reason: string, options?: ErrorOptions) => void;
}

/** Frames over a socket, both ways, with the heart-beats between them and a pause of reading that is exact. */
export class FrameLine {
  /** Resolves when the socket is closed. */
  readonly gone: Promise<void>;
  readonly #options: FrameLineOptions;
  readonly #connection: TcpConnection;
  readonly #decoder: FrameDecoder;
  readonly #heartBeats: HeartBeats;
  /** What broke the socket says more than that it is closed. */
  #breakage: Error | undefined;
  #isPaused = false;
  #isOver = false;
  /** Received and not looked at, in order. */
  readonly #unread: Uint8Array[] = [];
  #isWaking = false;

  constructor(options: FrameLineOptions) {
    const { socket, flushQueue, clock, maxBodyOctets, stallTimeMs } = options;
    this.#options = options;
    const limits = { sendBufferOctets: Infinity, roomOctets: ROOM_OCTETS, sendTimeMs: stallTimeMs };
    this.gone = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.once('error', (error) => (this.#breakage = error));
    this.#connection = new TcpConnection({ socket, limits, flushQueue, clock });
    this.#decoder = new FrameDecoder({
      accepts: 'server',
      limits: { ...HEADER_LIMITS, maxBodyOctets },
      onFrame: (frame) => {
        if (!this.#isOver) options.onFrame(frame);
      },
      onOversized: (frame) => {
        if (!this.#isOver) options.onOversized(frame);
      },
    });
    this.#heartBeats = new HeartBeats(clock, {
      beat: () => this.#connection.send(HEART_BEAT, undefined, 'text'),
      lost: () => this.#end('the broker is silent'),
      isDeaf: () => this.#isPaused,
      silentIntervals: SILENT_INTERVALS,
    });
  }

  /** False when nothing that is written reaches the broker any more. */
  get isOpen(): boolean {
    return !this.#isOver && this.#connection.isOpen;
  }

  /** Whether frames are not handed over for now. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Begins to read. */
  open(): void {
    this.#connection.open({
      onOctets: (octets) => this.#receive(octets),
      onOverflow: (detail) => this.#end(`the broker does not read: ${detail}`),
      onFault: (fault) => this.#end(fault),
      onClose: () => this.#closed(),
    });
  }

  /** @param version of which the rules hold from now on */
  speak(version: FrameDecoder['version']): void {
    this.#decoder.version = version;
  }

  /** Milliseconds as `negotiateHeartBeat` gives them. */
  startHeartBeats(sendEvery: number, expectEvery: number): void {
    this.#heartBeats.start(sendEvery, expectEvery);
  }

  /** All that is written in one turn of the event loop leaves in one write. */
  write(octets: Uint8Array): void {
    this.#heartBeats.spoke();
    this.#connection.send(octets, undefined, 'text');
  }

  /** As of `Connection`. */
  whenWritable(): Promise<void> | undefined {
    return this.#connection.whenWritable();
  }

  /** Hands over no more frames, from now on. */
  pause(): void {
    if (this.#isOver) return;
    this.#isPaused = true;
    this.#decoder.stop();
    this.#connection.pause();
  }

  /** Hands over frames again, from the next turn of the event loop on. */
  resume(): void {
    this.#isPaused = false;
    this.#wake();
  }

  /** Writes what waits, then ends; `onEnd` follows. */
  end(): void {
    this.#connection.close(CLOSE_CODES.normal, '');
  }

  /** Ends at once. */
  cut(): void {
    this.#isOver = true;
    this.#isPaused = false;
    this.#unread.length = 0;
    this.#decoder.stop();
    this.#heartBeats.stop();
    this.#connection.terminate();
  }

  #receive(octets: Uint8Array): void {
    this.#heartBeats.heard();
    if (this.#isPaused || this.#unread.length > 0) this.#unread.push(octets);
    else this.#decode(octets);
  }

  #decode(octets: Uint8Array): void {
    try {
      const read = this.#decoder.decode(octets);
      if (read < octets.length && !this.#isOver) this.#unread.unshift(octets.subarray(read));
    } catch (error) {
      this.#end(`what the broker sent is not taken: ${textOf(error)}`, { cause: error });
    }
  }

  #wake(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      this.#readOn();
    });
  }

  #readOn(): void {
    while (!this.#isPaused) {
      const octets = this.#unread.shift();
      if (!octets) return this.#connection.resume();
      this.#decode(octets);
    }
  }

  /** What came before the end is handed over before it, paused or not; never from inside `pause` or `resume`. */
  #closed(): void {
    if (!this.#isPaused && this.#unread.length === 0) return this.#end(this.#endReason());
    setImmediate(() => {
      this.#isPaused = false;
      this.#readOn();
      // A listener that pauses at every frame has to take the rest nevertheless.
      if (this.#unread.length > 0) this.#closed();
      else this.#end(this.#endReason());
    });
  }

  #endReason(): string {
    return this.#breakage ? `the connection broke: ${textOf(this.#breakage)}` : 'the broker closed the connection';
  }

  #end(reason: string, options?: ErrorOptions): void {
    if (this.#isOver) return;
    this.cut();
    this.#options.onEnd(reason, options);
  }
}
