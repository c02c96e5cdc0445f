import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FrameQueue } from './frame-queue.js';

const UPGRADE = [
  'GET /ws HTTP/1.1',
  'Host: 127.0.0.1',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '\r\n',
].join('\r\n');

/** A TCP socket with a WebSocket frame written by hand; its own frames have at most 125 octets. */
export class RawSocketClient implements Disposable {
  readonly #socket: Socket;
  readonly #received = new FrameQueue();
  #octets: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Opens the socket and upgrades it. */
  static async open(port: number): Promise<RawSocketClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(UPGRADE);
    const [answer]: readonly unknown[] = await once(socket, 'data');
    if (!String(answer).startsWith('HTTP/1.1 101')) {
      throw new Error(`not upgraded: ${String(answer)}`);
    }
    const client = new RawSocketClient(socket);
    socket.on('data', (chunk: Buffer) => client.#read(chunk));
    return client;
  }

  /** Writes one masked text frame octet by octet, as the slowest typist would. */
  type(text: string): void {
    const frame = [0x81, 0x80 | text.length, 0, 0, 0, 0, ...Buffer.from(text)];
    frame.forEach((octet) => this.#socket.write(Buffer.from([octet])));
  }

  /** The next WebSocket message. */
  next(): Promise<string> {
    return this.#received.next();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#octets = Buffer.concat([this.#octets, chunk]);
    while (this.#octets.length >= 2) {
      const [, length = 0] = this.#octets;
      const start = length === 126 ? 4 : 2;
      const end = start + (length === 126 ? this.#octets.readUInt16BE(2) : length);
      if (this.#octets.length < end) {
        return;
      }
      this.#received.add(this.#octets.toString('utf8', start, end));
      this.#octets = this.#octets.subarray(end);
    }
  }
}
