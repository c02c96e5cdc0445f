import type { Deliverable } from '../acknowledgement/delivery-source.js';
import { LinkedList, type ListPlace } from '../linked-list.js';

/** A message on its way to one subscription. */
export interface OutboxMessage extends Deliverable {
  /** Further headers of its MESSAGE frame, flat. */
  readonly headers: readonly string[] | undefined;
  readonly octets: number;
  /** In milliseconds since 1970; `Infinity` for never. */
  readonly expiresAt: number;
  /** Whether a policy allows to drop it. */
  readonly isDroppable: boolean;
  /** While it waits a later one with this key takes its place. */
  readonly key: string | undefined;
  /** Its place in the order of the subscription. */
  number: number;
  /** How often it was delivered. */
  deliveries: number;
}

/**
 * What waits for one subscription, in order. Messages that may be dropped stand in a line of their own, so that the oldest of them is found at once
 * among others that may not; both lines are one order by the numbers of the messages. Everything takes the same time however many wait, but for
 * what comes back out of order.
 */
export class WaitingMessages {
  readonly #kept = new LinkedList<OutboxMessage>();
  readonly #droppable = new LinkedList<OutboxMessage>();
  /** They were delivered and rejected, so they come before all others. */
  readonly #returned: OutboxMessage[] = [];
  readonly #byKey = new Map<string, ListPlace<OutboxMessage>>();
  #octets = 0;

  get size(): number {
    return this.#kept.size + this.#droppable.size + this.#returned.length;
  }

  /** Of their payloads and headers. */
  get octets(): number {
    return this.#octets;
  }

  /** Puts a message behind the others, or in the place of the one with its key, which is returned. */
  add(message: OutboxMessage): OutboxMessage | undefined {
    this.#octets += message.octets;
    if (message.key !== undefined) return this.#addByKey(message.key, message);
    (message.isDroppable ? this.#droppable : this.#kept).add(message);
    return undefined;
  }

  /** Takes one back that was taken out. */
  putBack(message: OutboxMessage): void {
    this.#octets += message.octets;
    const before = this.#returned.findLastIndex(({ number }) => number < message.number);
    this.#returned.splice(before + 1, 0, message);
  }

  /** Takes the first one out. */
  shift(): OutboxMessage | undefined {
    const returned = this.#returned.shift();
    if (returned) return this.#taken(returned);
    const kept = this.#kept.first?.value;
    const droppable = this.#droppable.first?.value;
    const isDroppableFirst = droppable && (!kept || droppable.number < kept.number);
    return isDroppableFirst ? this.dropOldest() : this.#taken(this.#kept.shift());
  }

  /** Takes the oldest one out that may be dropped; `undefined` when none may. */
  dropOldest(): OutboxMessage | undefined {
    return this.#taken(this.#droppable.shift());
  }

  #addByKey(key: string, message: OutboxMessage): OutboxMessage | undefined {
    const place = this.#byKey.get(key);
    if (place) message.number = place.value.number;
    this.#byKey.set(key, this.#droppable.add(message, place));
    if (!place) return undefined;
    this.#droppable.delete(place);
    this.#octets -= place.value.octets;
    return place.value;
  }

  #taken(message: OutboxMessage | undefined): OutboxMessage | undefined {
    if (!message) return undefined;
    this.#octets -= message.octets;
    const { key } = message;
    if (key !== undefined && this.#byKey.get(key)?.value === message) this.#byKey.delete(key);
    return message;
  }
}
