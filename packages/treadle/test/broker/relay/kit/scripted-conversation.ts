import type { Socket } from 'node:net';
import { type Command, encodeFrame, type Frame, FrameDecoder, headerValue, type StompVersion } from '@treadle/stomp';

/** What a conversation tells its broker. */
export interface ScriptedConversationEvents {
  onFrame(frame: Frame): void;
  /** A frame, a heart-beat, the end. */
  onNews(): void;
  until(condition: () => boolean, what: string): Promise<void>;
}

/** The broker's end of one connection. */
export class ScriptedConversation {
  /** All that came, CONNECT first. */
  readonly frames: Frame[] = [];
  /** Destinations by subscription id. */
  readonly subscriptions = new Map<string, string>();
  heartBeats = 0;
  /** Whether something came that is not STOMP: from then on it says nothing. */
  isGarbled = false;
  version: StompVersion = '1.2';
  readonly socket: Socket;
  readonly #events: ScriptedConversationEvents;
  #isOpen = true;
  #hasEnded = false;
  #seen = 0;

  constructor(socket: Socket, events: ScriptedConversationEvents) {
    this.socket = socket;
    this.#events = events;
    const decoder = new FrameDecoder({
      accepts: 'client',
      limits: { maxBodyOctets: Number.MAX_SAFE_INTEGER },
      onFrame: (frame) => {
        this.frames.push(frame);
        events.onFrame(frame);
      },
      onHeartBeat: () => {
        this.heartBeats += 1;
        events.onNews();
      },
    });
    socket.setNoDelay();
    socket.on('data', (chunk) => {
      if (this.isGarbled) return;
      try {
        decoder.decode(chunk);
      } catch {
        this.isGarbled = true;
      }
    });
    socket.on('end', () => {
      this.#hasEnded = true;
      events.onNews();
    });
    socket.on('error', () => undefined); // `close` follows
    socket.once('close', () => {
      this.#isOpen = false;
      events.onNews();
    });
  }

  /** False when the connection is gone, both ways. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the client has ended its half, or all. */
  get hasEnded(): boolean {
    return this.#hasEnded || !this.#isOpen;
  }

  /** The commands that came, in order; SUBSCRIBE and SEND with their destination. */
  get commands(): string[] {
    return this.frames.map(({ command, headers }) => {
      const destination = headerValue(headers, 'destination');
      return destination === undefined ? command : `${command} ${destination}`;
    });
  }

  /** The next frame that nobody asked for yet, of this command when one is named: others are skipped. @throws Error after 4 s */
  async next(command?: Command): Promise<Frame> {
    const index = (): number =>
      this.frames.findIndex((frame, at) => at >= this.#seen && (command === undefined || frame.command === command));
    await this.#events.until(() => index() >= 0, command ?? 'frame');
    this.#seen = index() + 1;
    return this.frames[this.#seen - 1] as Frame; // just found
  }

  /** Resolves when the connection is gone, both ways. @throws Error after 4 s */
  closed(): Promise<void> {
    return this.#events.until(() => !this.#isOpen, 'end of a connection');
  }

  /** Writes a frame by the rules of the conversation's version. @param headers flat */
  send(command: Command, headers: readonly string[], body: string | Uint8Array = ''): void {
    this.type(encodeFrame({ command, headers, body: Buffer.from(body) }, this.version));
  }

  /** Writes octets as they are: half a frame, garbage, a heart-beat (`'\n'`). */
  type(octets: string | Uint8Array): void {
    if (this.socket.writable) this.socket.write(octets);
  }

  /** Answers a frame that has a `receipt`; does nothing for another. */
  receipt(frame: Frame): void {
    const id = headerValue(frame.headers, 'receipt');
    if (id !== undefined) this.send('RECEIPT', ['receipt-id', id]);
  }

  /** A MESSAGE for the subscription with this id. @param headers further ones, flat; `message-id` is made up where none is among them */
  message(subscription: string, destination: string, body: string | Uint8Array, headers: readonly string[] = []): void {
    const id = headers.includes('message-id') ? [] : ['message-id', `t-${this.frames.length}`];
    this.send('MESSAGE', ['subscription', subscription, 'destination', destination, ...id, ...headers], body);
  }

  /** An ERROR; the connection stays. @param headers further ones, flat: `receipt-id`, `subscription` … */
  error(message: string, headers: readonly string[] = [], body = ''): void {
    this.send('ERROR', ['message', message, ...headers], body);
  }

  /** The id of the subscription to this destination; it has to be there. */
  subscriptionTo(destination: string): string {
    for (const [id, subscribed] of this.subscriptions) if (subscribed === destination) return id;
    throw new Error(`nobody subscribed to ${destination}`);
  }

  /** Notes a subscription, by the headers of its SUBSCRIBE. */
  subscribed(headers: readonly string[]): void {
    this.subscriptions.set(headerValue(headers, 'id') ?? '', headerValue(headers, 'destination') ?? '');
  }

  /** Reads no more, as a broker that is blocked or stopped. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Reads again. */
  readAgain(): void {
    this.socket.resume();
  }

  /** Ends in order: writes what waits, then closes. */
  end(): void {
    this.socket.end();
  }

  /** Cuts the connection when what was written has gone out. */
  cut(): void {
    this.socket.destroySoon();
  }

  /** Cuts the connection with a reset; one that is being ended already without. */
  reset(): void {
    // A reset of a socket whose end is on its way fails, and its handle stays: the process would never exit.
    if (this.socket.writableEnded) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }
}
