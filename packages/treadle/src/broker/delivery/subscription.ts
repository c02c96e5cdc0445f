import type { Message } from '../../messaging/message.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { SubscriptionTicket } from '../../messaging/subscription-ticket.js';

/** Whether a subscription wants a message, given as its receivers get it, with the `senderId` of who caused it. */
export type SubscriptionFilter = (published: Message) => boolean;

/** How its client acknowledges deliveries (STOMP 1.2 § SUBSCRIBE ack Header). */
export type AckMode = 'auto' | 'client' | 'client-individual';

/** Where the messages of topics wait for a subscription that cannot take them as they come. */
export interface SubscriptionOutbox {
  /** Takes a message that is published now, and sends it as soon as it can be taken. @param policy of its destination, as the broker has it */
  offer(published: Message, policy: object | undefined): void;
  /** The subscription has ended. */
  end(): void;
}

/** What a subscription is made of beside session and destination. */
export interface SubscriptionOptions {
  /** Whether it was made by a translated user destination. Default false. */
  readonly isTranslated?: boolean;
  /** Of its SUBSCRIBE message. */
  readonly ticket?: SubscriptionTicket | undefined;
  /** Default: it wants everything. */
  readonly filter?: SubscriptionFilter | undefined;
  /** Default `auto`. */
  readonly ackMode?: AckMode;
  /** Deliveries that may be unacknowledged at one time. Default: no limit. */
  readonly prefetchCount?: number;
}

/** One subscription of one session, as the broker knows it. */
export class Subscription {
  readonly session: SessionContext;
  /** Unique within the session. */
  readonly id: string;
  /** A destination or a pattern; of a user destination its translation. */
  readonly destination: string;
  /** Whether it was made by a translated user destination; only messages that were translated too reach it. */
  readonly isTranslated: boolean;
  /** Tells its deliveries from those of an earlier subscription with its id. */
  readonly ticket: SubscriptionTicket | undefined;
  readonly filter: SubscriptionFilter | undefined;
  readonly ackMode: AckMode;
  readonly prefetchCount: number;
  /** While it has one every message of a topic goes through it, else straight to the session. */
  outbox: SubscriptionOutbox | undefined = undefined;
  #isActive = true;

  constructor(session: SessionContext, id: string, destination: string, options: SubscriptionOptions = {}) {
    this.session = session;
    this.id = id;
    this.destination = destination;
    this.isTranslated = options.isTranslated ?? false;
    this.ticket = options.ticket;
    this.filter = options.filter;
    this.ackMode = options.ackMode ?? 'auto';
    this.prefetchCount = options.prefetchCount ?? Infinity;
  }

  /** False from the moment it was removed: a delivery under way must look before it sends. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** Called by the registry when it removes the subscription. */
  end(): void {
    this.#isActive = false;
    this.outbox?.end();
  }
}

/**
 * Subscriptions of one destination or pattern, in the order they were made. Changes cost the same however many there are;
 * the first `snapshot` after a change copies them once, and publishing to all of them costs as much anyway.
 */
export class SubscriptionSet {
  readonly #members = new Set<Subscription>();
  #snapshot: readonly Subscription[] | undefined;

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  add(subscription: Subscription): void {
    this.#members.add(subscription);
    this.#snapshot = undefined;
  }

  delete(subscription: Subscription): void {
    this.#members.delete(subscription);
    this.#snapshot = undefined;
  }

  /** The members of this moment; later changes do not touch the array. */
  snapshot(): readonly Subscription[] {
    return (this.#snapshot ??= [...this.#members]);
  }
}
