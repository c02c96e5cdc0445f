import { TcpClient, type TcpFrame } from '../../transport/tcp-client.js';
import { SessionEvents } from './session-events.js';
import type {
  ConnectOptions,
  ReceivedMessage,
  SendOptions,
  StockClient,
  StockSession,
  Version,
} from './stock-client.js';

/** No library at all: frames typed into a socket. */
export class RawTcpClient implements StockClient {
  readonly #port: number;
  readonly #clients: TcpClient[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  async connect({ version, login, passcode, heartBeat }: ConnectOptions): Promise<StockSession> {
    const client = await TcpClient.open(this.#port);
    this.#clients.push(client);
    const headers = {
      'accept-version': version,
      host: 'lab',
      ...(login !== undefined && { login }),
      ...(passcode !== undefined && { passcode }),
      ...(heartBeat !== undefined && { 'heart-beat': heartBeat.join(',') }),
    };
    client.type(frame('CONNECT', headers));
    const connected = await client.next();
    if (connected.command === 'ERROR') throw new Error(connected.headers['message']);
    const beating = heartBeat && heartBeat[0] > 0 ? setInterval(() => client.type('\n'), heartBeat[0] / 2) : undefined;
    void client.closed.then(() => clearInterval(beating));
    return new RawTcpSession(client, version, connected.headers['version'] ?? '1.0');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
  }
}

class RawTcpSession implements StockSession {
  readonly version: string;
  readonly #client: TcpClient;
  readonly #asked: Version;
  readonly #events = new SessionEvents();
  readonly #receipts = new Map<string, () => void>();
  readonly #messages: TcpFrame[] = [];

  constructor(client: TcpClient, asked: Version, version: string) {
    this.version = version;
    this.#client = client;
    this.#asked = asked;
    client.onHeartBeat = () => this.#events.heartBeat();
    void client.closed.then(() => this.#events.close());
    void this.#read().catch(() => undefined); // it ends with the connection
  }

  get closed(): Promise<void> {
    return this.#events.closed;
  }

  subscribe(name: string, destination: string, ack = 'auto', headers = {}): Promise<void> {
    return this.#withReceipt('SUBSCRIBE', { id: name, destination, ack, ...headers });
  }

  unsubscribe(name: string): Promise<void> {
    return this.#withReceipt('UNSUBSCRIBE', { id: name });
  }

  send(destination: string, body: string | Uint8Array, options: SendOptions = {}): Promise<void> {
    const { contentType, headers = {}, transaction, receipt = transaction === undefined } = options;
    const octets = Buffer.from(body);
    const all = {
      destination,
      'content-length': String(octets.length),
      ...(contentType !== undefined && { 'content-type': contentType }),
      ...(transaction !== undefined && { transaction }),
      ...headers,
    };
    if (receipt) return this.#withReceipt('SEND', all, octets);
    this.#client.type(frame('SEND', all, octets));
    return Promise.resolve();
  }

  ack(message: ReceivedMessage, transaction?: string): Promise<void> {
    return this.#withReceipt('ACK', this.#named(message, transaction));
  }

  nack(message: ReceivedMessage, transaction?: string): Promise<void> {
    return this.#withReceipt('NACK', this.#named(message, transaction));
  }

  begin(transaction: string): Promise<void> {
    return this.#withReceipt('BEGIN', { transaction });
  }

  commit(transaction: string): Promise<void> {
    return this.#withReceipt('COMMIT', { transaction });
  }

  abort(transaction: string): Promise<void> {
    return this.#withReceipt('ABORT', { transaction });
  }

  next(): Promise<ReceivedMessage> {
    return this.#events.next();
  }

  heartBeats(count: number): Promise<void> {
    return this.#events.heartBeats(count);
  }

  async disconnect(): Promise<void> {
    await this.#withReceipt('DISCONNECT', {});
    await this.#client.closed;
    if (!this.#client.hasEnded) throw new Error(`not an orderly end: ${this.#client.error}`);
  }

  async drop(): Promise<void> {
    this.#client.socket.destroy();
    await this.#client.closed;
  }

  async #read(): Promise<never> {
    for (;;) {
      const { command, headers, body } = await this.#client.next(undefined, Infinity);
      if (command === 'RECEIPT') this.#receipts.get(headers['receipt-id'] ?? '')?.();
      else if (command === 'ERROR') this.#events.error(headers['message'] ?? '');
      else {
        const number = this.#messages.push({ command, headers, body }) - 1;
        this.#events.message({ number, headers, body });
      }
    }
  }

  /** As each version names a message that was received (§ ACK of each). */
  #named({ headers }: ReceivedMessage, transaction: string | undefined): Record<string, string> {
    const within: Record<string, string> = transaction === undefined ? {} : { transaction };
    const { ack = '', subscription = '', 'message-id': messageId = '' } = headers;
    if (this.#asked === '1.2') return { id: ack, ...within };
    if (this.#asked === '1.1') return { 'message-id': messageId, subscription, ...within };
    return { 'message-id': messageId, ...within };
  }

  #withReceipt(command: string, headers: Record<string, string>, body?: Uint8Array): Promise<void> {
    const receipt = `receipt-${this.#receipts.size + 1}`;
    return new Promise((resolve) => {
      this.#receipts.set(receipt, resolve);
      this.#client.type(frame(command, { ...headers, receipt }, body));
    });
  }
}

function frame(
  command: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array = new Uint8Array(),
): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  return Buffer.concat([Buffer.from(`${command}\n${lines.join('')}\n`), body, Buffer.of(0)]);
}
