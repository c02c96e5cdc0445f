const PATIENCE_MS = 4_000;

/** Frames that a client received, taken one by one in their order. */
export class FrameQueue {
  readonly #frames: string[] = [];
  #wake: () => void = () => {};

  /** One more frame came. */
  add(frame: string): void {
    this.#frames.push(frame);
    this.#wake();
  }

  /** The oldest frame not yet taken, or the next that comes. @throws Error when none comes within 4 s. */
  async next(): Promise<string> {
    const frame = this.#frames.shift();
    if (frame !== undefined) {
      return frame;
    }
    await this.#arrival();
    return this.next();
  }

  #arrival(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no frame came within 4 s')), PATIENCE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
