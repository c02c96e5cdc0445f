import type { SessionContext } from '../../messaging/session-context.js';

/** One subscription of one session, as the broker knows it. */
export class Subscription {
  readonly session: SessionContext;
  /** Unique within the session. */
  readonly id: string;
  /** A destination or a pattern; of a user destination its translation. */
  readonly destination: string;
  /** Whether it was made by a translated user destination; only messages that were translated too reach it. */
  readonly isTranslated: boolean;
  #isActive = true;

  constructor(session: SessionContext, id: string, destination: string, isTranslated = false) {
    this.session = session;
    this.id = id;
    this.destination = destination;
    this.isTranslated = isTranslated;
  }

  /** False from the moment it was removed: a delivery under way must look before it sends. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /** Called by the registry when it removes the subscription. */
  end(): void {
    this.#isActive = false;
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
