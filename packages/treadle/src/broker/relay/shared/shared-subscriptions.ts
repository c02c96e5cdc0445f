import type { Awaitable } from '../../../foundation/awaitable.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { Subscription } from '../../delivery/subscription.js';
import { SharedSubscription, type SharedSubscriptionParts } from './shared-subscription.js';

/** Subscriptions without listeners that linger at one time: a client could leave behind as many as it likes. */
const MOST_IDLE = 1000;

/** The subscriptions of one shared connection, one for each destination or pattern that somebody here listens to. */
export class SharedSubscriptions {
  readonly #parts: Omit<SharedSubscriptionParts, 'onIdle' | 'onOver'>;
  readonly #byDestination = new Map<string, SharedSubscription>();
  /** Those that linger, the longest first. */
  readonly #idle = new Set<SharedSubscription>();

  constructor(parts: Omit<SharedSubscriptionParts, 'onIdle' | 'onOver'>) {
    this.#parts = parts;
  }

  /** Adds a listener to its destination. Settles, and fails, as `SharedSubscription.join`. */
  join(listener: Subscription): Awaitable<void> {
    const { destination } = listener;
    let subscription = this.#byDestination.get(destination);
    if (subscription) {
      this.#idle.delete(subscription);
    } else {
      subscription = new SharedSubscription(destination, {
        ...this.#parts,
        onIdle: (idle) => this.#idles(idle),
        onOver: (over) => this.#forget(over),
      });
      this.#byDestination.set(destination, subscription);
    }
    return subscription.join(listener);
  }

  /** Takes a listener away; does nothing when it is not one. */
  leave(listener: Subscription): void {
    this.#byDestination.get(listener.destination)?.leave(listener);
  }

  /** Ends those that linger. */
  endIdle(): void {
    for (const subscription of [...this.#idle]) subscription.endIfIdle();
  }

  /** The sessions with a live subscription. */
  sessions(): Set<SessionContext> {
    const sessions = new Set<SessionContext>();
    for (const { listeners } of this.#byDestination.values()) {
      for (const { session } of listeners) sessions.add(session);
    }
    return sessions;
  }

  #idles(subscription: SharedSubscription): void {
    this.#idle.delete(subscription);
    this.#idle.add(subscription);
    const [oldest] = this.#idle;
    if (this.#idle.size > MOST_IDLE) oldest?.endIfIdle();
  }

  #forget(subscription: SharedSubscription): void {
    this.#idle.delete(subscription);
    // Its place may have been taken already.
    if (this.#byDestination.get(subscription.destination) === subscription) {
      this.#byDestination.delete(subscription.destination);
    }
  }
}
