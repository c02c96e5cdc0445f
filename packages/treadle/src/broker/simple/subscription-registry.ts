import { MessageRejectedError } from '../../foundation/errors.js';
import type { DestinationSeparator } from '../../messaging/destination-pattern.js';
import { DestinationIndex, type SubscriptionGroups } from './destination-index.js';
import type { Subscription } from './subscription.js';

/** What the registry can be told. */
export interface SubscriptionRegistryOptions {
  /** Destinations whose matching patterns are remembered. Default 1024 (Spring: `DefaultSubscriptionRegistry.cacheLimit`). */
  readonly cacheLimit?: number;
  /** What parts the segments of patterns and destinations. Default `/` (Spring: `DefaultSubscriptionRegistry.pathMatcher`). */
  readonly separator?: DestinationSeparator;
}

/**
 * All subscriptions of the broker (Spring: `DefaultSubscriptionRegistry`): unique by session and subscription id, found by
 * destination. What has been found may be iterated while the registry changes. Keeps nothing of what was removed.
 *
 * Translated user destinations are kept apart from all others: neither a wildcard nor a guessed destination of one client
 * ever meets the messages to another user.
 */
export class SubscriptionRegistry {
  readonly #bySession = new Map<string, Map<string, Subscription>>();
  readonly #plain: DestinationIndex;
  readonly #translated: DestinationIndex;

  constructor({ cacheLimit = 1024, separator = '/' }: SubscriptionRegistryOptions = {}) {
    this.#plain = new DestinationIndex(cacheLimit, separator);
    this.#translated = new DestinationIndex(cacheLimit, separator);
  }

  /** @throws TreadleError `SUBSCRIPTION_ID_IN_USE`, `DESTINATION_MALFORMED`; the registry is then as before */
  add(subscription: Subscription): void {
    const { session, id } = subscription;
    const ofSession = this.#bySession.get(session.id);
    if (ofSession?.has(id)) {
      const detail = `session ${session.id} has a subscription "${id}" already (STOMP 1.2 § SUBSCRIBE id Header)`;
      throw new MessageRejectedError(detail, { code: 'SUBSCRIPTION_ID_IN_USE' });
    }
    this.#indexOf(subscription.isTranslated).add(subscription);
    if (ofSession) ofSession.set(id, subscription);
    else this.#bySession.set(session.id, new Map([[id, subscription]]));
  }

  /** The subscription that was removed; `undefined` when there was none. */
  remove(sessionId: string, subscriptionId: string): Subscription | undefined {
    const ofSession = this.#bySession.get(sessionId);
    const subscription = ofSession?.get(subscriptionId);
    if (!ofSession || !subscription) return undefined;
    ofSession.delete(subscriptionId);
    if (ofSession.size === 0) this.#bySession.delete(sessionId);
    this.#end(subscription);
    return subscription;
  }

  /** Removes all subscriptions of a session; harmless when it has none. */
  removeSession(sessionId: string): void {
    const ofSession = this.#bySession.get(sessionId);
    if (!ofSession) return;
    this.#bySession.delete(sessionId);
    for (const subscription of ofSession.values()) this.#end(subscription);
  }

  /** Removes everything. */
  clear(): void {
    for (const sessionId of [...this.#bySession.keys()]) this.removeSession(sessionId);
  }

  /** Who gets a message to `destination`; `isTranslated` says which kind of subscription can. */
  find(destination: string, isTranslated = false): SubscriptionGroups {
    return this.#indexOf(isTranslated).find(destination);
  }

  #indexOf(isTranslated: boolean): DestinationIndex {
    return isTranslated ? this.#translated : this.#plain;
  }

  #end(subscription: Subscription): void {
    subscription.end();
    this.#indexOf(subscription.isTranslated).delete(subscription);
  }
}
