import type { ReceivedFrame } from './received-frame.js';

interface Waiter {
  readonly resolve: (frame: ReceivedFrame) => void;
  readonly reject: (error: Error) => void;
}

/** Frames of the server that somebody waits for: CONNECTED, and each RECEIPT by its id. */
export class AwaitedFrames {
  readonly #waiters = new Map<string, Waiter>();
  #end: Error | undefined;

  /**
   * Asks, and resolves with the frame of this name; rejects when asking throws, the server says ERROR, or the connection closes before the frame
   * comes.
   */
  async next(name: string, ask: () => void): Promise<ReceivedFrame> {
    if (this.#end) throw this.#end;
    const answer = new Promise<ReceivedFrame>((resolve, reject) => {
      this.#waiters.set(name, { resolve, reject });
      ask();
    });
    return answer.finally(() => this.#waiters.delete(name));
  }

  /** It came. */
  came(name: string, frame: ReceivedFrame): void {
    this.#waiters.get(name)?.resolve(frame);
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
