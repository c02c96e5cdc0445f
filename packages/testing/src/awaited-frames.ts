import type { ReceivedFrame } from './received-frame.js';

interface Waiter {
  readonly resolve: (frame: ReceivedFrame) => void;
  readonly reject: (error: Error) => void;
}

/** Frames of the server that somebody waits for: CONNECTED, and each RECEIPT by its id. */
export class AwaitedFrames {
  readonly #waiters = new Map<string, Waiter>();
  #end: Error | undefined;

  /** Resolves with the frame of this name; rejects when the server says ERROR, or the connection closes, before it comes. */
  next(name: string): Promise<ReceivedFrame> {
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => this.#waiters.set(name, { resolve, reject }));
  }

  /** It came. */
  came(name: string, frame: ReceivedFrame): void {
    this.#waiters.get(name)?.resolve(frame);
    this.#waiters.delete(name);
  }

  /** None of those that are waited for will come. */
  fail(error: Error): void {
    for (const { reject } of this.#waiters.values()) reject(error);
    this.#waiters.clear();
  }

  /** None will ever come. */
  end(error: Error): void {
    this.#end = new Error('the connection is closed');
    this.fail(error);
  }
}
