/**
 * What was found for destinations that clients used of late. It is they who choose destinations, so it must not grow with them: when it is full it
 * begins anew, as finding one again costs little.
 */
export class RecentDestinations<T> {
  readonly #found = new Map<string, T>();
  readonly #atMost: number;

  /** @param atMost how many are remembered; 0 for none */
  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#found.size;
  }

  get(destination: string): T | undefined {
    return this.#found.get(destination);
  }

  remember(destination: string, found: T): void {
    if (this.#atMost === 0) return;
    if (this.#found.size >= this.#atMost) this.clear();
    this.#found.set(destination, found);
  }

  /** Forgets all of them: what they were found in has changed. */
  clear(): void {
    if (this.#found.size > 0) this.#found.clear();
  }
}
