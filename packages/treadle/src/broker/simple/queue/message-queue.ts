import type { Clock } from '../../../foundation/clock.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { DeliverySource } from '../acknowledgement/delivery-source.js';
import type { BrokerCounters } from '../broker-counters.js';
import type { DispatchBudget, DispatchLoop, DispatchTask } from '../dispatch-loop.js';
import { MessageLine } from './message-line.js';
import type { QueueConsumer } from './queue-consumer.js';
import { QueueConsumers } from './queue-consumers.js';
import { QueueExpiry } from './queue-expiry.js';
import type { QueueSettings } from './queue-settings.js';
import { QueuedMessage } from './queued-message.js';

/** What a queue works with. */
export interface MessageQueueParts {
  readonly clock: Clock;
  readonly loop: DispatchLoop;
  readonly counters: BrokerCounters;
  /** A message has failed too often. */
  readonly onDeadLetter: (message: QueuedMessage, queue: MessageQueue) => void;
  /** It dropped its oldest message because it was full. */
  readonly onDropped: (queue: MessageQueue) => void;
  /** It holds nothing any more. */
  readonly onEmpty: (queue: MessageQueue) => void;
}

/**
 * Messages of one destination, of which each goes to one consumer, in order; it holds them until a consumer has them for good. A message that comes
 * back takes its old place and goes to another consumer if one can take it (JMS: `JMSRedelivered`), and to the dead letters when it has failed too often.
 */
export class MessageQueue implements DeliverySource<QueuedMessage>, DispatchTask {
  readonly destination: string;
  readonly settings: QueueSettings;
  readonly consumers: QueueConsumers;
  readonly #parts: MessageQueueParts;
  readonly #line = new MessageLine();
  readonly #expiry: QueueExpiry;
  #unacknowledged = 0;
  #octets = 0;
  #nextPosition = 0;

  constructor(destination: string, settings: QueueSettings, parts: MessageQueueParts) {
    this.destination = destination;
    this.settings = settings;
    this.#parts = parts;
    this.#expiry = new QueueExpiry(parts.clock, () => parts.loop.add(this));
    this.consumers = new QueueConsumers({
      line: this.#line,
      give: (message, consumer) => this.#give(message, consumer),
      wake: () => parts.loop.add(this),
    });
  }

  get waitingMessages(): number {
    return this.#line.size;
  }

  get unacknowledgedMessages(): number {
    return this.#unacknowledged;
  }

  /** Of all it holds. */
  get octets(): number {
    return this.#octets;
  }

  get isEmpty(): boolean {
    return this.#line.size + this.#unacknowledged === 0;
  }

  /** Takes a published message, at the end of its order. @throws MessageRejectedError `QUEUE_FULL`, which concerns the message alone */
  accept(published: Message): void {
    const message = new QueuedMessage(this.#nextPosition, published);
    this.#requireRoomFor(message);
    this.#nextPosition += 1;
    this.#octets += message.octets;
    this.#wait(message, false);
    this.#parts.loop.add(this);
  }

  /** Called by the loop. */
  dispatch(budget: DispatchBudget): void {
    for (const message of this.#expiry.takeDue()) {
      this.#leave(message);
      this.#parts.counters.expired += 1;
      this.#forget(message);
    }
    if (this.consumers.dispatch(budget)) this.#parts.loop.add(this);
  }

  acknowledged(message: QueuedMessage): void {
    this.#unacknowledged -= 1;
    this.#forget(message);
  }

  rejected(message: QueuedMessage, requeue: boolean): void {
    this.#unacknowledged -= 1;
    if (requeue) return this.#failed(message, message.takenBy);
    this.#parts.counters.dropped += 1;
    this.#forget(message);
  }

  /** A delivery that was sent counts, whether the client saw it or not: what ends a client again and again must not go on for ever. */
  returned(message: QueuedMessage, wasSent: boolean): void {
    this.#unacknowledged -= 1;
    if (wasSent) this.#failed(message, undefined);
    else this.#putBack(message);
  }

  stopped(message: QueuedMessage): void {
    this.#unacknowledged -= 1;
    this.#failed(message, message.takenBy);
  }

  /** Ends its timer. */
  stop(): void {
    this.#expiry.stop();
  }

  #give(message: QueuedMessage, { subscription, window }: QueueConsumer): void {
    this.#leave(message);
    this.#unacknowledged += 1;
    message.takenBy = subscription;
    window.deliver(message, this, { isRedelivered: message.failedDeliveries > 0 });
  }

  #failed(message: QueuedMessage, rejectedBy: QueuedMessage['rejectedBy']): void {
    message.failedDeliveries += 1;
    message.rejectedBy = rejectedBy;
    if (message.failedDeliveries < this.settings.maxDeliveries) return this.#putBack(message);
    this.#parts.onDeadLetter(message, this);
    this.#forget(message);
  }

  #putBack(message: QueuedMessage): void {
    message.takenBy = undefined;
    this.#wait(message, true);
    this.#parts.loop.add(this);
  }

  #wait(message: QueuedMessage, isBack: boolean): void {
    message.isWaiting = true;
    this.#line.add(message);
    this.#expiry.add(message);
    this.consumers.offer(message, isBack);
  }

  /** It waits no more. */
  #leave(message: QueuedMessage): void {
    message.isWaiting = false;
    this.#line.delete(message);
    this.#expiry.delete(message);
  }

  #forget(message: QueuedMessage): void {
    this.#octets -= message.octets;
    if (this.isEmpty) this.#parts.onEmpty(this);
  }

  #requireRoomFor({ octets }: QueuedMessage): void {
    while (this.#isFullFor(octets)) {
      const oldest = this.settings.whenFull === 'drop-oldest' ? this.#line.first : undefined;
      if (!oldest) return this.#refuse();
      this.#leave(oldest);
      this.#octets -= oldest.octets;
      this.#parts.counters.dropped += 1;
      this.#parts.onDropped(this);
    }
  }

  #isFullFor(octets: number): boolean {
    const { maxMessages, maxOctets } = this.settings;
    return this.#line.size + this.#unacknowledged >= maxMessages || this.#octets + octets > maxOctets;
  }

  #refuse(): void {
    const held = `${this.#line.size + this.#unacknowledged} messages of ${this.#octets} octets`;
    throw new MessageRejectedError(`the queue ${this.destination} is full: it holds ${held}`, {
      code: 'QUEUE_FULL',
      endsSession: false,
    });
  }
}
