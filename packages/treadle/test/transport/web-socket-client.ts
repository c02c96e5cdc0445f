import { once } from 'node:events';
import { FrameDecoder } from '@treadle/stomp';
import { type ClientOptions, WebSocket } from 'ws';

/** A STOMP frame that came, and the kind of message it came in. */
export interface WebSocketFrame {
  readonly command: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly isBinary: boolean;
}

/** A client on the `ws` package that types its STOMP frames by hand. */
export class WebSocketClient implements AsyncDisposable {
  readonly webSocket: WebSocket;
  readonly frames: WebSocketFrame[] = [];
  heartBeats = 0;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #seen = 0;
  #onFrame: () => void = () => undefined;

  constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    let isBinary = false;
    const decoder = new FrameDecoder({
      accepts: 'server',
      limits: { maxBodyOctets: Number.MAX_SAFE_INTEGER },
      onFrame: ({ command, headers, body }) => {
        this.frames.push({ command, headers: toRecord(headers), body: Buffer.from(body), isBinary });
        this.#onFrame();
      },
      onHeartBeat: () => (this.heartBeats += 1),
    });
    webSocket.on('message', (data, binary) => {
      isBinary = binary;
      decoder.decode(data as Buffer); // the default binaryType
    });
    this.closed = new Promise((resolve) => {
      webSocket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#onFrame();
      });
    });
    webSocket.on('error', () => undefined); // `close` follows
  }

  /** @throws Error when the server refuses the handshake */
  static async open(url: string, protocols: string[] = [], options: ClientOptions = {}): Promise<WebSocketClient> {
    const webSocket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    const client = new WebSocketClient(webSocket);
    await once(webSocket, 'open');
    return client;
  }

  /** Opens, and connects with STOMP 1.2. */
  static async connect(url: string, headers = '', options: ClientOptions = {}): Promise<WebSocketClient> {
    const client = await WebSocketClient.open(url, ['v12.stomp'], options);
    client.type(`CONNECT\naccept-version:1.2\nhost:test\n${headers}\n\0`);
    await client.next('CONNECTED');
    return client;
  }

  /** Sends one WebSocket message. */
  type(message: string | Uint8Array): void {
    this.webSocket.send(message);
  }

  /** Subscribes and waits until that is live. */
  async subscribe(id: string, destination: string): Promise<void> {
    this.type(`SUBSCRIBE\nid:${id}\ndestination:${destination}\nreceipt:live-${id}\n\n\0`);
    await this.next('RECEIPT');
  }

  /** The next frame, which must have this command. @throws Error when another comes, the connection closes, or after 4 s */
  async next(command: string): Promise<WebSocketFrame> {
    const patience = AbortSignal.timeout(4000);
    patience.addEventListener('abort', () => this.#onFrame());
    while (this.frames.length <= this.#seen) {
      if (this.webSocket.readyState === WebSocket.CLOSED) throw new Error(`closed before ${command} came`);
      if (patience.aborted) throw new Error(`${command} did not come`);
      await new Promise<void>((resolve) => (this.#onFrame = resolve));
    }
    const frame = this.frames[this.#seen];
    this.#seen += 1;
    if (frame?.command === command) return frame;
    throw new Error(`${command} was awaited, but ${frame?.command} came: ${JSON.stringify(frame?.headers)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.webSocket.terminate();
    await this.closed;
  }
}

function toRecord(headers: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) record[headers[index] ?? ''] ??= headers[index + 1] ?? '';
  return record;
}
