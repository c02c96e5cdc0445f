/** Lets a few do something at a time, in the order they come, where thousands may come at once. */
export class Turns {
  readonly #mostAtOnce: number;
  #underWay = 0;
  readonly #waiting = new Set<() => void>();

  constructor(mostAtOnce: number) {
    this.#mostAtOnce = mostAtOnce;
  }

  /** Takes a turn if there is one at once; `give` ends it. @returns whether there was */
  takeNow(): boolean {
    if (this.#underWay >= this.#mostAtOnce) return false;
    this.#underWay += 1;
    return true;
  }

  /**
   * Resolves when it is somebody's turn; `give` ends it.
   * @throws the reason of the signal when that aborts before; there is no turn to give then
   */
  async take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.takeNow()) return;
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
