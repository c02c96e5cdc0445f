import { type Clock, systemClock } from '../foundation/clock.js';
import {
  type CloseCode,
  type Connection,
  type ConnectionListener,
  type FrameEncoding,
  type Handshake,
  type OutboundLimits,
} from './connection.js';
import { BYTE_STREAM_FRAMING } from './byte-stream-framing.js';
import { FlushQueue, type OctetSink, OutboundBuffer } from './outbound-buffer.js';

/** The client's end of a connection in memory. */
export interface MemoryPeer {
  /** Gives octets to the server, at once unless it has paused. They must not be changed afterwards. */
  write(octets: Uint8Array): void;
  /** Closes from the client's side; the server notices when it has read what was written before. */
  close(code?: number, reason?: string): void;
  /** Stops taking what the server sends, as a stalled client does. */
  stopReading(): void;
  /** Takes again. */
  readAgain(): void;
  /** True while the server does not want to read: its queue for this session is full. */
  readonly isPaused: boolean;
}

/** What the client's end hears. */
export interface MemoryPeerListener {
  onOctets(chunk: Uint8Array): void;
  onClose(code: number, reason: string): void;
}

/** How to make a connection in memory. */
export interface MemoryConnectionOptions {
  readonly listener: MemoryPeerListener;
  readonly limits: OutboundLimits;
  readonly clock?: Clock;
  readonly handshake?: Partial<Handshake>;
}

/** A connection without network, for tests: same buffer, same limits, same batching as a socket. */
export class MemoryConnection implements Connection {
  readonly transport = 'memory';
  readonly handshake: Handshake;
  readonly peer: MemoryPeer;
  readonly #sink: MemorySink;
  readonly #outbound: OutboundBuffer;
  readonly #peerListener: MemoryPeerListener;
  #listener: ConnectionListener | undefined;
  /** Written by the peer and not yet handed over: nobody listens yet, or the listener has paused. */
  readonly #received: Uint8Array[] = [];
  #peerEnd: { readonly code: number; readonly reason: string } | undefined;
  #isOpen = true;
  #isPaused = false;
  #isDelivering = false;

  constructor(options: MemoryConnectionOptions) {
    this.handshake = {
      url: '/memory',
      headers: {},
      remoteAddress: undefined,
      subProtocol: undefined,
      ...options.handshake,
    };
    this.#peerListener = options.listener;
    this.#sink = new MemorySink((chunk) => options.listener.onOctets(chunk));
    this.#outbound = new OutboundBuffer({
      sink: this.#sink,
      framing: BYTE_STREAM_FRAMING,
      limits: options.limits,
      flushQueue: new FlushQueue(),
      clock: options.clock ?? systemClock,
      onOverflow: (detail) => this.#listener?.onOverflow(detail),
    });
    this.peer = this.#createPeer();
  }

  get isOpen(): boolean {
    return this.#isOpen && !this.#outbound.isClosed;
  }

  open(listener: ConnectionListener): void {
    this.#listener = listener;
    this.#deliver();
  }

  send(head: Uint8Array, tail: Uint8Array | undefined, encoding: FrameEncoding): void {
    if (this.#isOpen) this.#outbound.push(head, tail, encoding);
  }

  whenWritable(): Promise<void> | undefined {
    return this.#isOpen ? this.#outbound.whenWritable() : undefined;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    setImmediate(() => this.#deliver());
  }

  close(code: CloseCode, reason: string): void {
    if (!this.#isOpen) return;
    this.#outbound.flush();
    this.#end(code, reason);
  }

  terminate(): void {
    if (this.#isOpen) this.#end(1006, '');
  }

  /** Hands over what the peer wrote, as long as it is wanted; then the peer's close, if that is what came last. */
  #deliver(): void {
    if (this.#isDelivering) return; // the peer answered from inside a delivery: its octets wait their turn
    this.#isDelivering = true;
    while (this.#listener && this.#isOpen && !this.#isPaused) {
      const chunk = this.#received.shift();
      if (!chunk) break;
      this.#listener.onOctets(chunk);
    }
    this.#isDelivering = false;
    const end = this.#peerEnd;
    if (end && this.#received.length === 0 && this.#isOpen) this.#end(end.code, end.reason);
  }

  #end(code: number, reason: string): void {
    this.#isOpen = false;
    this.#outbound.close();
    if (!this.#peerEnd) this.#tellPeer(code, reason);
    // Later, as on a socket: never from inside a method that the listener called.
    queueMicrotask(() => {
      const listener = this.#listener;
      this.#listener = undefined;
      listener?.onClose(code, reason);
    });
  }

  #tellPeer(code: number, reason: string): void {
    queueMicrotask(() => this.#peerListener.onClose(code, reason));
  }

  #createPeer(): MemoryPeer {
    const isPaused = (): boolean => this.#isPaused;
    return {
      write: (octets) => {
        if (!this.#isOpen || this.#peerEnd) return;
        this.#received.push(octets);
        this.#deliver();
      },
      close: (code = 1000, reason = '') => {
        if (!this.#isOpen || this.#peerEnd) return;
        this.#peerEnd = { code, reason };
        this.#outbound.close();
        this.#tellPeer(code, reason);
        this.#deliver();
      },
      stopReading: () => this.#sink.stop(),
      readAgain: () => this.#sink.start(),
      get isPaused() {
        return isPaused();
      },
    };
  }
}

/** Hands octets to the peer while it reads; holds them while it does not. */
class MemorySink implements OctetSink {
  readonly #take: (chunk: Uint8Array) => void;
  #held: { chunk: Uint8Array; written: (() => void) | undefined }[] = [];
  #isReading = true;
  writableLength = 0;

  constructor(take: (chunk: Uint8Array) => void) {
    this.#take = take;
  }

  write(chunk: Uint8Array, written?: () => void): boolean {
    if (!this.#isReading) {
      this.#held.push({ chunk, written });
      this.writableLength += chunk.length;
      return false;
    }
    this.#take(chunk);
    if (written) queueMicrotask(written);
    return true;
  }

  cork(): void {}

  uncork(): void {}

  stop(): void {
    this.#isReading = false;
  }

  start(): void {
    this.#isReading = true;
    const held = this.#held;
    this.#held = [];
    this.writableLength = 0;
    for (const { chunk, written } of held) this.write(chunk, written);
  }
}
