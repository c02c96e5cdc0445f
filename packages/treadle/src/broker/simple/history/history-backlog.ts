import type { Message } from '../../../messaging/message.js';
import type { Backlog, BacklogMessage } from '../outbox/backlog.js';
import type { TopicPolicy } from '../policy/destination-policy.js';
import type { History, HistoryReader } from './history.js';

/** A destination's history from some number on. What is published meanwhile comes out of it too, so nothing is missed or given twice. */
export class HistoryBacklog implements Backlog, HistoryReader {
  readonly isStrict = true;
  readonly #history: History;
  readonly #policy: TopicPolicy;
  #offset: number;
  #take: ((leaving: BacklogMessage) => void) | undefined;

  /** @param offset of the first message wanted */
  constructor(history: History, offset: number, policy: TopicPolicy) {
    this.#history = history;
    this.#offset = offset;
    this.#policy = policy;
  }

  covers({ headers }: Message): boolean {
    return headers.get('epoch') === this.#history.epoch;
  }

  next(): BacklogMessage | undefined {
    const published = this.#history.get(this.#offset);
    if (!published) return undefined;
    this.#offset += 1;
    return { published, policy: this.#policy };
  }

  onLeaving(take: (leaving: BacklogMessage) => void): void {
    this.#take = take;
    this.#history.addReader(this);
  }

  /** Called by the history. */
  leaves(offset: number, published: Message): void {
    if (offset < this.#offset) return;
    this.#offset += 1;
    this.#take?.({ published, policy: this.#policy });
  }

  end(): void {
    this.#history.deleteReader(this);
  }
}
