import type { Awaitable } from '../../../foundation/awaitable.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { BrokerStats } from '../../broker.js';
import type { DeliveryWindows } from '../../delivery/acknowledgement/delivery-windows.js';
import type { Subscription } from '../../delivery/subscription.js';
import type { SubscriptionRegistry } from '../../delivery/subscription-registry.js';
import type { DeadLetters } from './dead-letters.js';
import { IdleQueues } from './idle-queues.js';
import { MessageQueue, type MessageQueueParts } from './message-queue.js';
import { QueueLinks } from './queue-links.js';
import type { QueuePolicies } from './queue-policies.js';
import type { QueueSettings } from './queue-settings.js';
import type { QueuedMessage } from './queued-message.js';
import { visitInSlices } from './slices.js';

/** What queues work with. */
export interface QueuesParts extends Pick<MessageQueueParts, 'clock' | 'loop' | 'counters'> {
  readonly policies: QueuePolicies;
  readonly registry: SubscriptionRegistry;
  readonly windows: DeliveryWindows;
  readonly deadLetters: DeadLetters;
  /** Queues at one time, those of dead letters not counted. */
  readonly maxQueues: number;
  /** Octets that all of them hold together, those of dead letters not counted. */
  readonly maxQueueOctets: number;
}

/** Pairs of a wildcard subscription and a queue that it consumes, per queue allowed. */
const LINKS_PER_QUEUE = 10;
/** Empty queues that are kept for wildcard subscriptions. */
const MAX_IDLE_QUEUES = 1000;

/**
 * The queues of the broker. One exists while it holds a message or a subscription names it; wildcard subscriptions consume those that exist and
 * those to come. Not those of dead letters: or these would go back to the very consumers that failed.
 */
export class Queues {
  readonly #parts: QueuesParts;
  readonly #queueParts: MessageQueueParts;
  /** They are few, as policies name them, and bounded by these: what failed is not lost because other queues hold too much. */
  readonly #deadLetterParts: MessageQueueParts;
  readonly #queues = new Map<string, MessageQueue>();
  readonly #links: QueueLinks;
  readonly #idle: IdleQueues;
  #deadLetterQueues = 0;

  constructor(parts: QueuesParts) {
    this.#parts = parts;
    this.#links = new QueueLinks(parts.windows, parts.maxQueues * LINKS_PER_QUEUE);
    this.#idle = new IdleQueues(Math.min(MAX_IDLE_QUEUES, parts.maxQueues));
    this.#queueParts = {
      clock: parts.clock,
      loop: parts.loop,
      counters: parts.counters,
      total: { octets: 0, limit: parts.maxQueueOctets },
      onDeadLetter: (message, queue) => this.#bury(message, queue.settings),
      onDropped: ({ destination, settings }) => {
        if (holdsDeadLetters(settings)) parts.deadLetters.dropped(destination);
      },
      onEmpty: (queue) => this.#emptied(queue),
    };
    this.#deadLetterParts = { ...this.#queueParts, total: { octets: 0, limit: Infinity } };
  }

  /** What the queue of a destination is like; `undefined` when the destination is none. */
  settingsOf(destination: string): QueueSettings | undefined {
    return this.#parts.policies.settingsOf(destination);
  }

  /** The numbers of this moment; looks at every queue. */
  describe(): NonNullable<BrokerStats['queues']> {
    let [waitingMessages, unacknowledgedMessages, octets] = [0, 0, 0];
    for (const queue of this.#queues.values()) {
      waitingMessages += queue.waitingMessages;
      unacknowledgedMessages += queue.unacknowledgedMessages;
      octets += queue.octets;
    }
    return { count: this.#queues.size, waitingMessages, unacknowledgedMessages, octets };
  }

  /**
   * Puts a published message into the queue of its destination.
   * @returns whether somebody was subscribed to it
   * @throws MessageRejectedError `QUEUE_FULL`, which concerns the message alone
   */
  publish(published: Message, settings: QueueSettings): boolean {
    const queue = this.#getOrCreate(published.destination ?? '', settings);
    const hasConsumers = queue.consumers.size > 0;
    this.#idle.delete(queue);
    try {
      queue.accept(published);
    } finally {
      if (queue.isEmpty) this.#emptied(queue);
    }
    return hasConsumers;
  }

  /**
   * Makes a registered subscription consumer of the queue that it names, or of those that its pattern matches. What they hold comes in the next turn
   * of the event loop, behind the RECEIPT of the SUBSCRIBE.
   * @throws MessageRejectedError `QUEUE_FULL`, `SUBSCRIBER_LIMIT_EXCEEDED`, which concern the subscription alone
   */
  subscribe(subscription: Subscription): Awaitable<void> {
    const { policies, registry } = this.#parts;
    if (policies.isEmpty || subscription.isTranslated) return;
    const pattern = registry.patternOf(subscription);
    if (!pattern) return this.#consumeNamed(subscription);
    return visitInSlices(this.#queues.values(), (queue) => {
      if (!subscription.isActive || holdsDeadLetters(queue.settings)) return;
      if (pattern.matches(queue.destination)) this.#consume(subscription, queue);
    });
  }

  /** A subscription has ended; before its window gives back what it has. Never rejects. */
  unsubscribe(subscription: Subscription): Awaitable<void> {
    return this.#links.deleteSubscription(subscription, (queue) => {
      if (queue.isEmpty) this.#emptied(queue);
    });
  }

  /** Forgets everything. */
  clear(): void {
    for (const queue of this.#queues.values()) queue.stop();
    this.#queues.clear();
    this.#links.clear();
    this.#deadLetterQueues = 0;
  }

  #consumeNamed(subscription: Subscription): void {
    const { destination } = subscription;
    const settings = this.#parts.policies.settingsOf(destination);
    if (settings) this.#consume(subscription, this.#getOrCreate(destination, settings));
  }

  #consume(subscription: Subscription, queue: MessageQueue): void {
    this.#links.add(subscription, queue);
    if (queue.isEmpty) this.#emptied(queue);
    else this.#parts.loop.addLater(queue);
  }

  #getOrCreate(destination: string, settings: QueueSettings): MessageQueue {
    const known = this.#queues.get(destination);
    if (known) return known;
    const found = this.#parts.registry.find(destination).flat();
    if (holdsDeadLetters(settings)) return this.#createDeadLetterQueue(destination, settings, found);
    this.#makeRoom(destination, found.filter((subscription) => subscription.destination !== destination).length);
    return this.#create(new MessageQueue(destination, settings, this.#queueParts), found);
  }

  #createDeadLetterQueue(destination: string, settings: QueueSettings, found: readonly Subscription[]): MessageQueue {
    this.#deadLetterQueues += 1;
    const named = found.filter((subscription) => subscription.destination === destination);
    return this.#create(new MessageQueue(destination, settings, this.#deadLetterParts), named);
  }

  #create(queue: MessageQueue, consumers: readonly Subscription[]): MessageQueue {
    this.#queues.set(queue.destination, queue);
    for (const subscription of consumers) this.#links.add(subscription, queue);
    return queue;
  }

  /** @param patterns wildcard subscriptions that will consume the queue */
  #makeRoom(destination: string, patterns: number): void {
    const { maxQueues } = this.#parts;
    while (this.#queues.size - this.#deadLetterQueues >= maxQueues || this.#links.isTooMuch(patterns)) {
      const idle = this.#idle.takeOldest();
      if (idle) {
        this.#forget(idle);
        continue;
      }
      const detail = `${destination}: there are ${maxQueues} queues already, or too many consumers of them`;
      throw new MessageRejectedError(detail, { code: 'QUEUE_FULL', endsSession: false });
    }
  }

  #emptied(queue: MessageQueue): void {
    if (this.#queues.get(queue.destination) !== queue || queue.consumers.isNamed) return;
    const forgotten = queue.consumers.size > 0 ? this.#idle.add(queue) : queue;
    if (forgotten) this.#forget(forgotten);
  }

  #forget(queue: MessageQueue): void {
    this.#idle.delete(queue);
    this.#queues.delete(queue.destination);
    if (holdsDeadLetters(queue.settings)) this.#deadLetterQueues -= 1;
    this.#links.deleteQueue(queue);
    queue.stop();
  }

  /** A letter that cannot be stored is dropped, as whoever rejected the message can do nothing about it. Never throws. */
  #bury(message: QueuedMessage, { deadLetters: destination }: QueueSettings): void {
    const { deadLetters, policies, counters } = this.#parts;
    const settings = destination === undefined ? undefined : policies.settingsOf(destination);
    if (destination === undefined || !settings) return;
    try {
      this.publish(deadLetters.create(message, destination, settings), settings);
      counters.deadLettered += 1;
    } catch (error) {
      counters.dropped += 1;
      deadLetters.dropped(destination, error);
    }
  }
}

function holdsDeadLetters({ deadLetters }: QueueSettings): boolean {
  return deadLetters === undefined;
}

/** What may be told about all queues together. */
export type QueueLimits = Pick<QueuesParts, 'maxQueues' | 'maxQueueOctets'>;

/** The limits as they hold. */
export function resolveQueueLimits({
  maxQueues = 100_000,
  maxQueueOctets = 512 * 1024 * 1024,
}: Partial<QueueLimits>): QueueLimits {
  return { maxQueues, maxQueueOctets };
}
