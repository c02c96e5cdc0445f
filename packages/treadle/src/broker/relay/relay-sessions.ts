import { MessageRejectedError } from '../../foundation/errors.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { Subscription } from '../delivery/subscription.js';
import type { RelayClient } from './client/relay-client.js';
import type { SubscriptionPlace } from './local/local-destinations.js';

/** A subscription of a session, wherever it is served. */
export interface RelayedSubscription {
  readonly place: SubscriptionPlace;
  /** As the broker has it; `undefined` for one that is served here alone. */
  readonly subscription: Subscription | undefined;
  /** Has messages to its user destination go to the broker no more. */
  readonly release: (() => void) | undefined;
}

/** One session as the relay knows it. */
export class RelayedSession {
  readonly session: SessionContext;
  readonly client: RelayClient;
  readonly #subscriptions = new Map<string, RelayedSubscription>();
  /** Settles when the last of the application's messages that waits for its turn behind this session's own has it. */
  #behindOwn: Promise<void> | undefined;

  constructor(session: SessionContext, client: RelayClient) {
    this.session = session;
    this.client = client;
  }

  get subscriptionCount(): number {
    return this.#subscriptions.size;
  }

  /** @throws MessageRejectedError `SUBSCRIPTION_ID_IN_USE` */
  requireFree(subscriptionId: string): void {
    if (!this.#subscriptions.has(subscriptionId)) return;
    const detail = `session ${this.session.id} has a subscription "${subscriptionId}" already (STOMP 1.2 § SUBSCRIBE id Header)`;
    throw new MessageRejectedError(detail, { code: 'SUBSCRIPTION_ID_IN_USE' });
  }

  add(subscriptionId: string, subscription: RelayedSubscription): void {
    this.#subscriptions.set(subscriptionId, subscription);
  }

  /** Takes a subscription out and marks it as ended. @param only takes nothing out but this one */
  remove(subscriptionId: string, only?: RelayedSubscription): RelayedSubscription | undefined {
    const removed = this.#subscriptions.get(subscriptionId);
    if (!removed || (only && removed !== only)) return undefined;
    this.#subscriptions.delete(subscriptionId);
    end(removed);
    return removed;
  }

  /** Marks all of them as ended. */
  removeAll(): void {
    for (const subscription of this.#subscriptions.values()) end(subscription);
    this.#subscriptions.clear();
  }

  /**
   * `undefined` when what this session caused may go now, else the promise of that: what it sent by itself comes first, for it goes another way. Those who wait
   * go on in the order of these calls.
   */
  whenOwnIsConfirmed(): Promise<void> | undefined {
    const confirmed = this.client.whenConfirmed();
    if (!confirmed && !this.#behindOwn) return undefined;
    const turn = Promise.all([this.#behindOwn, confirmed]).then(() => {
      // Whoever comes from now on must still wait until the one with this turn has gone on, in its own reaction to it.
      queueMicrotask(() => {
        if (this.#behindOwn === turn) this.#behindOwn = undefined;
      });
    });
    this.#behindOwn = turn;
    return turn;
  }
}

function end({ subscription, release }: RelayedSubscription): void {
  subscription?.end();
  release?.();
}
