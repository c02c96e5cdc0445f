import type { DispatchBudget, DispatchLoop, DispatchTask } from '../dispatch-loop.js';
import { LinkedList, type ListPlace } from '../linked-list.js';
import type { SessionDeliveries } from '../session-deliveries.js';
import type { Subscription } from '../subscription.js';
import type { Deliverable, DeliveryFacts, DeliverySource } from './delivery-source.js';
import type { SessionAcknowledgements } from './session-acknowledgements.js';
import { type HoldsDeliveries, UnacknowledgedDelivery } from './unacknowledged-delivery.js';

/** What windows work with. */
export interface DeliveryWindowParts {
  readonly deliveries: SessionDeliveries;
  readonly loop: DispatchLoop;
  /** Octets that may be unacknowledged before nothing more is taken; one delivery alone may have more. */
  readonly maxUnacknowledgedOctets: number;
  /** Of its session; `undefined` for a subscription whose deliveries are done when they are sent. */
  readonly acknowledgements: SessionAcknowledgements | undefined;
}

/** Where somebody stands among those who wait for room. */
export type RoomPlace = ListPlace<(budget: DispatchBudget) => void>;

/**
 * What one subscription can take: at most its prefetch count of unacknowledged deliveries, and so many octets of them; none while its client reads too slowly or an
 * interceptor of `clientOutboundChannel` holds an earlier one. A subscription has one as soon as somebody needs to know, whoever and however many
 * deliver to it.
 */
export class DeliveryWindow implements DispatchTask, HoldsDeliveries {
  readonly #subscription: Subscription;
  readonly #parts: DeliveryWindowParts;
  /** In the order of delivery. */
  readonly #open = new LinkedList<UnacknowledgedDelivery>();
  readonly #byMessageId = new Map<string, UnacknowledgedDelivery>();
  /** Of transactions that are not over. */
  readonly #reserved = new Set<UnacknowledgedDelivery>();
  readonly #waiting = new LinkedList<(budget: DispatchBudget) => void>();
  /** Of what is open or reserved, while the subscription lasts. */
  #octets = 0;
  #nextNumber = 0;
  #isWatchingSession = false;

  constructor(subscription: Subscription, parts: DeliveryWindowParts) {
    this.#subscription = subscription;
    this.#parts = parts;
    parts.acknowledgements?.addWindow(subscription.id, this);
  }

  get subscription(): Subscription {
    return this.#subscription;
  }

  /** Whether transactions keep deliveries of it. */
  get hasReserved(): boolean {
    return this.#reserved.size > 0;
  }

  /** Whether one more delivery may be made now. Not to a client that has gone: what needs no acknowledgement would be lost. */
  get canTake(): boolean {
    if (!this.#subscription.isActive || !this.#subscription.session.isReachable) return false;
    const unacknowledged = this.#open.size + this.#reserved.size;
    if (unacknowledged >= this.#subscription.prefetchCount) return false;
    if (this.#octets >= this.#parts.maxUnacknowledgedOctets) return false;
    return this.#parts.deliveries.whenRoom(this.#subscription.session) === undefined;
  }

  /**
   * Calls back once when it can take again, those who asked first coming first; who still has more asks again, and stands behind the others then.
   * At once when it can take now. Never after the subscription has ended, or its client has gone.
   * @returns what `stopWaiting` takes; `undefined` when nothing will ever call
   */
  onRoom(callback: (budget: DispatchBudget) => void): RoomPlace | undefined {
    if (!this.#subscription.isActive) return undefined;
    const place = this.#waiting.add(callback);
    if (this.canTake) this.#parts.loop.add(this);
    else this.#watchSession();
    return place;
  }

  /** Who waited for room needs none any more. */
  stopWaiting(place: RoomPlace): void {
    this.#waiting.delete(place);
  }

  /** Delivers, whether it can take or not; `source` hears what becomes of the item, maybe before this returns. */
  deliver<T extends Deliverable>(item: T, source: DeliverySource<T>, facts: DeliveryFacts = {}): void {
    const { deliveries, acknowledgements } = this.#parts;
    this.#nextNumber += 1;
    const delivery = new UnacknowledgedDelivery(this, item, source, {
      number: this.#nextNumber,
      ackId: acknowledgements?.createAckId(),
      facts,
    });
    this.#octets += item.octets;
    this.#hold(delivery);
    deliveries.deliver(this.#subscription, item.published, delivery);
  }

  /** The delivery of a message that waits to be acknowledged, by its message id. */
  findByMessageId(messageId: string): UnacknowledgedDelivery | undefined {
    return this.#byMessageId.get(messageId);
  }

  /** What an ACK or NACK of a delivery covers: all before it too in `client` mode (STOMP 1.2 § SUBSCRIBE ack Header), in their order. */
  coveredBy(delivery: UnacknowledgedDelivery): UnacknowledgedDelivery[] {
    if (this.#subscription.ackMode !== 'client') return [delivery];
    const covered: UnacknowledgedDelivery[] = [];
    for (let place = this.#open.first; place; place = place.next) {
      covered.push(place.value);
      if (place.value === delivery) break;
    }
    return covered;
  }

  /** Takes a delivery out for good; false when it was out already. Whoever calls tells the source. */
  settle(delivery: UnacknowledgedDelivery): boolean {
    if (delivery.state === 'settled') return false;
    if (delivery.state === 'reserved') this.#reserved.delete(delivery);
    else this.#release(delivery);
    delivery.state = 'settled';
    this.#octets -= delivery.item.octets;
    if (this.#waiting.size > 0) this.#parts.loop.add(this);
    return true;
  }

  /** Keeps an open delivery for a transaction: nobody else can acknowledge it, and it stays when its subscription ends. */
  reserve(delivery: UnacknowledgedDelivery): void {
    this.#release(delivery);
    delivery.state = 'reserved';
    this.#reserved.add(delivery);
  }

  /** Takes back what was reserved, in the order of delivery: it can be acknowledged again, or goes back if its subscription has gone. */
  restore(deliveries: readonly UnacknowledgedDelivery[]): void {
    let next = this.#open.first;
    for (const delivery of deliveries) {
      if (!this.#reserved.delete(delivery)) continue;
      while (next && next.value.number < delivery.number) next = next.next;
      if (this.#subscription.isActive) this.#hold(delivery, next);
      else this.#giveBack(delivery);
    }
  }

  /**
   * The subscription has ended: what it has not acknowledged goes back to where it came from.
   * @param isSessionOver whether reserved deliveries go back too, as no transaction can keep them any more
   */
  end(isSessionOver: boolean): void {
    this.#parts.acknowledgements?.deleteWindow(this.#subscription.id);
    this.#waiting.clear();
    for (let place = this.#open.first; place; place = this.#open.first) {
      this.#release(place.value);
      this.#giveBack(place.value);
    }
    if (!isSessionOver) return;
    for (const delivery of this.#reserved) this.#giveBack(delivery);
    this.#reserved.clear();
  }

  /** Called by the loop. */
  dispatch(budget: DispatchBudget): void {
    while (!budget.isSpent && this.#waiting.size > 0 && this.canTake) {
      budget.spend();
      this.#waiting.shift()?.(budget);
    }
    if (this.#waiting.size === 0) return;
    if (budget.isSpent) this.#parts.loop.add(this);
    else this.#watchSession();
  }

  #hold(delivery: UnacknowledgedDelivery, next?: UnacknowledgedDelivery['place']): void {
    delivery.state = 'open';
    delivery.place = this.#open.add(delivery, next);
    const { acknowledgements } = this.#parts;
    if (!acknowledgements) return;
    acknowledgements.add(delivery);
    this.#byMessageId.set(delivery.messageId, delivery);
  }

  #release(delivery: UnacknowledgedDelivery): void {
    if (delivery.place) this.#open.delete(delivery.place);
    const { acknowledgements } = this.#parts;
    if (!acknowledgements) return;
    acknowledgements.delete(delivery);
    if (this.#byMessageId.get(delivery.messageId) === delivery) this.#byMessageId.delete(delivery.messageId);
  }

  #giveBack(delivery: UnacknowledgedDelivery): void {
    delivery.state = 'settled';
    delivery.source.returned(delivery.item, delivery.wasSent);
  }

  /** An acknowledgement wakes this window by itself; a client that reads again has to be waited for. */
  #watchSession(): void {
    if (this.#isWatchingSession) return;
    const room = this.#parts.deliveries.whenRoom(this.#subscription.session);
    if (!room) return;
    this.#isWatchingSession = true;
    void room.then(() => {
      this.#isWatchingSession = false;
      if (this.#waiting.size > 0) this.#parts.loop.add(this);
    });
  }
}
