import type { DeliveryWindow } from '../acknowledgement/delivery-window.js';
import type { LinkedList, ListPlace } from '../linked-list.js';
import type { Subscription } from '../subscription.js';
import type { QueuedMessage } from './queued-message.js';

/** One subscription as one queue knows it. */
export class QueueConsumer {
  readonly subscription: Subscription;
  readonly window: DeliveryWindow;
  /** The first position it has not looked at; only consumers that filter need one. */
  cursor = 0;
  /** Whether it subscribed to the queue by its name, not by a pattern. */
  readonly isNamed: boolean;
  isRemoved = false;
  /** Whether its window tells when it has room again. */
  isAwaited = false;
  #list: LinkedList<QueueConsumer> | undefined;
  #place: ListPlace<QueueConsumer> | undefined;

  /** @param destination of the queue */
  constructor(subscription: Subscription, window: DeliveryWindow, destination: string) {
    this.isNamed = subscription.destination === destination;
    this.subscription = subscription;
    this.window = window;
  }

  get isFiltering(): boolean {
    return this.subscription.filter !== undefined;
  }

  wants({ published }: QueuedMessage): boolean {
    const { filter } = this.subscription;
    return !filter || filter(published);
  }

  isIn(list: LinkedList<QueueConsumer>): boolean {
    return this.#list === list;
  }

  /** Stands at the end of a list, and in no other; in none without one. */
  moveTo(list: LinkedList<QueueConsumer> | undefined): void {
    if (this.#place) this.#list?.delete(this.#place);
    this.#list = list;
    this.#place = list?.add(this);
  }
}
