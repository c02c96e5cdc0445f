import type { Clock } from '../../../foundation/clock.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { DeliverySource } from '../../delivery/acknowledgement/delivery-source.js';
import type { BrokerCounters } from '../../delivery/broker-counters.js';
import type { DispatchBudget, DispatchLoop, DispatchTask } from '../../delivery/dispatch-loop.js';
import type { ListPlace } from '../../delivery/linked-list.js';
import { MessageLine } from './message-line.js';
import type { QueueConsumer } from './queue-consumer.js';
import { QueueConsumers } from './queue-consumers.js';
import { type HeldOctets, QueueContents } from './queue-contents.js';
import { QueueExpiry } from './queue-expiry.js';
import type { QueueSettings } from './queue-settings.js';
import { QueuedMessage } from './queued-message.js';

/** What a queue works with. */
export interface MessageQueueParts {
  readonly clock: Clock;
  readonly loop: DispatchLoop;
  readonly counters: BrokerCounters;
  /** What all queues hold together. */
  readonly total: HeldOctets;
  /** A message has failed too often, and is gone. Must not throw. */
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
  /** Where `IdleQueues` keeps it. */
  idlePlace: ListPlace<MessageQueue> | undefined;
  readonly #parts: MessageQueueParts;
  readonly #line = new MessageLine();
  readonly #expiry: QueueExpiry;
  readonly #contents: QueueContents;
  #nextPosition = 0;

  constructor(destination: string, settings: QueueSettings, parts: MessageQueueParts) {
    this.destination = destination;
    this.settings = settings;
    this.#parts = parts;
    this.#contents = new QueueContents(settings, parts.total);
    this.#expiry = new QueueExpiry(parts.clock, () => parts.loop.add(this));
    this.consumers = new QueueConsumers({
      line: this.#line,
      give: (message, consumer) => this.#give(message, consumer),
      wake: () => parts.loop.add(this),
    });
  }

  get waitingMessages(): number {
    return this.#contents.waitingMessages;
  }

  get unacknowledgedMessages(): number {
    return this.#contents.messages - this.#contents.waitingMessages;
  }

  /** Of all it holds. */
  get octets(): number {
    return this.#contents.octets;
  }

  get isEmpty(): boolean {
    return this.#contents.messages === 0;
  }

  /** Takes a published message, at the end of its order. @throws MessageRejectedError `QUEUE_FULL`, which concerns the message alone */
  accept(published: Message): void {
    const message = new QueuedMessage(this.#nextPosition, published);
    this.#makeRoomFor(message);
    this.#nextPosition += 1;
    this.#contents.add(message);
    this.#wait(message, false);
    this.#parts.loop.add(this);
  }

  /** Called by the loop. */
  dispatch(budget: DispatchBudget): void {
    for (const message of this.#expiry.takeDue()) {
      this.#leave(message);
      this.#expire(message);
    }
    if (this.consumers.dispatch(budget)) this.#parts.loop.add(this);
  }

  acknowledged(message: QueuedMessage): void {
    this.#forget(message);
  }

  rejected(message: QueuedMessage, requeue: boolean): void {
    message.wasSent = true;
    if (requeue) return this.#failed(message, message.takenBy);
    this.#parts.counters.dropped += 1;
    this.#forget(message);
  }

  /** A delivery that was sent counts, whether the client saw it or not: what ends a client again and again must not go on for ever. */
  returned(message: QueuedMessage, wasSent: boolean): void {
    if (!wasSent) return this.#putBack(message);
    message.wasSent = true;
    this.#failed(message, undefined);
  }

  /** It waits for somebody else. That does not count: it was not sent. */
  stopped(message: QueuedMessage): void {
    if (message.takenBy) this.consumers.keepFrom(message.takenBy, message);
    this.#putBack(message);
  }

  /** Ends its timer. */
  stop(): void {
    this.#expiry.stop();
  }

  #give(message: QueuedMessage, { subscription, window }: QueueConsumer): void {
    this.#leave(message);
    if (this.#hasExpired(message)) return this.#expire(message); // the timer comes later than the moment
    message.takenBy = subscription;
    window.deliver(message, this, { isRedelivered: message.wasSent });
  }

  #failed(message: QueuedMessage, rejectedBy: QueuedMessage['rejectedBy']): void {
    message.failedDeliveries += 1;
    message.rejectedBy = rejectedBy;
    if (message.failedDeliveries < this.settings.maxDeliveries) return this.#putBack(message);
    this.#forget(message);
    this.#parts.onDeadLetter(message, this);
  }

  #putBack(message: QueuedMessage): void {
    message.takenBy = undefined;
    this.#wait(message, true);
    this.#parts.loop.add(this);
  }

  #wait(message: QueuedMessage, isBack: boolean): void {
    message.isWaiting = true;
    this.#contents.wait(message);
    this.#line.add(message);
    this.#expiry.add(message);
    this.consumers.offer(message, isBack);
  }

  /** It waits no more. */
  #leave(message: QueuedMessage): void {
    message.isWaiting = false;
    this.#contents.leave(message);
    this.#line.delete(message);
    this.#expiry.delete(message);
  }

  #hasExpired({ expiresAt }: QueuedMessage): boolean {
    return expiresAt !== Infinity && expiresAt <= this.#parts.clock.wallTime();
  }

  #expire(message: QueuedMessage): void {
    this.#parts.counters.expired += 1;
    this.#forget(message);
  }

  #forget(message: QueuedMessage): void {
    this.#contents.delete(message);
    if (this.isEmpty) this.#parts.onEmpty(this);
  }

  /** Drops what it must, and nothing for a message that it cannot take even then. */
  #makeRoomFor(message: QueuedMessage): void {
    if (this.#contents.hasRoomFor(message)) return;
    this.#dropExpired();
    if (this.#contents.hasRoomFor(message)) return;
    const canDrop = this.settings.whenFull === 'drop-oldest' && this.#contents.hasRoomWithoutWaiting(message);
    if (!canDrop) throw this.#createRefusal();
    for (let { first } = this.#line; first && !this.#contents.hasRoomFor(message); { first } = this.#line) {
      this.#leave(first);
      this.#contents.delete(first);
      this.#parts.counters.dropped += 1;
      this.#parts.onDropped(this);
    }
  }

  /** The timer comes later than the moment. A message is coming in, so the queue does not count as empty meanwhile. */
  #dropExpired(): void {
    for (const message of this.#expiry.takeDue()) {
      this.#leave(message);
      this.#contents.delete(message);
      this.#parts.counters.expired += 1;
    }
  }

  #createRefusal(): MessageRejectedError {
    const { messages, octets, totalOctets } = this.#contents;
    const detail = `${this.destination} is full: it holds ${messages} messages of ${octets} octets, and all queues ${totalOctets} octets`;
    return new MessageRejectedError(detail, { code: 'QUEUE_FULL', endsSession: false });
  }
}
