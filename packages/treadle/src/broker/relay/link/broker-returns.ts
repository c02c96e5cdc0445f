/** Who waits for the broker to be back, whoever finds out. One for all links of a relay. */
export class BrokerReturns {
  readonly #waiting = new Set<() => void>();

  /** Calls back, once, when a link is connected the next time. @returns takes the callback away */
  next(call: () => void): () => void {
    this.#waiting.add(call);
    return () => void this.#waiting.delete(call);
  }

  /** A link is connected. */
  tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const call of waiting) call();
  }
}
