import { randomBytes } from 'node:crypto';

/** Ids of published messages: unique across brokers and their restarts (STOMP 1.2 § MESSAGE). */
export class MessageIds {
  readonly #prefix = `${randomBytes(6).toString('hex')}-`;
  #last = 0;

  /** The number of the id that was created last; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  create(): string {
    this.#last += 1;
    return `${this.#prefix}${this.#last}`;
  }

  /** The number of an id that was created here: later ones have higher ones. `undefined` for any other. */
  numberOf(id: string): number | undefined {
    if (!id.startsWith(this.#prefix)) return undefined;
    const number = Number(id.slice(this.#prefix.length));
    return Number.isSafeInteger(number) ? number : undefined;
  }
}
