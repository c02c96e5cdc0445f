/**
 * What one sender has on its way to the broker and has no answer for yet. Answers may come in another order than the messages were sent in: brokers confirm
 * each when its queues have it.
 */
export class Confirmations {
  #lastBegun = 0;
  #hasFailed = false;
  /** In the order they began. */
  readonly #open = new Set<number>();
  /** By what they wait for, which never goes back. */
  readonly #waiting: { readonly last: number; readonly resolve: () => void }[] = [];

  /** How many are unanswered. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether one was sent that the broker did not take, or may not have taken. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** A message begins its way. @returns what `end` takes */
  begin(): number {
    this.#lastBegun += 1;
    this.#open.add(this.#lastBegun);
    return this.#lastBegun;
  }

  /** As `end`, for one that was sent and not confirmed. */
  fail(number: number): void {
    this.#hasFailed = true;
    this.end(number);
  }

  /** It was answered, or never will be. */
  end(number: number): void {
    this.#open.delete(number);
    if (this.#waiting.length === 0) return;
    const [oldest = Infinity] = this.#open;
    while (this.#waiting[0] && this.#waiting[0].last < oldest) this.#waiting.shift()?.resolve();
  }

  /** `undefined` when nothing is unanswered, else resolves when all that has begun by now is answered. */
  whenNone(): Promise<void> | undefined {
    if (this.#open.size === 0) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push({ last: this.#lastBegun, resolve });
    });
  }
}
