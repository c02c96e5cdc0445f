/** Those who wait until a peer has taken enough of what was sent to it. */
export class RoomWatch {
  readonly #mark: number;
  readonly #octetsBehind: () => number;
  #room: Promise<void> | undefined;
  #resolve: (() => void) | undefined;

  /**
   * @param mark octets; above it there is no room
   * @param octetsBehind how many wait for the peer now
   */
  constructor(mark: number, octetsBehind: () => number) {
    this.#mark = mark;
    this.#octetsBehind = octetsBehind;
  }

  /** `undefined` when there is room, else the promise of it: one for all who ask. It never rejects. */
  whenRoom(): Promise<void> | undefined {
    if (this.#octetsBehind() <= this.#mark) return undefined;
    this.#room ??= new Promise((resolve) => (this.#resolve = resolve));
    return this.#room;
  }

  /** The peer took something. */
  taken(): void {
    if (this.#resolve && this.#octetsBehind() <= this.#mark) this.free();
  }

  /** Lets go who waits, room or not: the connection is over. */
  free(): void {
    this.#resolve?.();
    this.#room = undefined;
    this.#resolve = undefined;
  }
}
