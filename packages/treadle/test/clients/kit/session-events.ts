import type { ReceivedMessage } from './stock-client.js';

const PATIENCE_MS = 4_000;

/** What one session of a library has heard and nobody has asked for yet. */
export class SessionEvents {
  readonly closed: Promise<void>;
  readonly #messages: ReceivedMessage[] = [];
  #heartBeats = 0;
  #error: string | undefined;
  #close: () => void = () => undefined;
  #onNews: () => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => (this.#close = resolve));
  }

  message(message: ReceivedMessage): void {
    this.#messages.push(message);
    this.#onNews();
  }

  heartBeat(): void {
    this.#heartBeats += 1;
    this.#onNews();
  }

  error(text: string): void {
    this.#error = text;
    this.#onNews();
  }

  close(): void {
    this.#close();
    this.#onNews();
  }

  async next(): Promise<ReceivedMessage> {
    await this.#until(() => this.#messages.length > 0, 'no message came');
    const message = this.#messages.shift();
    if (!message) throw new Error('two asked for one message');
    return message;
  }

  heartBeats(count: number): Promise<void> {
    return this.#until(() => this.#heartBeats >= count, `fewer than ${count} heart-beats came`);
  }

  /** @throws Error with the server's ERROR, or with `otherwise` after 4 s */
  async #until(isSo: () => boolean, otherwise: string): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    patience.addEventListener('abort', () => this.#onNews());
    while (!isSo()) {
      if (this.#error !== undefined) throw new Error(this.#error);
      if (patience.aborted) throw new Error(otherwise);
      await new Promise<void>((resolve) => (this.#onNews = resolve));
    }
  }
}
