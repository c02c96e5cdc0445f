import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { type Application } from '../../src/application.js';
import { MemoryConnection } from '../../src/transport/memory.js';
import { type RawFrame, RawFrameReader } from './raw-frame.js';

/** What the octets of a raw client travel by. */
export interface Wire {
  write(octets: Uint8Array): void;
  /** Is gone from one moment to the next. */
  vanish(): void;
  /** Resolves when the server has been given everything that was written. */
  readonly arrived: () => Promise<void>;
  /** Stops taking what the server sends. */
  stopReading(): void;
  /** Takes again. */
  readAgain(): void;
}

/** What a wire tells. */
export interface WireListener {
  onOctets(chunk: Uint8Array): void;
  onClose(): void;
}

/** Short of the five seconds after which Jest gives up a test without saying what it waited for. */
const PATIENCE_MS = 4_000;

/** How a raw client waits. */
export interface RawClientOptions {
  /** How long it waits for a frame or the end before it fails; default 4000 ms. */
  readonly patienceMs?: number;
}

/** A client that types its frames by hand and reads those of the server octet by octet. */
export class RawClient implements AsyncDisposable {
  readonly #reader = new RawFrameReader();
  readonly #wire: Wire;
  readonly #patienceMs: number;
  #seen = 0;
  #isClosed = false;
  #onChange: () => void = () => undefined;

  /** @param open connects it */
  private constructor(open: (listener: WireListener) => Wire, { patienceMs = PATIENCE_MS }: RawClientOptions = {}) {
    this.#patienceMs = patienceMs;
    this.#wire = open({
      onOctets: (chunk) => {
        this.#reader.read(chunk);
        this.#onChange();
      },
      onClose: () => {
        this.#isClosed = true;
        this.#onChange();
      },
    });
  }

  /** A client of an application, without network. */
  static overMemory(application: Application, options?: RawClientOptions): RawClient {
    return new RawClient((listener) => {
      const connection = new MemoryConnection({ limits: application.limits, clock: application.clock, listener });
      application.accept(connection);
      const { peer } = connection;
      return {
        write: (octets) => peer.write(octets),
        vanish: () => peer.close(1006),
        arrived: turnsOfEventLoop,
        stopReading: () => peer.stopReading(),
        readAgain: () => peer.readAgain(),
      };
    }, options);
  }

  /** A client on a TCP socket. */
  static async overTcp(port: number, options?: RawClientOptions): Promise<RawClient> {
    const socket = connectTcp(port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    return new RawClient((listener) => {
      let written = Promise.resolve();
      socket.on('data', (chunk: Buffer) => listener.onOctets(chunk));
      socket.on('error', () => undefined); // `close` follows
      socket.once('close', () => listener.onClose());
      return {
        write: (octets) => {
          const last = written;
          const now = new Promise<void>((resolve) => void socket.write(octets, () => resolve()));
          written = last.then(() => now);
        },
        vanish: () => void socket.resetAndDestroy(),
        // What this machine has written to itself lies in the server's socket, which is read in the next turn.
        arrived: () => written.then(turnsOfEventLoop),
        stopReading: () => void socket.pause(),
        readAgain: () => void socket.resume(),
      };
    }, options);
  }

  /** Lone line ends that came. */
  get heartBeats(): number {
    return this.#reader.heartBeats;
  }

  /** Octets that came, of frames and between them. */
  get octets(): number {
    return this.#reader.octets;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Frames that came and that nobody has asked for. */
  get waiting(): readonly RawFrame[] {
    return this.#reader.frames.slice(this.#seen);
  }

  /** Sends text as it is, in UTF-8, or octets. */
  type(text: string | Uint8Array): void {
    this.#wire.write(typeof text === 'string' ? Buffer.from(text) : text);
  }

  /** Resolves when the server has been given everything that was typed. */
  arrived(): Promise<void> {
    return this.#wire.arrived();
  }

  /** Is gone without a word. */
  vanish(): void {
    this.#wire.vanish();
  }

  stopReading(): void {
    this.#wire.stopReading();
  }

  readAgain(): void {
    this.#wire.readAgain();
  }

  /** The next frame. @throws Error when the connection closes before it, or does not come in time */
  async next(): Promise<RawFrame> {
    await this.until(() => this.waiting.length > 0, 'a frame');
    const [frame] = this.waiting;
    this.#seen += 1;
    return frame!; // it was waited for
  }

  /** Types frames, the last of which asks for a receipt; the frames that come before that RECEIPT. */
  async ask(text: string): Promise<RawFrame[]> {
    const receipt = [...text.matchAll(/^receipt:(.*)$/gm)].at(-1)?.[1];
    this.type(text);
    return this.receipt(receipt ?? '');
  }

  /** The frames that come before the RECEIPT with this id. @throws Error when ERROR comes first */
  async receipt(id: string): Promise<RawFrame[]> {
    const before: RawFrame[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame.command === 'ERROR') throw new Error(`instead of RECEIPT ${id} came ${frame.text}`);
      if (frame.command === 'RECEIPT' && frame.header('receipt-id') === id) return before;
      before.push(frame);
    }
  }

  /** Everything that still comes until the server has closed the connection. */
  async rest(): Promise<RawFrame[]> {
    await this.until(() => this.#isClosed, 'the end of the connection');
    const rest = this.waiting;
    this.#seen += rest.length;
    return [...rest];
  }

  /** The ERROR with which the server ends the connection. @throws Error when something else comes */
  async refusal(): Promise<RawFrame> {
    const frames = await this.rest();
    const [error] = frames;
    if (error?.command === 'ERROR' && frames.length === 1) return error;
    throw new Error(`ERROR alone was expected, but these came: ${frames.map(({ text }) => text).join()}`);
  }

  /** Resolves when the condition holds. @throws Error when the connection has closed and it does not, or when that takes too long */
  async until(condition: () => boolean, what: string): Promise<void> {
    const patience = AbortSignal.timeout(this.#patienceMs);
    patience.addEventListener('abort', () => this.#onChange());
    while (!condition()) {
      if (this.#isClosed || patience.aborted) {
        const why = this.#isClosed ? 'the connection is closed' : 'it did not come in time';
        throw new Error(`${what} was expected, but ${why}; unread: ${this.waiting.map(({ text }) => text).join()}`);
      }
      await new Promise<void>((resolve) => (this.#onChange = resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.vanish();
    await this.until(() => this.#isClosed, 'the end of the connection');
  }
}

async function turnsOfEventLoop(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
