import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const APPLICATION_PREFIX = '/app/';

/** One SUBSCRIBE: its part of the MESSAGE head stays encoded. */
interface Subscription {
  readonly webSocket: WebSocket;
  readonly head: Buffer;
}

/**
 * The reference: the least work that turns SEND into MESSAGE on plain `ws`, each message written by itself. No sessions,
 * no escaping, no content types, no errors: it understands the load generator's frames and nothing else.
 */
export class BareWsServer {
  readonly #server: WebSocketServer;
  readonly #subscriptions = new Map<string, Subscription[]>();
  #lastMessageId = 0;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (webSocket) => {
      webSocket.on('message', (frame: Buffer) => this.#receive(webSocket, frame));
    });
  }

  /** Listens on 127.0.0.1; port 0 lets the system choose. */
  static async listen(port: number): Promise<BareWsServer> {
    const options = { host: '127.0.0.1', port, path: '/ws', perMessageDeflate: false, skipUTF8Validation: true };
    const server = new WebSocketServer(options);
    await new Promise<void>((resolve) => server.once('listening', resolve));
    return new BareWsServer(server);
  }

  /** The port it listens on. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port; // listening on TCP: never a string or null
  }

  /** Ends every connection and stops listening. */
  async close(): Promise<void> {
    this.#server.clients.forEach((webSocket) => webSocket.terminate());
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #receive(webSocket: WebSocket, frame: Buffer): void {
    const headEnd = frame.indexOf('\n\n');
    const head = frame.toString('latin1', 0, headEnd + 1);
    if (head.startsWith('SEND')) {
      this.#publish(headerValue(head, 'destination'), frame.subarray(headEnd + 2, -1));
      return;
    }
    if (head.startsWith('CONNECT')) {
      sendText(webSocket, 'CONNECTED\nversion:1.2\nheart-beat:0,0\n\n\0');
      return;
    }
    if (head.startsWith('SUBSCRIBE')) {
      this.#subscribe(webSocket, headerValue(head, 'destination'), headerValue(head, 'id'));
    }
    sendText(webSocket, `RECEIPT\nreceipt-id:${headerValue(head, 'receipt')}\n\n\0`);
  }

  #subscribe(webSocket: WebSocket, destination: string, id: string): void {
    const head = Buffer.from(`MESSAGE\nsubscription:${id}\n`);
    const subscriptions = this.#subscriptions.get(destination) ?? [];
    subscriptions.push({ webSocket, head });
    this.#subscriptions.set(destination, subscriptions);
  }

  /** Exact ones, else those to everything in the last segment's place: `/topic/area-7/*`. */
  #find(destination: string): Subscription[] | undefined {
    const exact = this.#subscriptions.get(destination);
    return exact ?? this.#subscriptions.get(`${destination.slice(0, destination.lastIndexOf('/') + 1)}*`);
  }

  #publish(destination: string, body: Buffer): void {
    const target = brokerDestination(destination);
    const subscriptions = this.#find(target);
    if (subscriptions === undefined) {
      return;
    }
    this.#lastMessageId += 1;
    const tail = encodeTail(target, this.#lastMessageId, body);
    for (const { webSocket, head } of subscriptions) {
      const message = Buffer.allocUnsafe(head.length + tail.length);
      head.copy(message, 0);
      tail.copy(message, head.length);
      webSocket.send(message, { binary: false });
    }
  }
}

/** `/app/echo.7` is answered on `/topic/echo.7`; everything else goes where it says. */
function brokerDestination(destination: string): string {
  return destination.startsWith(APPLICATION_PREFIX)
    ? `/topic/${destination.slice(APPLICATION_PREFIX.length)}`
    : destination;
}

/** What all receivers of a message have in common, encoded once: the rest of the head, the body and NUL. */
function encodeTail(destination: string, messageId: number, body: Buffer): Buffer {
  const ids = `destination:${destination}\nmessage-id:${messageId}\n`;
  const head = `${ids}content-type:application/json\ncontent-length:${body.length}\n\n`;
  const tail = Buffer.allocUnsafe(head.length + body.length + 1);
  tail.write(head, 0, 'latin1');
  body.copy(tail, head.length);
  tail[tail.length - 1] = 0;
  return tail;
}

function headerValue(head: string, name: string): string {
  const start = head.indexOf(`\n${name}:`) + name.length + 2;
  return head.slice(start, head.indexOf('\n', start));
}

function sendText(webSocket: WebSocket, frame: string): void {
  webSocket.send(frame);
}
