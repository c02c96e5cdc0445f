import { ownOctets } from '../../../foundation/own-octets.js';
import type { Message } from '../../../messaging/message.js';
import type { Deliverable } from '../../delivery/acknowledgement/delivery-source.js';
import { expiresAt } from '../policy/message-expiry.js';
import { octetsOf } from '../policy/message-octets.js';
import type { Subscription } from '../../delivery/subscription.js';

/** A message in a queue: it waits, or one subscription has it and has not acknowledged it. */
export class QueuedMessage implements Deliverable {
  /** Its place in the order of the queue, which it keeps when it comes back. */
  readonly position: number;
  readonly published: Message;
  /** What it costs against the limit of the queue. */
  readonly octets: number;
  /** Milliseconds since 1970; `Infinity` for never. */
  readonly expiresAt: number;
  isWaiting = false;
  /** Whether a client may have seen it. */
  wasSent = false;
  /** How often it was delivered and not acknowledged. */
  failedDeliveries = 0;
  /** Who has it, or had it last. */
  takenBy: Subscription | undefined;
  /** Who would not have it: others come first. */
  rejectedBy: Subscription | undefined;
  /** Where `ExpiryHeap` keeps it. */
  heapIndex = -1;
  /** Weak: it may wait for longer than they last. */
  #keptFrom: WeakSet<Subscription> | undefined;

  constructor(position: number, published: Message) {
    this.position = position;
    const payload = ownOctets(published.payload);
    this.published = payload === published.payload ? published : published.with({ payload });
    this.octets = octetsOf(published);
    this.expiresAt = expiresAt(published);
  }

  /** An interceptor does not let a subscription have it, and would not the next time. */
  keepFrom(subscription: Subscription): void {
    this.#keptFrom ??= new WeakSet();
    this.#keptFrom.add(subscription);
  }

  isKeptFrom(subscription: Subscription): boolean {
    return this.#keptFrom?.has(subscription) ?? false;
  }
}
