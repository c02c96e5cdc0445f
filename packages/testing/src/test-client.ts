import { inspect } from 'node:util';
import { EMPTY_BODY, encodeFrame, type Frame, FrameDecoder, HEART_BEAT, type StompVersion } from '@treadle/stomp';
import { type Application, MemoryConnection, type MemoryPeer } from 'treadle';
import { acknowledgementHeaders } from './acknowledgement-headers.js';
import { AwaitedFrames } from './awaited-frames.js';
import type { ConnectOptions, RequestOptions } from './connect-options.js';
import { encodePayload } from './encoded-payload.js';
import { summaryOfAll } from './frame-summary.js';
import { Inbox, PATIENCE_MS, type WaitOptions } from './inbox.js';
import { type ReceivedFrame, receivedFrame } from './received-frame.js';
import { StompServerError } from './stomp-server-error.js';
import { TestTransaction } from './test-transaction.js';

/**
 * Connects a client to the application over an in-memory transport: real frames, no port. Starts the application if needed.
 * @throws StompServerError when CONNECT is refused
 */
export async function connect(application: Application, options: ConnectOptions = {}): Promise<TestClient> {
  await application.start();
  const client = new TestClient(application, options);
  await client.connect();
  return client;
}

/** A STOMP client in memory. */
export class TestClient implements AsyncDisposable {
  /** Every frame the server sent, in order, heart-beats not included. */
  readonly frames: ReceivedFrame[] = [];
  /** Resolves when the connection has closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Heart-beats (lone line ends) received. */
  heartBeats = 0;
  readonly #options: ConnectOptions;
  readonly #peer: MemoryPeer;
  readonly #decoder: FrameDecoder;
  readonly #inboxes = new Map<string, Inbox>();
  readonly #awaited = new AwaitedFrames();
  #version: StompVersion = '1.2';
  #nextId = 0;
  #isClosed = false;

  /** @internal use `connect` */
  constructor(application: Application, options: ConnectOptions) {
    this.#options = options;
    this.#decoder = new FrameDecoder({
      accepts: 'server',
      limits: { maxBodyOctets: Number.MAX_SAFE_INTEGER },
      onFrame: (frame) => this.#onFrame(receivedFrame(frame)),
      onHeartBeat: () => (this.heartBeats += 1),
    });
    let onClosed: (end: { code: number; reason: string }) => void;
    this.closed = new Promise((resolve) => {
      onClosed = resolve;
    });
    const connection = new MemoryConnection({
      limits: application.limits,
      clock: application.clock,
      handshake: options.handshake ?? {},
      listener: {
        onOctets: (chunk) => this.#decoder.decode(chunk),
        onClose: (code, reason) => {
          this.#isClosed = true;
          onClosed({ code, reason });
          const end = new Error(`the connection was closed with ${code} ${reason}`.trimEnd());
          this.#awaited.end(end);
          for (const inbox of this.#inboxes.values()) inbox.end(end);
        },
      },
    });
    this.#peer = connection.peer;
    application.accept(connection);
  }

  /** The id of the session, from CONNECTED. */
  get sessionId(): string | undefined {
    return this.connectedFrame?.headers['session'];
  }

  /** Who the server takes this client for, from CONNECTED; `undefined` for an anonymous session. */
  get userName(): string | undefined {
    return this.connectedFrame?.headers['user-name'];
  }

  /** The CONNECTED frame. */
  get connectedFrame(): ReceivedFrame | undefined {
    return this.frames.find((frame) => frame.command === 'CONNECTED');
  }

  /** The ERROR frame, if one came. */
  get errorFrame(): ReceivedFrame | undefined {
    return this.frames.find((frame) => frame.command === 'ERROR');
  }

  /** True while the server does not want to read from this client (its queue is full). */
  get isHeldBack(): boolean {
    return this.#peer.isPaused;
  }

  /** @internal done by the function `connect` */
  async connect(): Promise<void> {
    const { login, passcode, heartBeat = '0,0', headers } = this.#options;
    const acceptVersion = 'acceptVersion' in this.#options ? this.#options.acceptVersion : '1.2';
    const given = {
      ...(acceptVersion !== undefined && { 'accept-version': acceptVersion }),
      host: 'test',
      'heart-beat': heartBeat,
      ...(login !== undefined && { login }),
      ...(passcode !== undefined && { passcode }),
      ...headers,
    };
    await this.#awaited.next('CONNECTED', () => this.sendFrame('CONNECT', given));
  }

  /**
   * Sends and waits for the RECEIPT: resolves when the message has been handled and its answer published. Objects travel as JSON,
   * strings as text, octets as they are.
   * @throws StompServerError when the server answers ERROR
   */
  async send(destination: string, payload?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const receipt = this.#createId('receipt');
    await this.#awaited.next(receipt, () => this.sendWithoutReceipt(destination, payload, { ...headers, receipt }));
  }

  /** Sends and does not wait: a failing handler then leaves the session open. */
  sendWithoutReceipt(destination: string, payload?: unknown, headers: Readonly<Record<string, string>> = {}): void {
    const { body, contentType } = encodePayload(payload);
    this.sendFrame(
      'SEND',
      { destination, ...(contentType !== undefined && { 'content-type': contentType }), ...headers },
      body,
    );
  }

  /**
   * Sends a request and resolves with the payload of its reply: asks with `reply-to` and `correlation-id`, and listens at a destination
   * of its own meanwhile. Meant for handlers whose result goes to the asking session alone, or that do not say where it goes.
   * @throws StompServerError with the code, when the request failed, whether or not an exception handler took the failure
   * @throws Error when no reply comes in time
   */
  async sendAndReceive<T = any /* a test looks into it with its own expectations */>(
    destination: string,
    payload?: unknown,
    { withinMs, headers, userDestinationPrefix = '/user' }: RequestOptions = {},
  ): Promise<T> {
    const correlationId = this.#createId('request');
    const replyTo = `${userDestinationPrefix}/queue/replies-to-${correlationId}`;
    const replies = await this.subscribe(replyTo);
    this.sendWithoutReceipt(destination, payload, {
      'reply-to': replyTo,
      'correlation-id': correlationId,
      ...headers,
    });
    const reply = await replies.nextMessage(withinMs === undefined ? {} : { withinMs });
    await replies.unsubscribe();
    if (reply.headers['code'] !== undefined) throw new StompServerError(reply);
    return reply.payload as T; // the caller's word
  }

  /**
   * Subscribes; resolves when the subscription is live.
   * @param headers further headers of SUBSCRIBE, such as `{ ack: 'client-individual', 'prefetch-count': '1' }`
   * @throws StompServerError when it is refused
   */
  async subscribe(destination: string, headers: Readonly<Record<string, string>> = {}): Promise<Inbox> {
    const id = headers['id'] ?? this.#createId('sub');
    const inbox = new Inbox(id, destination, () => this.#unsubscribe(id));
    this.#inboxes.set(id, inbox);
    await this.request('SUBSCRIBE', { id, destination, ...headers });
    return inbox;
  }

  /**
   * Acknowledges a message; resolves when that has taken effect. With `ack:client` it covers those before it.
   * @param headers further headers of ACK
   * @throws StompServerError when there is no such message to acknowledge
   */
  async ack(message: ReceivedFrame, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.request('ACK', { ...acknowledgementHeaders(message, this.#version), ...headers });
  }

  /**
   * Rejects a message, which STOMP 1.0 cannot; resolves when that has taken effect.
   * @param headers further headers of NACK, such as `{ requeue: 'false' }`
   * @throws StompServerError when there is no such message to reject
   */
  async nack(message: ReceivedFrame, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.request('NACK', { ...acknowledgementHeaders(message, this.#version), ...headers });
  }

  /** Begins a transaction. @throws StompServerError when the id is in use, or too many are open */
  async begin(id = this.#createId('transaction')): Promise<TestTransaction> {
    await this.request('BEGIN', { transaction: id });
    return new TestTransaction(id, this);
  }

  /** Sends any frame with a `receipt` and resolves with the RECEIPT. @throws StompServerError when ERROR comes instead */
  async request(
    command: Frame['command'],
    headers: Readonly<Record<string, string>>,
    body?: Uint8Array,
  ): Promise<ReceivedFrame> {
    const receipt = this.#createId('receipt');
    return this.#awaited.next(receipt, () => this.sendFrame(command, { ...headers, receipt }, body));
  }

  /** Sends any frame as it is. @throws TypeError naming a header whose value is no text */
  sendFrame(command: Frame['command'], headers: Readonly<Record<string, string>>, body: Uint8Array = EMPTY_BODY): void {
    this.sendOctets(encodeFrame({ command, headers: headerList(command, headers), body }, this.#version));
  }

  /** Sends raw octets, valid or not. */
  sendOctets(octets: Uint8Array | string): void {
    this.#peer.write(typeof octets === 'string' ? Buffer.from(octets) : octets);
  }

  /** Sends a lone line end. */
  sendHeartBeat(): void {
    this.sendOctets(HEART_BEAT);
  }

  /** Stops taking what the server sends, as a stalled client. */
  stopReading(): void {
    this.#peer.stopReading();
  }

  /** Takes again. */
  readAgain(): void {
    this.#peer.readAgain();
  }

  /**
   * The ERROR frame with which the server ends the session, be it there already.
   * @throws Error when the session ends without one or stays open, saying which frames had come
   */
  async nextError({ withinMs = PATIENCE_MS }: WaitOptions = {}): Promise<ReceivedFrame> {
    const end = await this.#endWithin(withinMs); // an ERROR is followed by the end (STOMP 1.2 § ERROR)
    const { errorFrame } = this;
    if (errorFrame) return errorFrame;
    throw new Error(`No ERROR came: ${end}. Received on this connection so far:${summaryOfAll(this.frames)}`);
  }

  /** Says DISCONNECT and waits until the server has closed. */
  async disconnect(): Promise<void> {
    if (this.#isClosed) return;
    await this.request('DISCONNECT', {});
    await this.closed;
  }

  /** Breaks the connection without a word. */
  drop(): void {
    this.#peer.close(1006, 'dropped by the test');
  }

  /** Disconnects, whatever state it is in. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) this.#peer.close();
    await this.closed;
  }

  /** Waits for the end of the connection, but not for ever; tells which of the two it was. */
  async #endWithin(milliseconds: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`the connection was still open after ${milliseconds} ms`), milliseconds);
    });
    const closed = this.closed.then(({ code, reason }) => `the connection was closed with ${code} ${reason}`.trimEnd());
    const end = await Promise.race([closed, timeUp]);
    clearTimeout(timer);
    return end;
  }

  async #unsubscribe(id: string): Promise<void> {
    await this.request('UNSUBSCRIBE', { id });
  }

  #onFrame(frame: ReceivedFrame): void {
    this.frames.push(frame);
    if (frame.command === 'MESSAGE') this.#inboxes.get(frame.headers['subscription'] ?? '')?.receive(frame);
    else if (frame.command === 'RECEIPT') this.#awaited.came(frame.headers['receipt-id'] ?? '', frame);
    else if (frame.command === 'ERROR') this.#awaited.fail(new StompServerError(frame));
    else this.#onConnected(frame);
  }

  #onConnected(frame: ReceivedFrame): void {
    const version = frame.headers['version'];
    if (version === '1.0' || version === '1.1') this.#version = version;
    this.#decoder.version = this.#version;
    this.#awaited.came('CONNECTED', frame);
  }

  #createId(kind: string): string {
    this.#nextId += 1;
    return `${kind}-${this.#nextId}`;
  }
}

/** A number among the headers would be cut into octets as if it were text. */
function headerList(command: string, headers: Readonly<Record<string, string>>): readonly string[] {
  for (const [name, value] of Object.entries<unknown>(headers)) {
    if (typeof value === 'string') continue;
    throw new TypeError(`${command}: the header '${name}' is ${inspect(value)}; headers are text: '${String(value)}'`);
  }
  return Object.entries(headers).flat();
}
