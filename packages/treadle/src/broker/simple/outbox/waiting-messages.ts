import { LinkedList, type ListPlace } from '../../delivery/linked-list.js';
import type { OutboxMessage } from './outbox-message.js';
import type { SessionBudget } from './session-budget.js';

/**
 * What waits for one subscription, in order. Messages that may be dropped stand in a line of their own, so that the oldest of them is found at once
 * among others that may not; both lines are one order by the numbers of the messages. Everything takes the same time however many wait, but for
 * what comes back out of order.
 */
export class WaitingMessages {
  readonly #budget: Pick<SessionBudget, 'add' | 'delete'>;
  readonly #kept = new LinkedList<OutboxMessage>();
  readonly #droppable = new LinkedList<OutboxMessage>();
  readonly #byKey = new Map<string, ListPlace<OutboxMessage>>();
  /** They were delivered and rejected, so they come before all others. */
  readonly #returned: OutboxMessage[] = [];
  readonly #returnedByKey = new Map<string, OutboxMessage>();

  /** @param budget has everything that waits but what came back: that is bounded by what its client may leave unacknowledged */
  constructor(budget: Pick<SessionBudget, 'add' | 'delete'>) {
    this.#budget = budget;
  }

  get isEmpty(): boolean {
    return this.size + this.#returned.length === 0;
  }

  /** How many wait, without what came back. */
  get size(): number {
    return this.#kept.size + this.#droppable.size;
  }

  /** How many of these may be dropped. */
  get droppableSize(): number {
    return this.#droppable.size;
  }

  /** Puts a message behind the others, or in the place of the one with its key, which is returned. One that came back has no place to be taken. */
  add(message: OutboxMessage): OutboxMessage | undefined {
    this.#budget.add(message.octets);
    if (message.key !== undefined) return this.#addByKey(message.key, message);
    (message.isDroppable ? this.#droppable : this.#kept).add(message);
    return undefined;
  }

  /** Takes one back that was taken out. Of two with one key the older is returned, and does not wait. */
  putBack(message: OutboxMessage): OutboxMessage | undefined {
    const { key } = message;
    if (key === undefined) return this.#insert(message);
    const other = this.#returnedByKey.get(key);
    if (this.#byKey.has(key) || (other && other.number > message.number)) return message;
    if (other) this.#deleteReturned(other, key);
    this.#returnedByKey.set(key, message);
    this.#insert(message);
    return other;
  }

  /** Takes the first one out. */
  shift(): OutboxMessage | undefined {
    const returned = this.#returned.shift();
    if (returned) {
      if (returned.key !== undefined) this.#returnedByKey.delete(returned.key);
      return returned;
    }
    const kept = this.#kept.first?.value;
    const droppable = this.#droppable.first?.value;
    const isDroppableFirst = droppable && (!kept || droppable.number < kept.number);
    return isDroppableFirst ? this.dropOldest() : this.#taken(this.#kept.shift());
  }

  /** Takes the oldest one out that may be dropped; `undefined` when none may. What came back stays. */
  dropOldest(): OutboxMessage | undefined {
    return this.#taken(this.#droppable.shift());
  }

  #addByKey(key: string, message: OutboxMessage): OutboxMessage | undefined {
    const returned = this.#returnedByKey.get(key);
    if (returned) this.#deleteReturned(returned, key);
    const place = this.#byKey.get(key);
    if (place) message.number = place.value.number;
    this.#byKey.set(key, this.#droppable.add(message, place));
    if (!place) return returned;
    this.#droppable.delete(place);
    this.#budget.delete(place.value.octets);
    return place.value;
  }

  #insert(message: OutboxMessage): undefined {
    const before = this.#returned.findLastIndex(({ number }) => number < message.number);
    this.#returned.splice(before + 1, 0, message);
  }

  #deleteReturned(message: OutboxMessage, key: string): void {
    this.#returnedByKey.delete(key);
    this.#returned.splice(this.#returned.indexOf(message), 1);
  }

  #taken(message: OutboxMessage | undefined): OutboxMessage | undefined {
    if (!message) return undefined;
    this.#budget.delete(message.octets);
    if (message.key !== undefined) this.#byKey.delete(message.key);
    return message;
  }
}
