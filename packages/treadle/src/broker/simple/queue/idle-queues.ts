import { LinkedList, type ListPlace } from '../linked-list.js';
import type { MessageQueue } from './message-queue.js';

/**
 * Empty queues that only wildcard subscriptions consume. They are kept so that the next message goes to the consumer whose turn it is, but only the
 * last so many: clients choose their names.
 */
export class IdleQueues {
  readonly #limit: number;
  readonly #queues = new LinkedList<MessageQueue>();
  readonly #places = new Map<MessageQueue, ListPlace<MessageQueue>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keeps a queue; gives the one that is not kept any more instead, if there is one. */
  add(queue: MessageQueue): MessageQueue | undefined {
    this.delete(queue);
    this.#places.set(queue, this.#queues.add(queue));
    return this.#queues.size > this.#limit ? this.takeOldest() : undefined;
  }

  /** It is in use again, or gone. */
  delete(queue: MessageQueue): void {
    const place = this.#places.get(queue);
    if (!place) return;
    this.#queues.delete(place);
    this.#places.delete(queue);
  }

  /** The one that has been idle for longest, which is not kept any more. */
  takeOldest(): MessageQueue | undefined {
    const oldest = this.#queues.shift();
    if (oldest) this.#places.delete(oldest);
    return oldest;
  }
}
