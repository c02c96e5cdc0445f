import type { ReceivedFrame } from './received-frame.js';

/** @internal how long a test waits unless it says otherwise */
export const PATIENCE_MS = 2_000;

/** How long to wait. */
export interface WaitOptions {
  /** Milliseconds of real time; default 2000, well below the time limit of test runners, so that our message is the one you see. */
  readonly withinMs?: number;
}

interface Waiter {
  readonly resolve: (frame: ReceivedFrame) => void;
  readonly reject: (error: Error) => void;
}

/** What one subscription received, in order. */
export class Inbox {
  readonly subscriptionId: string;
  readonly destination: string;
  /** Everything received so far, taken or not. */
  readonly messages: ReceivedFrame[] = [];
  readonly #unsubscribe: () => Promise<void>;
  #untaken: ReceivedFrame[] = [];
  #waiting: Waiter[] = [];
  #end: Error | undefined;

  /** @internal made by `TestClient.subscribe` */
  constructor(subscriptionId: string, destination: string, unsubscribe: () => Promise<void>) {
    this.subscriptionId = subscriptionId;
    this.destination = destination;
    this.#unsubscribe = unsubscribe;
  }

  /** Messages received and not yet taken by `next`. */
  get size(): number {
    return this.#untaken.length;
  }

  /**
   * The payload of the next message: the oldest not yet taken, or the next that comes. Name its type where that helps:
   * `const price = await inbox.next<Price>()`.
   * @throws Error when none comes in time or the connection closes, saying what had come before
   */
  async next<T = any /* a test looks into it with its own expectations */>(options?: WaitOptions): Promise<T> {
    return (await this.nextMessage(options)).payload as T; // the caller's word
  }

  /** As `next`, with headers. */
  nextMessage({ withinMs = PATIENCE_MS }: WaitOptions = {}): Promise<ReceivedFrame> {
    const ready = this.#untaken.shift();
    if (ready) return Promise.resolve(ready);
    if (this.#end) return Promise.reject(this.#nothingCame(this.#end.message));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve: (frame) => {
          clearTimeout(timer);
          resolve(frame);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((each) => each !== waiter);
        reject(this.#nothingCame(`within ${withinMs} ms`));
      }, withinMs);
      this.#waiting.push(waiter);
    });
  }

  /**
   * Lets everything arrive that the server has already published, then insists that `next` has taken all of it.
   * @throws Error naming the messages that are left
   */
  async expectNothing(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(() => setImmediate(resolve)); // frames leave at the end of a turn of the event loop
    });
    if (this.size === 0) return;
    throw new Error(`${this.size} unexpected message(s) came to ${this.destination}:${list(this.#untaken)}`);
  }

  /** Ends the subscription; resolves when the server confirmed it. */
  unsubscribe(): Promise<void> {
    return this.#unsubscribe();
  }

  /** @internal */
  receive(frame: ReceivedFrame): void {
    this.messages.push(frame);
    const waiter = this.#waiting.shift();
    if (waiter) waiter.resolve(frame);
    else this.#untaken.push(frame);
  }

  /** @internal nothing will come any more */
  end(reason: Error): void {
    this.#end = reason;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(this.#nothingCame(reason.message));
  }

  #nothingCame(why: string): Error {
    return new Error(
      `No message came to ${this.destination}: ${why}. Received on this subscription so far:${list(this.messages)}`,
    );
  }
}

function list(frames: readonly ReceivedFrame[]): string {
  return frames.length === 0 ? ' nothing' : frames.map(({ body }) => `\n  ${body}`).join('');
}
