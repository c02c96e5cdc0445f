import { type Awaitable, whenDone, whenSettled } from './awaitable.js';

/**
 * What is to be done when something ends: each callback once, the last one first, one after the other. One that fails does not keep the
 * others from being called.
 */
export class EndCallbacks {
  readonly #onFailure: (error: unknown) => void;
  // Most of what ends has none. Wrapped, for a callback may be added twice.
  #entries: Set<{ readonly callback: () => unknown }> | undefined;
  #isOver = false;

  /** @param onFailure takes what a callback throws or rejects with; must not throw */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** True from the beginning of the end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Calls back at the end; at once when that has begun already, so that what is to be released is released. The function that is returned takes
   * it back.
   */
  add(callback: () => unknown): () => void {
    if (this.#isOver) {
      void this.#call(callback);
      return () => undefined;
    }
    const entries = (this.#entries ??= new Set());
    const entry = { callback };
    entries.add(entry);
    return () => void entries.delete(entry);
  }

  /** The end: settles when every callback is done; never fails. A second call does nothing. */
  run(): Awaitable<void> {
    this.#isOver = true;
    const callbacks = [...(this.#entries ?? [])].map(({ callback }) => callback).toReversed();
    this.#entries = undefined;
    return this.#callFrom(0, callbacks);
  }

  #callFrom(index: number, callbacks: readonly (() => unknown)[]): Awaitable<void> {
    const callback = callbacks[index];
    if (callback) return whenDone(this.#call(callback), () => this.#callFrom(index + 1, callbacks));
  }

  #call(callback: () => unknown): Awaitable<void> {
    return whenSettled(
      () => callback() as Awaitable<void>, // its result is nobody's
      (error) => {
        if (error !== undefined) this.#onFailure(error);
      },
    );
  }
}
