import { MessageRejectedError } from '../../../foundation/errors.js';
import type { DeliveryWindows } from '../acknowledgement/delivery-windows.js';
import type { Subscription } from '../subscription.js';
import type { MessageQueue } from './message-queue.js';
import { QueueConsumer } from './queue-consumer.js';

/** Which subscription consumes which queues. */
export class QueueLinks {
  readonly #windows: DeliveryWindows;
  readonly #limit: number;
  readonly #bySubscription = new Map<Subscription, Map<MessageQueue, QueueConsumer>>();
  #size = 0;

  /** @param limit pairs of a subscription and a queue; a client could make the product of both with few frames */
  constructor(windows: DeliveryWindows, limit: number) {
    this.#windows = windows;
    this.#limit = limit;
  }

  /** True when so many more are too many. */
  isTooMuch(more: number): boolean {
    return this.#size + more > this.#limit;
  }

  /** Does nothing when the subscription consumes the queue already. */
  add(subscription: Subscription, queue: MessageQueue): void {
    let links = this.#bySubscription.get(subscription);
    if (links?.has(queue)) return;
    const consumer = new QueueConsumer(subscription, this.#windows.of(subscription), queue.destination);
    links ??= new Map<MessageQueue, QueueConsumer>();
    links.set(queue, consumer);
    this.#bySubscription.set(subscription, links);
    this.#size += 1;
    queue.consumers.add(consumer);
  }

  /** Ends the links of a subscription. @returns the queues it consumed */
  deleteSubscription(subscription: Subscription): readonly MessageQueue[] {
    const links = this.#bySubscription.get(subscription);
    if (!links) return [];
    this.#bySubscription.delete(subscription);
    this.#size -= links.size;
    for (const [queue, consumer] of links) queue.consumers.delete(consumer);
    return [...links.keys()];
  }

  /** Ends the links of a queue. */
  deleteQueue(queue: MessageQueue): void {
    for (const consumer of [...queue.consumers]) {
      queue.consumers.delete(consumer);
      const links = this.#bySubscription.get(consumer.subscription);
      if (links?.delete(queue)) this.#size -= 1;
      if (links?.size === 0) this.#bySubscription.delete(consumer.subscription);
    }
  }

  clear(): void {
    this.#bySubscription.clear();
    this.#size = 0;
  }
}

/** Refuses a subscription that would consume too many queues. */
export function tooManyLinks(destination: string): MessageRejectedError {
  const detail = `${destination} matches too many queues`;
  return new MessageRejectedError(detail, { code: 'SUBSCRIBER_LIMIT_EXCEEDED', endsSession: false });
}
