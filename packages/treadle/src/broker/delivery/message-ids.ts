import { randomBytes } from 'node:crypto';

/** Ids of published messages: unique across brokers and their restarts (STOMP 1.2 § MESSAGE). */
export class MessageIds {
  readonly #prefix = randomBytes(6).toString('hex');
  #next = 0;

  create(): string {
    this.#next += 1;
    return `${this.#prefix}-${this.#next}`;
  }
}
