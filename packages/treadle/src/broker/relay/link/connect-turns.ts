// A broker spends some milliseconds of its processor on each CONNECT: with more at once each takes longer, and all are done no sooner.
const MOST_AT_ONCE = 10;

/** Lets a few links connect at a time, in the order they come: a thousand may come back at once. */
export class ConnectTurns {
  #underWay = 0;
  readonly #waiting = new Set<() => void>();

  /**
   * Resolves when it is somebody's turn; `give` ends it.
   * @throws the reason of the signal when that aborts before; there is no turn to give then
   */
  async take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#underWay < MOST_AT_ONCE) {
      this.#underWay += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.delete(begin);
        reject(signal?.reason as Error); // of whatever kind: it goes on as it is
      };
      this.#waiting.add(begin);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** The turn is over: the next one who waits has it. */
  give(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#underWay -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
