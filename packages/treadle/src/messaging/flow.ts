/**
 * What a publisher that can wait has to wait for: travels with its message, and whoever queues a delivery of it for a receiver that is behind
 * adds the receiver's promise. One flow serves all messages of one stream. Only streams have one; everybody else publishes without waiting.
 */
export class Flow {
  #behind: Promise<void>[] = [];

  /** @param room resolves, and never rejects, when the receiver has room again; `undefined` when it has */
  add(room: Promise<void> | undefined): void {
    if (room) this.#behind.push(room);
  }

  /** Resolves when every receiver of what was sent so far has room; `undefined` when all of them have. */
  whenFree(): Promise<void> | undefined {
    if (this.#behind.length === 0) return undefined;
    const behind = this.#behind;
    this.#behind = [];
    // Those who fell further behind meanwhile count too.
    return Promise.all(behind).then(() => this.whenFree());
  }
}
