import { LinkedList } from '../../delivery/linked-list.js';
import type { MessageQueue } from './message-queue.js';

/**
 * Empty queues that only wildcard subscriptions consume. They are kept so that the next message goes to the consumer whose turn it is, but only the
 * last so many: clients choose their names.
 */
export class IdleQueues {
  readonly #limit: number;
  readonly #queues = new LinkedList<MessageQueue>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keeps a queue; gives the one that is not kept any more instead, if there is one. */
  add(queue: MessageQueue): MessageQueue | undefined {
    this.delete(queue);
    queue.idlePlace = this.#queues.add(queue);
    return this.#queues.size > this.#limit ? this.takeOldest() : undefined;
  }

  /** It is in use again, or gone. */
  delete(queue: MessageQueue): void {
    if (queue.idlePlace) this.#queues.delete(queue.idlePlace);
    queue.idlePlace = undefined;
  }

  /** The one that has been idle for longest, which is not kept any more. */
  takeOldest(): MessageQueue | undefined {
    const oldest = this.#queues.first?.value;
    if (oldest) this.delete(oldest);
    return oldest;
  }
}
