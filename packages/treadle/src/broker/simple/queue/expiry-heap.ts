import type { QueuedMessage } from './queued-message.js';

/** Messages by the moment they expire, as a binary heap: the earliest is at hand, adding and taking out cost logarithmic time. */
export class ExpiryHeap {
  readonly #messages: QueuedMessage[] = [];

  /** The one that expires first. */
  get first(): QueuedMessage | undefined {
    return this.#messages[0];
  }

  add(message: QueuedMessage): void {
    this.#messages.push(message);
    this.#rise(message, this.#messages.length - 1);
  }

  /** Does nothing when it is not there. */
  delete(message: QueuedMessage): void {
    const index = message.heapIndex;
    if (this.#messages[index] !== message) return;
    message.heapIndex = -1;
    const last = this.#messages.pop();
    if (!last || last === message) return;
    this.#rise(last, index);
    this.#sink(last, last.heapIndex);
  }

  /** Puts a message at `from` or nearer to the top. */
  #rise(message: QueuedMessage, from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#messages[above];
      if (!parent || parent.expiresAt <= message.expiresAt) break;
      this.#put(parent, index);
      index = above;
    }
    this.#put(message, index);
  }

  /** Puts a message at `from` or farther from the top. */
  #sink(message: QueuedMessage, from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      const right = this.#messages[left + 1];
      const isRight = right !== undefined && right.expiresAt < (this.#messages[left]?.expiresAt ?? Infinity);
      const below = isRight ? left + 1 : left;
      const child = this.#messages[below];
      if (!child || child.expiresAt >= message.expiresAt) break;
      this.#put(child, index);
      index = below;
    }
    this.#put(message, index);
  }

  #put(message: QueuedMessage, index: number): void {
    this.#messages[index] = message;
    message.heapIndex = index;
  }
}
