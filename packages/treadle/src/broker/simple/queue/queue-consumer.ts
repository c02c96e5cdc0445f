import type { DeliveryWindow, RoomPlace } from '../../delivery/acknowledgement/delivery-window.js';
import type { LinkedList, ListPlace } from '../../delivery/linked-list.js';
import type { Subscription } from '../../delivery/subscription.js';
import type { QueuedMessage } from './queued-message.js';
import type { UnseenMessages } from './unseen-messages.js';

/** One subscription as one queue knows it. */
export class QueueConsumer {
  readonly subscription: Subscription;
  readonly window: DeliveryWindow;
  /** Whether it subscribed to the queue by its name, not by a pattern. */
  readonly isNamed: boolean;
  /** What it has not looked at; only one that does not want everything needs it. Says nothing while it is up to date. */
  unseen: UnseenMessages | undefined;
  /** Where it stands among those whom its window tells when there is room again. */
  awaited: RoomPlace | undefined;
  #list: LinkedList<QueueConsumer> | undefined;
  #place: ListPlace<QueueConsumer> | undefined;

  /** @param destination of the queue */
  constructor(subscription: Subscription, window: DeliveryWindow, destination: string) {
    this.isNamed = subscription.destination === destination;
    this.subscription = subscription;
    this.window = window;
  }

  wants(message: QueuedMessage): boolean {
    if (message.isKeptFrom(this.subscription)) return false;
    const { filter } = this.subscription;
    return !filter || filter(message.published);
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
