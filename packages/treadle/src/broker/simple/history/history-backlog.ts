import type { Message } from '../../../messaging/message.js';
import type { Backlog, BacklogGap, BacklogMessage } from '../outbox/backlog.js';
import type { TopicPolicy } from '../policy/destination-policy.js';
import type { History } from './history.js';

/** A destination's history from some number on. What is published meanwhile comes out of it too, so nothing is missed or given twice. */
export class HistoryBacklog implements Backlog {
  readonly isStrict = true;
  readonly #history: History;
  readonly #policy: TopicPolicy;
  #offset: number;

  /** @param offset of the first message wanted */
  constructor(history: History, offset: number, policy: TopicPolicy) {
    this.#history = history;
    this.#offset = offset;
    this.#policy = policy;
  }

  covers({ headers }: Message): boolean {
    return headers.get('epoch') === this.#history.epoch;
  }

  next(): BacklogMessage | BacklogGap | undefined {
    const { firstOffset } = this.#history;
    if (this.#offset < firstOffset) {
      const lost = firstOffset - this.#offset;
      this.#offset = firstOffset;
      return { lost, policy: this.#policy };
    }
    const published = this.#history.get(this.#offset);
    if (!published) return undefined;
    this.#offset += 1;
    return { published, policy: this.#policy };
  }
}
