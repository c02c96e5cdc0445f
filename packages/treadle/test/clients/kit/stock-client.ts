/** The versions of STOMP, as clients ask for them. */
export type Version = '1.0' | '1.1' | '1.2';

/** How a client connects. */
export interface ConnectOptions {
  readonly version: Version;
  readonly login?: string | undefined;
  readonly passcode?: string | undefined;
  /** Milliseconds between the client's heart-beats, and between the server's; default none. */
  readonly heartBeat?: readonly [number, number] | undefined;
}

/** A MESSAGE frame as the client's library handed it over. */
export interface ReceivedMessage {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** What ACK and NACK name it by. */
  readonly number: number;
}

/** What SEND may have beside destination and body. */
export interface SendOptions {
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Waits for the RECEIPT; default true, except in a transaction. */
  readonly receipt?: boolean | undefined;
  readonly transaction?: string | undefined;
}

/** One connected session of a STOMP library. Every method rejects with the text of the server's ERROR, or what the library says. */
export interface StockSession {
  /** The version the server chose. */
  readonly version: string;
  /** Resolves when the subscription is live. */
  subscribe(name: string, destination: string, ack?: string, headers?: Readonly<Record<string, string>>): Promise<void>;
  unsubscribe(name: string): Promise<void>;
  send(destination: string, body: string | Uint8Array, options?: SendOptions): Promise<void>;
  ack(message: ReceivedMessage, transaction?: string): Promise<void>;
  nack(message: ReceivedMessage, transaction?: string): Promise<void>;
  begin(transaction: string): Promise<void>;
  commit(transaction: string): Promise<void>;
  abort(transaction: string): Promise<void>;
  /** The next message, of any subscription. Rejects after 4 s. */
  next(): Promise<ReceivedMessage>;
  /** Resolves when so many heart-beats of the server have come. Rejects after 4 s. */
  heartBeats(count: number): Promise<void>;
  /** In order: DISCONNECT, its RECEIPT, the end. */
  disconnect(): Promise<void>;
  /** Closes the connection without a word. */
  drop(): Promise<void>;
  /** Resolves when the connection is over, as the library sees it. */
  readonly closed: Promise<void>;
}

/** A STOMP library, as it is. */
export interface StockClient extends AsyncDisposable {
  connect(options: ConnectOptions): Promise<StockSession>;
}
