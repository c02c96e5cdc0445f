import { Client, type IMessage, type StompSubscription } from '@stomp/stompjs';
import { WebSocket } from 'ws';
import { SessionEvents } from './session-events.js';
import type { ConnectOptions, ReceivedMessage, SendOptions, StockClient, StockSession } from './stock-client.js';

/** `@stomp/stompjs`, over WebSocket. */
export class StompJsClient implements StockClient {
  readonly #url: string;
  readonly #sessions: StompJsSession[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async connect({ version, login, passcode, heartBeat = [0, 0] }: ConnectOptions): Promise<StockSession> {
    const events = new SessionEvents();
    const client = new Client({
      webSocketFactory: () => new WebSocket(this.#url, ['v12.stomp', 'v11.stomp', 'v10.stomp']),
      stompVersions: { versions: [version], protocolVersions: () => [], supportedVersions: () => version },
      connectHeaders: { ...(login !== undefined && { login }), ...(passcode !== undefined && { passcode }) },
      reconnectDelay: 0,
      heartbeatOutgoing: heartBeat[0],
      heartbeatIncoming: heartBeat[1],
      onHeartbeatReceived: () => events.heartBeat(),
      onWebSocketClose: () => events.close(),
    });
    const session = new StompJsSession(client, events);
    this.#sessions.push(session);
    await new Promise<void>((resolve, reject) => {
      client.onConnect = () => resolve();
      client.onStompError = ({ headers }) => reject(new Error(headers['message']));
      client.activate();
    });
    client.onStompError = ({ headers }) => events.error(headers['message'] ?? '');
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.drop()));
  }
}

class StompJsSession implements StockSession {
  readonly #client: Client;
  readonly #events: SessionEvents;
  readonly #subscriptions = new Map<string, StompSubscription>();
  readonly #messages: IMessage[] = [];
  #receipts = 0;

  constructor(client: Client, events: SessionEvents) {
    this.#client = client;
    this.#events = events;
  }

  get version(): string {
    return this.#client.connectedVersion ?? '';
  }

  get closed(): Promise<void> {
    return this.#events.closed;
  }

  async subscribe(name: string, destination: string, ack = 'auto', headers = {}): Promise<void> {
    await this.#withReceipt((receipt) => {
      const onMessage = (message: IMessage): void => {
        const number = this.#messages.push(message) - 1;
        this.#events.message({ number, headers: message.headers, body: Buffer.from(message.binaryBody) });
      };
      const subscription = this.#client.subscribe(destination, onMessage, { ...headers, ...receipt, id: name, ack });
      this.#subscriptions.set(name, subscription);
    });
  }

  async unsubscribe(name: string): Promise<void> {
    await this.#withReceipt((receipt) => this.#subscriptions.get(name)?.unsubscribe(receipt));
  }

  async send(destination: string, body: string | Uint8Array, options: SendOptions = {}): Promise<void> {
    const { contentType, headers = {}, transaction, receipt = transaction === undefined } = options;
    const all = {
      ...headers,
      ...(contentType !== undefined && { 'content-type': contentType }),
      ...(transaction !== undefined && { transaction }),
    };
    const content = typeof body === 'string' ? { body } : { binaryBody: body };
    const publish = (further: Record<string, string>): void =>
      this.#client.publish({ destination, headers: { ...all, ...further }, ...content });
    if (receipt) await this.#withReceipt(publish);
    else publish({});
  }

  ack({ number }: ReceivedMessage, transaction?: string): Promise<void> {
    this.#messages[number]?.ack(transaction === undefined ? {} : { transaction });
    return Promise.resolve();
  }

  nack({ number }: ReceivedMessage, transaction?: string): Promise<void> {
    this.#messages[number]?.nack(transaction === undefined ? {} : { transaction });
    return Promise.resolve();
  }

  begin(transaction: string): Promise<void> {
    this.#client.begin(transaction);
    return Promise.resolve();
  }

  commit(transaction: string): Promise<void> {
    this.#client.commit(transaction);
    return Promise.resolve();
  }

  abort(transaction: string): Promise<void> {
    this.#client.abort(transaction);
    return Promise.resolve();
  }

  next(): Promise<ReceivedMessage> {
    return this.#events.next();
  }

  heartBeats(count: number): Promise<void> {
    return this.#events.heartBeats(count);
  }

  disconnect(): Promise<void> {
    return this.#client.deactivate();
  }

  drop(): Promise<void> {
    return this.#client.deactivate({ force: true });
  }

  #withReceipt(act: (headers: { receipt: string }) => void): Promise<void> {
    this.#receipts += 1;
    const receipt = `receipt-${this.#receipts}`;
    return new Promise((resolve) => {
      this.#client.watchForReceipt(receipt, () => resolve());
      act({ receipt });
    });
  }
}
