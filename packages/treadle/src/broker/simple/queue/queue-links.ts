import type { Awaitable } from '../../../foundation/awaitable.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { DeliveryWindows } from '../../delivery/acknowledgement/delivery-windows.js';
import type { Subscription } from '../../delivery/subscription.js';
import type { MessageQueue } from './message-queue.js';
import { QueueConsumer } from './queue-consumer.js';
import { visitInSlices } from './slices.js';

/** Which subscription consumes which queues. */
export class QueueLinks {
  readonly #windows: DeliveryWindows;
  readonly #limit: number;
  readonly #bySubscription = new Map<Subscription, Map<MessageQueue, QueueConsumer>>();
  /** Of wildcard subscriptions. */
  #size = 0;

  /** @param limit pairs of a wildcard subscription and a queue; a client could make the product of both with few frames */
  constructor(windows: DeliveryWindows, limit: number) {
    this.#windows = windows;
    this.#limit = limit;
  }

  /** True when so many more are too many. */
  isTooMuch(more: number): boolean {
    return this.#size + more > this.#limit;
  }

  /** Does nothing when the subscription consumes the queue already. @throws MessageRejectedError `SUBSCRIBER_LIMIT_EXCEEDED` */
  add(subscription: Subscription, queue: MessageQueue): void {
    let links = this.#bySubscription.get(subscription);
    if (links?.has(queue)) return;
    const consumer = new QueueConsumer(subscription, this.#windows.of(subscription), queue.destination);
    if (!consumer.isNamed && this.isTooMuch(1)) throw tooManyLinks(subscription);
    links ??= new Map<MessageQueue, QueueConsumer>();
    links.set(queue, consumer);
    this.#bySubscription.set(subscription, links);
    if (!consumer.isNamed) this.#size += 1;
    queue.consumers.add(consumer);
  }

  /**
   * Ends the links of a subscription that has ended; until that is done its window takes nothing.
   * @param onEnd called with each queue that it consumed
   */
  deleteSubscription(subscription: Subscription, onEnd: (queue: MessageQueue) => void): Awaitable<void> {
    const links = this.#bySubscription.get(subscription);
    if (!links) return;
    return visitInSlices(links.entries(), ([queue, consumer]) => {
      this.#delete(links, queue, consumer);
      onEnd(queue);
    });
  }

  /** Ends the links of a queue. */
  deleteQueue(queue: MessageQueue): void {
    for (const consumer of queue.consumers) {
      const links = this.#bySubscription.get(consumer.subscription);
      if (links) this.#delete(links, queue, consumer);
    }
  }

  clear(): void {
    this.#bySubscription.clear();
    this.#size = 0;
  }

  #delete(links: Map<MessageQueue, QueueConsumer>, queue: MessageQueue, consumer: QueueConsumer): void {
    queue.consumers.delete(consumer);
    if (links.delete(queue) && !consumer.isNamed) this.#size -= 1;
    if (links.size === 0) this.#bySubscription.delete(consumer.subscription);
  }
}

function tooManyLinks({ destination }: Subscription): MessageRejectedError {
  const detail = `${destination} matches too many queues`;
  return new MessageRejectedError(detail, { code: 'SUBSCRIBER_LIMIT_EXCEEDED', endsSession: false });
}
