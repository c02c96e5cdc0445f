import type { WebSocket } from 'ws';
import type { Clock } from '../foundation/clock.js';
import type { FrameEncoding, OutboundLimits } from './connection.js';
import { RoomWatch } from './room-watch.js';
import { WriteWatch } from './write-watch.js';

/** What a compressed WebSocket is written through; the same limits as `OutboundBuffer`, each frame by itself. */
export class CompressedOutbound {
  readonly #webSocket: WebSocket;
  readonly #limits: OutboundLimits;
  readonly #onOverflow: (detail: string) => void;
  readonly #watch: WriteWatch;
  readonly #room: RoomWatch;
  #isClosed = false;

  constructor(options: {
    webSocket: WebSocket;
    limits: OutboundLimits;
    clock: Clock;
    onOverflow: (detail: string) => void;
  }) {
    const { webSocket, limits, clock, onOverflow } = options;
    this.#webSocket = webSocket;
    this.#limits = limits;
    this.#onOverflow = onOverflow;
    this.#watch = new WriteWatch(clock, limits.sendTimeMs, () =>
      this.#overflow(`nothing was taken for ${limits.sendTimeMs} ms`),
    );
    this.#room = new RoomWatch(limits.roomOctets ?? limits.sendBufferOctets / 2, () => webSocket.bufferedAmount);
  }

  /** Whether later frames are dropped: the connection is over, or a limit was passed and it will be in a moment. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** `undefined` while at most `roomOctets` wait, else the promise of that or of the end; never rejects. */
  whenWritable(): Promise<void> | undefined {
    return this.#isClosed ? undefined : this.#room.whenRoom();
  }

  /** Sends one frame, which `ws` compresses on another thread. */
  push(head: Uint8Array, tail: Uint8Array | undefined, encoding: FrameEncoding): void {
    if (this.#isClosed) return;
    const behind = this.#webSocket.bufferedAmount;
    if (behind > this.#limits.sendBufferOctets) {
      this.#overflow(`${behind} octets wait, ${this.#limits.sendBufferOctets} are allowed`);
      return;
    }
    this.#watch.began();
    this.#webSocket.send(tail ? Buffer.concat([head, tail]) : head, { binary: encoding === 'binary' }, this.#onTaken);
    this.#watch.start();
  }

  // Made once per connection, not once per write.
  readonly #onTaken = (): void => {
    this.#watch.ended();
    this.#room.taken();
  };

  /** Nothing is held back here; what `ws` still compresses leaves before its close frame. */
  flush(): void {}

  /** Later frames are dropped. */
  close(): void {
    this.#isClosed = true;
    this.#watch.stop();
    this.#room.free();
  }

  #overflow(detail: string): void {
    this.close();
    queueMicrotask(() => this.#onOverflow(detail)); // never from inside `push`: its caller may be delivering to others
  }
}
