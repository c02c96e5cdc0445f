import { MessageRejectedError } from '../../foundation/errors.js';
import type { DestinationPattern, PatternSyntax } from '../../messaging/destination-pattern.js';
import { DestinationIndex, type SubscriptionGroups } from './destination-index.js';
import type { Subscription } from './subscription.js';

// Some 6 MiB when it is full. Beyond the limit a look-up costs eight times as much, what is remembered in vain included.
const DEFAULT_CACHE_LIMIT = 16_384;

/** What the registry can be told. */
export interface SubscriptionRegistryOptions extends PatternSyntax {
  /** Destinations whose matching patterns are remembered. Default 16 384 (Spring: `DefaultSubscriptionRegistry.cacheLimit`, 1024). */
  readonly cacheLimit?: number;
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
  readonly #translatedKey: (destination: string) => string;

  constructor({ cacheLimit = DEFAULT_CACHE_LIMIT, ...syntax }: SubscriptionRegistryOptions = {}) {
    this.#plain = new DestinationIndex(cacheLimit, syntax);
    this.#translated = new DestinationIndex(cacheLimit, syntax);
    this.#translatedKey = syntax.wildcards === 'rabbitmq' ? withSessionFirst : (destination) => destination;
  }

  /** @throws TreadleError `SUBSCRIPTION_ID_IN_USE`, `DESTINATION_MALFORMED`; the registry is then as before */
  add(subscription: Subscription): void {
    const { session, id } = subscription;
    const ofSession = this.#bySession.get(session.id);
    if (ofSession?.has(id)) {
      const detail = `session ${session.id} has a subscription "${id}" already (STOMP 1.2 § SUBSCRIBE id Header)`;
      throw new MessageRejectedError(detail, { code: 'SUBSCRIPTION_ID_IN_USE' });
    }
    this.#indexOf(subscription.isTranslated).add(subscription, this.#keyOf(subscription));
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

  /** Removes all subscriptions of a session. @returns them, in the order they were made; all have ended then */
  removeSession(sessionId: string): readonly Subscription[] {
    const ofSession = this.#bySession.get(sessionId);
    if (!ofSession) return [];
    this.#bySession.delete(sessionId);
    for (const subscription of ofSession.values()) this.#end(subscription);
    return [...ofSession.values()];
  }

  /** Removes everything. */
  clear(): void {
    for (const sessionId of [...this.#bySession.keys()]) this.removeSession(sessionId);
  }

  /** How many there are at this moment; looks at every session. */
  get size(): number {
    let size = 0;
    for (const ofSession of this.#bySession.values()) size += ofSession.size;
    return size;
  }

  /** Who gets a message to `destination`; `isTranslated` says which kind of subscription can. */
  find(destination: string, isTranslated = false): SubscriptionGroups {
    return this.#indexOf(isTranslated).find(isTranslated ? this.#translatedKey(destination) : destination);
  }

  /** What a subscription that is in here matches by; `undefined` when it names one destination. */
  patternOf(subscription: Subscription): DestinationPattern | undefined {
    return this.#indexOf(subscription.isTranslated).patternOf(this.#keyOf(subscription));
  }

  #indexOf(isTranslated: boolean): DestinationIndex {
    return isTranslated ? this.#translated : this.#plain;
  }

  #end(subscription: Subscription): void {
    subscription.end();
    this.#indexOf(subscription.isTranslated).delete(subscription, this.#keyOf(subscription));
  }

  #keyOf({ destination, isTranslated }: Subscription): string {
    return isTranslated ? this.#translatedKey(destination) : destination;
  }
}

/** What a user destination ends with when it is translated would make a literal of RabbitMQ's `*` and `#`: they must be whole words. */
function withSessionFirst(destination: string): string {
  const at = destination.lastIndexOf('-user');
  return at < 0 ? destination : destination.slice(at) + destination.slice(0, at);
}
