import { once } from 'node:events';
import { WebSocket } from 'ws';
import { FrameQueue } from './frame-queue.js';

/** STOMP typed by hand over a real `ws` client: each WebSocket message is taken as one frame. */
export class WebSocketClient implements AsyncDisposable {
  readonly webSocket: WebSocket;
  readonly #received = new FrameQueue();

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on('message', (data: Buffer) => this.#received.add(data.toString()));
  }

  /** Opens a WebSocket, by default without sub-protocol. */
  static async open(url: string, protocols: readonly string[] = []): Promise<WebSocketClient> {
    const client = new WebSocketClient(new WebSocket(url, [...protocols]));
    await once(client.webSocket, 'open');
    return client;
  }

  /** Opens a WebSocket and connects; `headers` are lines of the CONNECT frame, such as `login:alice`. */
  static async connect(url: string, ...headers: readonly string[]): Promise<WebSocketClient> {
    const client = await WebSocketClient.open(url);
    const connected = await client.ask(['CONNECT', 'accept-version:1.2', ...headers].join('\n') + '\n\n\0');
    if (!connected.startsWith('CONNECTED\n')) {
      throw new Error(`not connected: ${connected}`);
    }
    return client;
  }

  /** Sends one frame; a Buffer travels as a binary message. */
  send(frame: string | Buffer): void {
    this.webSocket.send(frame);
  }

  /** Sends one frame and takes the next that comes. */
  ask(frame: string | Buffer): Promise<string> {
    this.send(frame);
    return this.next();
  }

  /** The next frame from the server. */
  next(): Promise<string> {
    return this.#received.next();
  }

  /** Resolves when the subscription is live. */
  async subscribe(id: string, destination: string): Promise<void> {
    const receipt = await this.ask(`SUBSCRIBE\nid:${id}\ndestination:${destination}\nreceipt:${id}\n\n\0`);
    if (!receipt.startsWith(`RECEIPT\nreceipt-id:${id}\n`)) {
      throw new Error(`not subscribed: ${receipt}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.webSocket.readyState !== WebSocket.CLOSED) {
      const closed = once(this.webSocket, 'close');
      this.webSocket.close();
      await closed;
    }
  }
}

/** The headers of a frame; the first of repeated ones wins. */
export function headersOf(frame: string): Record<string, string> {
  const [, ...lines] = frame.slice(0, frame.indexOf('\n\n')).split('\n');
  const pairs = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const);
  return Object.fromEntries<string>(pairs.toReversed());
}

/** The body of a frame, without its NUL. */
export function bodyOf(frame: string): string {
  return frame.slice(frame.indexOf('\n\n') + 2, frame.lastIndexOf('\0'));
}
