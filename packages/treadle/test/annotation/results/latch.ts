/** A promise that a test settles from inside a handler. */
export class Latch<T = void> {
  resolve!: (value: T) => void; // set while the promise is made
  /** What it was resolved with, once it was. */
  settled: T | undefined;
  readonly value = new Promise<T>((resolve) => {
    this.resolve = (value) => {
      this.settled ??= value;
      resolve(value);
    };
  });
  /** What nobody ever settles. */
  readonly never = new Promise<never>(() => undefined);
}
