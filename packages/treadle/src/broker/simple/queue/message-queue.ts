import type { Clock } from '../../../foundation/clock.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { DeliverySource } from '../acknowledgement/delivery-source.js';
import type { BrokerCounters } from '../broker-counters.js';
import type { DispatchBudget, DispatchLoop, DispatchTask } from '../dispatch-loop.js';
import type { ListPlace } from '../linked-list.js';
import { MessageLine } from './message-line.js';
import type { QueueConsumer } from './queue-consumer.js';
import { QueueConsumers } from './queue-consumers.js';
import { QueueExpiry } from './queue-expiry.js';
import type { QueueSettings } from './queue-settings.js';
import { QueuedMessage } from './queued-message.js';

/** What several queues hold together, and may hold. */
export interface HeldOctets {
  octets: number;
  readonly limit: number;
}

/** What a waiting message costs beside its payload and headers. */
const OCTETS_PER_MESSAGE = 512;

/** What a queue works with. */
export interface MessageQueueParts {
  readonly clock: Clock;
  readonly loop: DispatchLoop;
  readonly counters: BrokerCounters;
  /** What all queues hold together. */
  readonly total: HeldOctets;
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
  /** Where `IdleQueues` keeps it. */
  idlePlace: ListPlace<MessageQueue> | undefined;
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
    this.#account(message.octets, 1);
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
    this.#unacknowledged -= 1;
    this.#forget(message);
  }

  rejected(message: QueuedMessage, requeue: boolean): void {
    this.#unacknowledged -= 1;
    message.wasSent = true;
    if (requeue) return this.#failed(message, message.takenBy);
    this.#parts.counters.dropped += 1;
    this.#forget(message);
  }

  /** A delivery that was sent counts, whether the client saw it or not: what ends a client again and again must not go on for ever. */
  returned(message: QueuedMessage, wasSent: boolean): void {
    this.#unacknowledged -= 1;
    if (!wasSent) return this.#putBack(message);
    message.wasSent = true;
    this.#failed(message, undefined);
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
    if (this.#hasExpired(message)) return this.#expire(message); // the timer comes later than the moment
    this.#unacknowledged += 1;
    message.takenBy = subscription;
    window.deliver(message, this, { isRedelivered: message.wasSent });
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

  #hasExpired({ expiresAt }: QueuedMessage): boolean {
    return expiresAt !== Infinity && expiresAt <= this.#parts.clock.wallTime();
  }

  #expire(message: QueuedMessage): void {
    this.#parts.counters.expired += 1;
    this.#forget(message);
  }

  #forget(message: QueuedMessage): void {
    this.#account(message.octets, -1);
    if (this.isEmpty) this.#parts.onEmpty(this);
  }

  #requireRoomFor({ octets }: QueuedMessage): void {
    while (this.#isFullFor(octets)) {
      const oldest = this.settings.whenFull === 'drop-oldest' ? this.#line.first : undefined;
      if (!oldest) return this.#refuse();
      this.#leave(oldest);
      this.#account(oldest.octets, -1);
      this.#parts.counters.dropped += 1;
      this.#parts.onDropped(this);
    }
  }

  #isFullFor(octets: number): boolean {
    const { maxMessages, maxOctets } = this.settings;
    if (this.#line.size + this.#unacknowledged >= maxMessages || this.#octets + octets > maxOctets) return true;
    const { total } = this.#parts;
    return total.octets + octets + OCTETS_PER_MESSAGE > total.limit;
  }

  /** @param sign 1 for a message that comes, -1 for one that is gone */
  #account(octets: number, sign: 1 | -1): void {
    this.#octets += sign * octets;
    this.#parts.total.octets += sign * (octets + OCTETS_PER_MESSAGE);
  }

  #refuse(): void {
    const held = `${this.#line.size + this.#unacknowledged} messages of ${this.#octets} octets`;
    const detail = `${this.destination} is full: it holds ${held}, and all queues ${this.#parts.total.octets} octets`;
    throw new MessageRejectedError(detail, { code: 'QUEUE_FULL', endsSession: false });
  }
}
