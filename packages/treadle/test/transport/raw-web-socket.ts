import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';

/** Makes a masked WebSocket frame by hand (RFC 6455 § 5.2). */
export function maskedFrame(
  payload: Uint8Array | string,
  { opcode = 1, isFinal = true }: { opcode?: number; isFinal?: boolean } = {},
): Buffer {
  const octets = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = octets.map((octet, index) => octet ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([(isFinal ? 0x80 : 0) | opcode]), maskedLength(octets.length), mask, masked]);
}

function maskedLength(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | length]);
  if (length < 65_536) return Buffer.from([0x80 | 126, length >> 8, length & 0xff]);
  const header = Buffer.alloc(9);
  header[0] = 0x80 | 127;
  header.writeBigUInt64BE(BigInt(length), 1);
  return header;
}

/** A client that types every octet by hand, on a plain TCP socket. */
export class RawWebSocket implements AsyncDisposable {
  readonly socket: Socket;
  /** All octets that came, one character each. */
  received = '';
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => (this.received += chunk.toString('latin1')));
    socket.on('error', () => undefined); // `close` follows
    this.closed = new Promise((resolve) => void socket.once('close', () => resolve()));
  }

  /** A TCP connection, and nothing said on it. */
  static async connect(port: number): Promise<RawWebSocket> {
    const socket = connectTcp(port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    return new RawWebSocket(socket);
  }

  /** A WebSocket, with further request headers as lines. */
  static async upgrade(port: number, path = '/ws', headerLines: readonly string[] = []): Promise<RawWebSocket> {
    const client = await RawWebSocket.connect(port);
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ...headerLines,
    ];
    client.write(`${lines.join('\r\n')}\r\n\r\n`);
    await client.until('\r\n\r\n');
    return client;
  }

  /** The lines of the HTTP response. */
  get response(): string[] {
    return (this.received.split('\r\n\r\n', 1)[0] ?? '').split('\r\n');
  }

  write(octets: Uint8Array | string): void {
    this.socket.write(octets);
  }

  /** Writes, and waits for the other side to take it if much is waiting already. */
  async writeInPace(octets: Uint8Array): Promise<void> {
    if (this.socket.write(octets)) return;
    await Promise.race([once(this.socket, 'drain').catch(() => undefined), this.closed]);
  }

  /** Resolves when this text has come. @throws Error when the connection closes without it, or after 4 s */
  async until(text: string): Promise<void> {
    const signal = AbortSignal.timeout(4000);
    while (!this.received.includes(text)) {
      if (this.socket.closed || signal.aborted) throw new Error(`"${text}" never came, only: ${this.received}`);
      await Promise.race([once(this.socket, 'data', { signal }).catch(() => undefined), this.closed]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}
