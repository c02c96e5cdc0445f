import type { Delivery } from '../../../messaging/delivery.js';
import type { SubscriptionTicket } from '../../../messaging/subscription-ticket.js';
import type { ListPlace } from '../linked-list.js';
import type { DeliveryAttempt } from '../session-deliveries.js';
import type { Subscription } from '../subscription.js';
import type { Deliverable, DeliveryFacts, DeliverySource } from './delivery-source.js';

/**
 * open: ACK and NACK find it → settled, for good. A transaction makes it reserved between the two, and its rollback open again.
 */
type DeliveryState = 'open' | 'reserved' | 'settled';

/** What a delivery knows of the window that made it. */
export interface HoldsDeliveries {
  readonly subscription: Subscription;
  /** What an ACK or NACK of a delivery covers, in the order of delivery. */
  coveredBy(delivery: UnacknowledgedDelivery): UnacknowledgedDelivery[];
  /** Takes a delivery out for good; false when it was out already. Whoever calls tells the source. */
  settle(delivery: UnacknowledgedDelivery): boolean;
  /** Keeps an open delivery for a transaction. */
  reserve(delivery: UnacknowledgedDelivery): void;
  /** Takes back what was reserved. @param deliveries in the order of delivery */
  restore(deliveries: readonly UnacknowledgedDelivery[]): void;
}

const REDELIVERED: readonly string[] = ['redelivered', 'true'];

/** One delivery of a message to one subscription, from the moment it is made until its source has heard what became of it. */
export class UnacknowledgedDelivery implements DeliveryAttempt {
  readonly window: HoldsDeliveries;
  readonly item: Deliverable;
  readonly source: DeliverySource;
  /** Its place in the order of its window. */
  readonly number: number;
  readonly delivery: Delivery | undefined;
  readonly isRedelivered: boolean;
  state: DeliveryState = 'open';
  /** Where the window keeps it while it is open. */
  place: ListPlace<UnacknowledgedDelivery> | undefined;
  #wasSent = false;

  constructor(
    window: HoldsDeliveries,
    item: Deliverable,
    source: DeliverySource,
    { number, ackId, facts }: { number: number; ackId: string | undefined; facts: DeliveryFacts },
  ) {
    this.window = window;
    this.item = item;
    this.source = source;
    this.number = number;
    this.isRedelivered = facts.isRedelivered ?? false;
    const headers = headersOf(facts);
    this.delivery = ackId === undefined && !headers ? undefined : { ackId, headers };
  }

  get ackId(): string | undefined {
    return this.delivery?.ackId;
  }

  get messageId(): string {
    return this.item.published.id ?? '';
  }

  get ticket(): SubscriptionTicket | undefined {
    return this.window.subscription.ticket;
  }

  /** Whether it was handed to its session. */
  get wasSent(): boolean {
    return this.#wasSent;
  }

  /** A subscription with `ack:auto` has it for good when it is sent (STOMP 1.2 § SUBSCRIBE ack Header). */
  sent(): void {
    this.#wasSent = true;
    if (this.ackId === undefined && this.window.settle(this)) this.source.acknowledged(this.item);
  }

  stopped(): void {
    if (this.window.settle(this)) this.source.stopped(this.item);
  }
}

function headersOf({ isRedelivered = false, headers }: DeliveryFacts): readonly string[] | undefined {
  if (!isRedelivered) return headers;
  return headers ? [...REDELIVERED, ...headers] : REDELIVERED;
}
