import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { FrameDecoder } from '@treadle/stomp';

const PATIENCE_MS = 4_000;

/** A STOMP frame that came over TCP. */
export interface TcpFrame {
  readonly command: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A client on a plain socket that types its STOMP frames by hand. */
export class TcpClient implements AsyncDisposable {
  readonly socket: Socket;
  readonly frames: TcpFrame[] = [];
  heartBeats = 0;
  /** Called for each. */
  onHeartBeat: () => void = () => undefined;
  /** True once the server has ended its half: nothing more comes. */
  hasEnded = false;
  /** What broke the connection, such as `ECONNRESET`. */
  error: string | undefined;
  /** Resolves when the connection is over, both ways. */
  readonly closed: Promise<void>;
  #seen = 0;
  #onNews: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    const decoder = new FrameDecoder({
      accepts: 'server',
      limits: { maxBodyOctets: Number.MAX_SAFE_INTEGER },
      onFrame: ({ command, headers, body }) => {
        this.frames.push({ command, headers: toRecord(headers), body: Buffer.from(body) });
        this.#onNews();
      },
      onHeartBeat: () => {
        this.heartBeats += 1;
        this.onHeartBeat();
      },
    });
    socket.on('data', (chunk) => decoder.decode(chunk));
    socket.once('end', () => (this.hasEnded = true));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code)); // `close` follows
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
        this.#onNews();
      });
    });
  }

  /** A connection, and nothing said on it. @param tls speaks TLS with these options */
  static async open(port: number, tls?: ConnectionOptions): Promise<TcpClient> {
    const socket = tls ? connectTls({ port, host: '127.0.0.1', ...tls }) : connectTcp(port, '127.0.0.1');
    socket.setNoDelay();
    const client = new TcpClient(socket);
    await Promise.race([once(socket, tls ? 'secureConnect' : 'connect').catch(() => undefined), client.closed]);
    return client;
  }

  /** Opens, and connects with STOMP 1.2. */
  static async connect(port: number, headers = '', tls?: ConnectionOptions): Promise<TcpClient> {
    const client = await TcpClient.open(port, tls);
    client.type(`CONNECT\naccept-version:1.2\nhost:test\n${headers}\n\0`);
    await client.next('CONNECTED');
    return client;
  }

  get isClosed(): boolean {
    return this.socket.closed;
  }

  type(octets: string | Uint8Array): void {
    this.socket.write(octets);
  }

  /** Writes, and waits for the other side to take it if much is waiting already. */
  async typeInPace(octets: Uint8Array): Promise<void> {
    if (this.socket.write(octets)) return;
    await Promise.race([once(this.socket, 'drain').catch(() => undefined), this.closed]);
  }

  /** Subscribes and waits until that is live. */
  async subscribe(id: string, destination: string): Promise<void> {
    this.type(`SUBSCRIBE\nid:${id}\ndestination:${destination}\nreceipt:live-${id}\n\n\0`);
    await this.next('RECEIPT');
  }

  /** The next frame, which must have this command if one is named. @throws Error when another comes, the connection closes, or after 4 s */
  async next(command?: string, patienceMs = PATIENCE_MS): Promise<TcpFrame> {
    let isPatient = true;
    const giveUp = (): void => {
      isPatient = false;
      this.#onNews();
    };
    const timer = patienceMs === Infinity ? undefined : setTimeout(giveUp, patienceMs);
    while (this.frames.length <= this.#seen) {
      if (this.isClosed) throw new Error(`closed before ${command ?? 'a frame'} came`);
      if (!isPatient) throw new Error(`${command ?? 'a frame'} did not come`);
      await new Promise<void>((resolve) => (this.#onNews = resolve));
    }
    clearTimeout(timer);
    const frame = this.frames[this.#seen];
    this.#seen += 1;
    if (frame && (command === undefined || frame.command === command)) return frame;
    throw new Error(`${command} was awaited, but ${frame?.command} came: ${JSON.stringify(frame?.headers)}`);
  }

  /** The commands that came, in order; RECEIPT with its id, ERROR with its code. */
  get commands(): string[] {
    return this.frames.map(({ command, headers }) =>
      [command, headers['receipt-id'], headers['code']].filter((part) => part !== undefined).join(' '),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

function toRecord(headers: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) record[headers[index] ?? ''] ??= headers[index + 1] ?? '';
  return record;
}
