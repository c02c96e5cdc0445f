import { type Deferred, deferred, settled } from '../../session/session-fixture';

/** Work in progress, by name; a handler waits until the test finishes it. */
export class Work {
  readonly begun: string[] = [];
  readonly #inProgress = new Map<string, Deferred>();
  #isOver = false;

  do(name: string): Promise<void> {
    this.begun.push(name);
    if (this.#isOver) return Promise.resolve();
    const work = deferred();
    this.#inProgress.set(name, work);
    return work.promise;
  }

  async finish(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.#inProgress.get(name)?.resolve();
      await settled();
    }
  }

  async fail(name: string): Promise<void> {
    this.#inProgress.get(name)?.reject(new Error(`${name} failed`));
    await settled();
  }

  /** Ends what is in progress, and what still begins: nothing may be waited for when a test is over. */
  end(): void {
    this.#isOver = true;
    for (const { resolve } of this.#inProgress.values()) resolve();
  }
}
