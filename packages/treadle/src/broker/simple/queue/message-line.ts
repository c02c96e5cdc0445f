import type { QueuedMessage } from './queued-message.js';

interface Node {
  readonly message: QueuedMessage | undefined;
  /** The next node on each of the levels it is on. */
  readonly next: (Node | undefined)[];
}

/** With one node of four on the next level, enough for millions. */
const MOST_LEVELS = 12;

/**
 * The waiting messages of a queue in the order of their positions, as a skip list (William Pugh: "Skip Lists: A Probabilistic Alternative to Balanced
 * Trees"): a message that comes back finds its old place, and the first one from any place on is found, in logarithmic time. At both ends the cost
 * hardly grows at all.
 */
export class MessageLine {
  readonly #head: Node = { message: undefined, next: [undefined] };
  /** The last node of each level that is in use. */
  readonly #tails: Node[] = [this.#head];
  /** Reused: the last nodes before a position, level by level. */
  readonly #before: Node[] = [this.#head];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): QueuedMessage | undefined {
    return this.#head.next[0]?.message;
  }

  /** Puts a message where its position says. */
  add(message: QueuedMessage): void {
    const { position } = message;
    const isLast = position > (this.#tails[0]?.message?.position ?? -1);
    const before = isLast ? this.#tails : this.#findBefore(position);
    const node: Node = { message, next: [] };
    const height = randomHeight();
    for (let level = 0; level < height; level += 1) {
      const previous = before[level] ?? this.#head;
      const next = previous.next[level];
      node.next.push(next);
      previous.next[level] = node;
      if (!next) this.#tails[level] = node;
    }
    this.#size += 1;
  }

  /** Takes a message out; false when it is not there. */
  delete({ position }: QueuedMessage): boolean {
    const before = this.#findBefore(position);
    const node = before[0]?.next[0];
    if (node?.message?.position !== position) return false;
    for (let level = 0; level < node.next.length; level += 1) {
      const previous = before[level] ?? this.#head;
      previous.next[level] = node.next[level];
      if (this.#tails[level] === node) this.#tails[level] = previous;
    }
    this.#size -= 1;
    return true;
  }

  /** The first message at `position` or behind it. */
  from(position: number): QueuedMessage | undefined {
    return this.#findBefore(position)[0]?.next[0]?.message;
  }

  #findBefore(position: number): readonly Node[] {
    let node = this.#head;
    for (let level = this.#tails.length - 1; level >= 0; level -= 1) {
      let next = node.next[level];
      while (next?.message && next.message.position < position) {
        node = next;
        next = node.next[level];
      }
      this.#before[level] = node;
    }
    return this.#before;
  }
}

function randomHeight(): number {
  let height = 1;
  while (height < MOST_LEVELS && Math.random() < 0.25) height += 1;
  return height;
}
