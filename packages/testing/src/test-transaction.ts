import type { ReceivedFrame } from './received-frame.js';

type Headers = Readonly<Record<string, string>>;

/** What a transaction needs of its client. */
interface TransactionClient {
  send(destination: string, payload: unknown, headers: Headers): Promise<void>;
  ack(message: ReceivedFrame, headers: Headers): Promise<void>;
  nack(message: ReceivedFrame, headers: Headers): Promise<void>;
  request(command: 'COMMIT' | 'ABORT', headers: Headers): Promise<ReceivedFrame>;
}

/** A transaction of a test client, open until `commit` or `abort`. Every method resolves with the RECEIPT of its frame. */
export class TestTransaction {
  /** The value of the `transaction` header. */
  readonly id: string;
  readonly #client: TransactionClient;

  /** @internal made by `TestClient.begin` */
  constructor(id: string, client: TransactionClient) {
    this.id = id;
    this.#client = client;
  }

  /** Sends within the transaction: resolves when the server holds the message, which nobody gets before `commit`. */
  async send(destination: string, payload?: unknown, headers: Headers = {}): Promise<void> {
    await this.#client.send(destination, payload, { ...headers, transaction: this.id });
  }

  /** Acknowledges a message within the transaction: it counts with `commit`. */
  async ack(message: ReceivedFrame, headers: Headers = {}): Promise<void> {
    await this.#client.ack(message, { ...headers, transaction: this.id });
  }

  /** Rejects a message within the transaction: it counts with `commit`. */
  async nack(message: ReceivedFrame, headers: Headers = {}): Promise<void> {
    await this.#client.nack(message, { ...headers, transaction: this.id });
  }

  /** Resolves when everything in the transaction has taken effect. @throws StompServerError when some of it failed */
  async commit(): Promise<void> {
    await this.#client.request('COMMIT', { transaction: this.id });
  }

  /** Drops everything in the transaction. */
  async abort(): Promise<void> {
    await this.#client.request('ABORT', { transaction: this.id });
  }
}
