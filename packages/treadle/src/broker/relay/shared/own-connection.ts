import { MessageRejectedError } from '../../../foundation/errors.js';
import { NativeHeaders } from '../../../messaging/native-headers.js';
import type { RelayClient } from '../client/relay-client.js';

/** The connection that a session of shared connections has for what cannot be shared: opened when it is first needed, closed with the session. */
export class OwnConnection {
  readonly #create: () => RelayClient;
  #client: RelayClient | undefined;
  #opening: Promise<RelayClient> | undefined;
  #hasEnded = false;

  constructor(create: () => RelayClient) {
    this.#create = create;
  }

  /** What was begun to be opened, if it was. */
  get client(): RelayClient | undefined {
    return this.#client;
  }

  /**
   * Resolves with the client when it is connected. One that could not be is forgotten, and the next to ask tries again.
   * @throws MessageRejectedError as `RelayClient.connect`
   */
  open(): Promise<RelayClient> {
    return (this.#opening ??= this.#connect());
  }

  /** As `RelayClient.disconnect`. */
  async disconnect(): Promise<boolean> {
    this.#hasEnded = true;
    return (await this.#client?.disconnect()) ?? true;
  }

  async #connect(): Promise<RelayClient> {
    this.#requireLife();
    const client = this.#create();
    this.#client = client;
    try {
      // Its credentials are those of all clients: nothing of the session's CONNECT is needed.
      await client.connect(NativeHeaders.EMPTY);
    } catch (error) {
      this.#client = undefined;
      this.#opening = undefined;
      if (!this.#hasEnded) await client.disconnect();
      throw error;
    }
    this.#requireLife();
    return client;
  }

  #requireLife(): void {
    if (this.#hasEnded) throw new MessageRejectedError('the session has ended', { code: 'SESSION_ENDED' });
  }
}
