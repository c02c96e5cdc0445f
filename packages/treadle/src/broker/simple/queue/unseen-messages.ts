import type { MessageLine } from './message-line.js';
import type { QueuedMessage } from './queued-message.js';

/** Positions that are noted one by one; with more, everything behind the first of them is looked at again. */
const MOST_APART = 256;

/** What one consumer that does not want everything has not looked at yet: all from one position on, and what came back before that. */
export class UnseenMessages {
  readonly #line: MessageLine;
  #from = 0;
  /** In ascending order, all before `#from`. Maybe no message waits there any more. */
  #apart: number[] = [];

  /** Begins with everything that waits. */
  constructor(line: MessageLine) {
    this.#line = line;
  }

  /** The first of them. */
  get first(): QueuedMessage | undefined {
    while (this.#apart[0] !== undefined) {
      const message = this.#line.from(this.#apart[0]);
      if (message?.position === this.#apart[0]) return message;
      this.#apart.shift();
    }
    return this.#line.from(this.#from);
  }

  /** It has looked at the first one. */
  pass({ position }: QueuedMessage): void {
    if (this.#apart[0] === position) this.#apart.shift();
    else this.#from = position + 1;
  }

  /** A message has come back. */
  add({ position }: QueuedMessage): void {
    if (position >= this.#from) return;
    const next = this.#apart.findIndex((other) => other >= position);
    if (this.#apart[next] === position) return;
    if (this.#apart.length === MOST_APART) this.restart(Math.min(position, this.#apart[0] ?? position));
    else this.#apart.splice(next < 0 ? this.#apart.length : next, 0, position);
  }

  /** All these have come back. */
  addAll(line: MessageLine): void {
    const { first } = line;
    if (!first) return;
    if (line.size > MOST_APART) return this.restart(Math.min(first.position, this.#from, this.#apart[0] ?? Infinity));
    for (let each: QueuedMessage | undefined = first; each; each = line.from(each.position + 1)) this.add(each);
  }

  /** It has looked at everything before a position, and at nothing else. */
  restart(from: number): void {
    this.#from = from;
    this.#apart = [];
  }
}
