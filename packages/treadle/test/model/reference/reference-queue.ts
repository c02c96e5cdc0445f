import { expiryOf, type ReferenceMessage } from './reference-message.js';
import type { ReferenceSource, ReferenceSubscription } from './reference-subscription.js';

/** How a queue behaves. */
export interface QueueRules {
  /** Whether interceptors hold deliveries up: then nobody but the broker knows who could take a message at that moment. */
  readonly isOutboundSlow?: boolean;
  readonly maxMessages: number;
  readonly whenFull: 'refuse' | 'drop-oldest';
  readonly maxDeliveries: number;
  /** Then nobody consumes it by a pattern. */
  readonly holdsDeadLetters?: boolean;
}

/** What a queue tells the broker it belongs to. */
export interface QueueEvents {
  onDeadLetter(item: QueueItem): void;
  onDropped(): void;
  onExpired(): void;
}

/** A message that waits in a queue, or that a consumer has not acknowledged yet. */
export interface QueueItem {
  readonly message: ReferenceMessage;
  readonly position: number;
  readonly expiresAt: number;
  isWaiting: boolean;
  /** Whether it was given to anybody before. */
  wasGiven: boolean;
  /** Deliveries that ended without ACK. */
  failures: number;
  /** Who would not have it, the last time. */
  rejectedBy: ReferenceSubscription | undefined;
}

/** A queue: a list of messages in the order they came, which is looked through from its beginning for everything. */
export class ReferenceQueue {
  readonly destination: string;
  /** Whether consumers take exact turns, as everybody knows who has room. */
  takesTurns = true;
  readonly #rules: QueueRules;
  readonly #events: QueueEvents;
  #items: QueueItem[] = [];
  #nextPosition = 0;
  /** How often a consumer that could take a message was passed over since its last one. */
  readonly #passedOver = new Map<ReferenceSubscription, number>();

  constructor(destination: string, rules: QueueRules, events: QueueEvents) {
    this.destination = destination;
    this.#rules = rules;
    this.#events = events;
  }

  get waiting(): readonly QueueItem[] {
    return this.#items.filter(({ isWaiting }) => isWaiting);
  }

  get unacknowledged(): number {
    return this.#items.length - this.waiting.length;
  }

  /** Takes a message at its end; false when it is full. */
  accept(message: ReferenceMessage): boolean {
    if (this.#items.length >= this.#rules.maxMessages) {
      const [oldest] = this.#rules.whenFull === 'drop-oldest' ? this.waiting : [];
      if (!oldest) return false;
      this.#forget(oldest);
      this.#events.onDropped();
    }
    const state = { isWaiting: true, wasGiven: false, failures: 0, rejectedBy: undefined };
    this.#items.push({ message, position: this.#nextPosition, expiresAt: expiryOf(message), ...state });
    this.#nextPosition += 1;
    return true;
  }

  /** What waits too long is gone. @param now in milliseconds since 1970 */
  expire(now: number): void {
    for (const item of this.waiting) {
      if (item.expiresAt > now) continue;
      this.#forget(item);
      this.#events.onExpired();
    }
  }

  /**
   * Notes that the broker gave a message to a consumer.
   * @param others all subscriptions
   * @returns what is told of its end, or why the broker was not allowed to
   */
  give(
    name: string,
    to: ReferenceSubscription,
    others: readonly ReferenceSubscription[],
  ): { readonly item: QueueItem; readonly source: ReferenceSource } | string {
    const item = this.waiting.find(({ message }) => message.name === name);
    const problem = this.#whyNot(item, to, others);
    if (!item || problem !== undefined) return problem ?? 'it does not wait here';
    const isExact = this.takesTurns && !this.#rules.isOutboundSlow;
    const unfair = isExact ? this.#countPassedOver(item, to, others) : undefined;
    if (unfair !== undefined) return unfair;
    item.isWaiting = false;
    return { item, source: this.#sourceOf(item, to) };
  }

  /** Who could take a message that waits; `undefined` when nobody could. */
  findOverdue(consumers: readonly ReferenceSubscription[]): string | undefined {
    for (const { message } of this.waiting) {
      const taker = consumers.find((consumer) => consumer.mustTake && this.#isFor(consumer, message));
      if (taker) return `${message.name} waits in ${this.destination}, though ${taker.name} could take it`;
    }
    return undefined;
  }

  #whyNot(
    item: QueueItem | undefined,
    to: ReferenceSubscription,
    others: readonly ReferenceSubscription[],
  ): string | undefined {
    if (!item) return `it does not wait in ${this.destination}`;
    if (!to.hasRoom) return `${to.name} has no room for it`;
    if (!this.#isFor(to, item.message)) return `${to.name} does not want it`;
    const couldTake = (each: QueueItem): ReferenceSubscription | undefined =>
      others.find((other) => other !== to && other.mustTake && this.#isFor(other, each.message));
    const earlier = this.waiting.find(
      (each) =>
        each.position < item.position &&
        this.#isFor(to, each.message) &&
        !(each.rejectedBy === to && couldTake(each) !== undefined),
    );
    if (earlier) return `${earlier.message.name} waits before it`;
    const another = item.rejectedBy === to && !this.#rules.isOutboundSlow ? couldTake(item) : undefined;
    return another && `${to.name} has just rejected it, and ${another.name} could take it`;
  }

  #isFor(subscription: ReferenceSubscription, message: ReferenceMessage): boolean {
    if (this.#rules.holdsDeadLetters && subscription.options.destination !== this.destination) return false;
    return subscription.wants(message);
  }

  /** In turn: nobody who could take a message sees the others served twice each before. */
  #countPassedOver(
    { message, rejectedBy }: QueueItem,
    to: ReferenceSubscription,
    others: readonly ReferenceSubscription[],
  ): string | undefined {
    this.#passedOver.set(to, 0);
    const consumers = others.filter((other) => this.#isFor(other, message));
    for (const consumer of consumers) {
      if (consumer === to || consumer === rejectedBy || !consumer.mustTake) continue;
      const times = (this.#passedOver.get(consumer) ?? 0) + 1;
      this.#passedOver.set(consumer, times);
      if (times > consumers.length * 2) return `${consumer.name} was passed over ${times} times`;
    }
    return undefined;
  }

  #sourceOf(item: QueueItem, taker: ReferenceSubscription): ReferenceSource {
    return {
      acknowledged: () => this.#forget(item),
      rejected: (requeue) => {
        if (requeue) return this.#failed(item, taker);
        this.#forget(item);
        this.#events.onDropped();
      },
      returned: () => this.#failed(item, undefined),
    };
  }

  #failed(item: QueueItem, rejectedBy: ReferenceSubscription | undefined): void {
    item.failures += 1;
    item.rejectedBy = rejectedBy;
    if (item.failures < this.#rules.maxDeliveries) {
      item.isWaiting = true;
      return;
    }
    this.#forget(item);
    this.#events.onDeadLetter(item);
  }

  #forget(item: QueueItem): void {
    this.#items = this.#items.filter((each) => each !== item);
  }
}
