import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeFrame, type Frame, FrameDecoder, headerValue, type StompVersion } from '@treadle/stomp';

/** The first header of this name. */
export function headerOf({ headers }: Pick<Frame, 'headers'>, name: string): string | undefined {
  return headerValue(headers, name);
}

/** A raw conversation with a real broker, for what dialects say of it. */
export class BrokerConversation implements AsyncDisposable {
  /** Every MESSAGE so far. */
  readonly messages: Frame[] = [];
  readonly #socket: Socket;
  readonly #version: StompVersion;
  readonly #receipts = new Map<string, { resolve(): void; reject(error: Error): void }>();
  readonly #watchers = new Set<() => void>();
  #connected: Frame | undefined;
  #failure: Error | undefined;
  #lastReceipt = 0;

  private constructor(socket: Socket, version: StompVersion) {
    this.#socket = socket;
    this.#version = version;
    const decoder = new FrameDecoder({ accepts: 'server', onFrame: (frame) => this.#take(frame) });
    decoder.version = version;
    socket.on('data', (octets: Buffer) => decoder.decode(octets));
    socket.on('error', () => {});
    socket.on('close', () => this.#fail('the broker closed the connection'));
  }

  static async open(url: string, version: StompVersion = '1.2'): Promise<BrokerConversation> {
    const { hostname, port, username, password } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    await once(socket, 'connect');
    const conversation = new BrokerConversation(socket, version);
    conversation.#write('CONNECT', ['accept-version', version, 'login', username, 'passcode', password]);
    await conversation.until(() => conversation.#connected !== undefined);
    return conversation;
  }

  /** What the broker calls itself. */
  get server(): string | undefined {
    return this.#connected && headerOf(this.#connected, 'server');
  }

  /** Resolves with the broker's RECEIPT, rejects with its ERROR or the end of the connection. */
  request(command: Frame['command'], headers: readonly string[], body: string | Uint8Array = ''): Promise<void> {
    this.#lastReceipt += 1;
    const receipt = String(this.#lastReceipt);
    const answered = new Promise<void>((resolve, reject) => this.#receipts.set(receipt, { resolve, reject }));
    this.#write(command, [...headers, 'receipt', receipt], typeof body === 'string' ? Buffer.from(body) : body);
    return answered;
  }

  /** Writes what another program might. */
  writeText(text: string): void {
    this.#socket.write(text);
  }

  /** Resolves when it is so, looked at after every frame. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
    return Promise.resolve();
  }

  #write(command: Frame['command'], headers: readonly string[], body: Uint8Array = new Uint8Array()): void {
    this.#socket.write(encodeFrame({ command, headers, body }, this.#version));
  }

  #take(frame: Frame): void {
    if (frame.command === 'MESSAGE') this.messages.push({ ...frame, body: Uint8Array.from(frame.body) });
    if (frame.command === 'CONNECTED') this.#connected = frame;
    if (frame.command === 'RECEIPT') this.#receipts.get(headerOf(frame, 'receipt-id') ?? '')?.resolve();
    if (frame.command === 'ERROR') this.#fail(Buffer.from(frame.body).toString());
    this.#wake();
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(reason);
    for (const waiting of this.#receipts.values()) waiting.reject(this.#failure);
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#watchers];
    this.#watchers.clear();
    for (const wake of waiting) wake();
  }
}
