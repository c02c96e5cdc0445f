// So many without a rest, then everybody else has their turn: a generator need not ever wait for anything.
const ITEMS_IN_A_ROW = 256;

/**
 * Shares the time of the event loop among all streams of an application: together they send so many items in a row, then sockets, timers and other
 * handlers have their turn. Streams that wait for the next turn go on in the order they came, so that none is left behind.
 */
export class StreamTurns {
  /** Items since the last rest. */
  #count = 0;
  readonly #waiting: (() => void)[] = [];

  /** Takes the time of one item; a promise when it has to wait for another turn of the event loop. */
  take(): Promise<void> | undefined {
    if (this.#count < ITEMS_IN_A_ROW) {
      this.#count += 1;
      return undefined;
    }
    if (this.#waiting.length === 0) setImmediate(this.#onTurn);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  readonly #onTurn = (): void => {
    const next = this.#waiting.splice(0, ITEMS_IN_A_ROW);
    this.#count = next.length;
    if (this.#waiting.length > 0) setImmediate(this.#onTurn);
    for (const goOn of next) goOn();
  };
}
