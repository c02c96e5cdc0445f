import type { Awaitable } from '../../../foundation/awaitable.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import { DestinationPattern, type PatternSyntax } from '../../../messaging/destination-pattern.js';
import type { Message } from '../../../messaging/message.js';
import type { BrokerContext } from '../../broker.js';
import { ackModeOf } from '../../delivery/ack-headers.js';
import type { BrokerCounters } from '../../delivery/broker-counters.js';
import { DestinationIndex, type SubscriptionGroups } from '../../delivery/destination-index.js';
import { MessageIds } from '../../delivery/message-ids.js';
import { countSessions, publishedMessage } from '../../delivery/published-message.js';
import type { SessionDeliveries } from '../../delivery/session-deliveries.js';
import { Subscription } from '../../delivery/subscription.js';
import type { SubscriptionFilters } from '../../delivery/subscription-filter.js';
import { SubscriptionRegistry } from '../../delivery/subscription-registry.js';

/** What local destinations work with. */
export interface LocalParts {
  readonly context: Pick<BrokerContext, 'destinationSeparator' | 'isLocal'>;
  readonly counters: BrokerCounters;
  /** The same for all parts of the relay: it keeps the order of each session. */
  readonly deliveries: SessionDeliveries;
  readonly filters: SubscriptionFilters;
}

/**
 * Where a subscription is served: here alone, at the broker alone, or at both, as a pattern may cover destinations of either kind. No message comes from
 * both, as each is sent one way.
 */
export type SubscriptionPlace = 'here' | 'broker' | 'both';

/** Destinations whose patterns are remembered: each is of one session, and few sessions have an acknowledged one. */
const ACKNOWLEDGED_CACHE_LIMIT = 1024;

/**
 * The destinations that concern clients of this server alone: translated user destinations, as the session they name is connected here
 * (docs/decisions/0057-user-destinations-stay-here.md), and those of which every server tells its own clients. They never touch the
 * broker and work while it is away.
 *
 * A user destination whose deliveries are acknowledged is the exception: its messages wait at the broker until they are. Such a subscription is named
 * here as long as it lives, for `isAwaitedAtBroker` to say which messages have to go there as well.
 */
export class LocalDestinations {
  readonly #parts: LocalParts;
  readonly #ids = new MessageIds();
  readonly #syntax: PatternSyntax;
  readonly #subscriptions: SubscriptionRegistry;
  readonly #atBroker: DestinationIndex;
  #atBrokerCount = 0;

  constructor(parts: LocalParts) {
    this.#parts = parts;
    this.#syntax = { separator: parts.context.destinationSeparator };
    this.#subscriptions = new SubscriptionRegistry(this.#syntax);
    this.#atBroker = new DestinationIndex(ACKNOWLEDGED_CACHE_LIMIT, this.#syntax);
  }

  /** How many subscriptions are served here, those served at the broker as well included; looks at every session. */
  get size(): number {
    return this.#subscriptions.size;
  }

  /** Whether a message to `destination` is served here: `publish` it, and let nobody else have it but as `isAwaitedAtBroker` says. */
  serves(destination: string, { userDestination }: Message): boolean {
    return userDestination !== undefined || this.#parts.context.isLocal(destination);
  }

  /**
   * Where the subscription of a SUBSCRIBE is served.
   * @throws MessageRejectedError `UNSUPPORTED_BY_BROKER`, which does not end the session: deliveries of what servers tell are not acknowledged; HeaderError
   */
  placeOf(destination: string, { headers, userDestination }: Message): SubscriptionPlace {
    const isAcknowledged = ackModeOf(headers) !== 'auto';
    if (userDestination !== undefined) return isAcknowledged ? 'broker' : 'here';
    if (!this.#parts.context.isLocal(destination)) {
      // What a pattern with acknowledgements covers of the destinations here cannot be acknowledged, and is left out.
      return DestinationPattern.isPattern(destination) && !isAcknowledged ? 'both' : 'broker';
    }
    if (!isAcknowledged) return 'here';
    const detail = `every server tells its own clients what it has to say at ${destination}; nothing there is acknowledged`;
    throw new MessageRejectedError(detail, { code: 'UNSUPPORTED_BY_BROKER', endsSession: false });
  }

  /**
   * Gives a message to every subscription here, at once.
   * @param destination of the message
   */
  publish(message: Message, destination: string): void {
    const isTranslated = message.userDestination !== undefined;
    this.#parts.counters.published += 1;
    const groups = this.#subscriptions.find(destination, isTranslated);
    const awaited = isTranslated && this.#atBrokerCount > 0 ? this.#atBroker.find(destination) : [];
    if (groups.length > 0 || (awaited.length > 0 && message.reach)) this.#fanOut(message, groups, awaited);
  }

  /**
   * Makes the subscription of a SUBSCRIBE that is served here, live at once.
   * @param session of the message, known to live
   * @throws MessageRejectedError `SUBSCRIPTION_ID_IN_USE`, `SELECTOR_MALFORMED`, `DESTINATION_MALFORMED`; HeaderError
   */
  subscribe(message: Message, destination: string): void {
    const { session, subscriptionId, ticket, userDestination } = message;
    if (!session || subscriptionId === undefined) {
      throw new MessageRejectedError('SUBSCRIBE needs a session and a subscription id');
    }
    const filter = this.#parts.filters.of(message);
    const isTranslated = userDestination !== undefined;
    this.#subscriptions.add(new Subscription(session, subscriptionId, destination, { isTranslated, ticket, filter }));
  }

  /** Ends a subscription, if there is one. Settles when nothing more of it reaches its client. */
  unsubscribe(sessionId: string, subscriptionId: string): Awaitable<void> {
    const removed = this.#subscriptions.remove(sessionId, subscriptionId);
    if (removed) return this.#parts.deliveries.ended(removed);
  }

  /** Ends all subscriptions of a session. */
  disconnect(sessionId: string): void {
    this.#subscriptions.removeSession(sessionId);
  }

  /** Ends everything. */
  clear(): void {
    this.#subscriptions.clear();
  }

  /**
   * From now on messages to a user destination go to the broker as well, where an acknowledged subscription to it is or is about to be.
   * @param subscription with the translation as its destination
   * @returns takes it back, once the subscription has ended
   */
  awaitAtBroker(subscription: Subscription): () => void {
    this.#atBroker.add(subscription, subscription.destination);
    this.#atBrokerCount += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#atBrokerCount -= 1;
      this.#atBroker.delete(subscription, subscription.destination);
    };
  }

  /** Whether a message to a translated user destination has to go to the broker as well, for an acknowledged subscription. */
  isAwaitedAtBroker(destination: string): boolean {
    return this.#atBrokerCount > 0 && this.#atBroker.find(destination).length > 0;
  }

  /** @param awaited subscriptions that get it by way of the broker: they count, and nothing more */
  #fanOut(message: Message, groups: SubscriptionGroups, awaited: SubscriptionGroups): void {
    const published = publishedMessage(message, { id: this.#ids.create() });
    if (message.reach) message.reach.sessions += countSessions([...groups, ...awaited], published);
    for (const group of groups) {
      for (const subscription of group) {
        if (subscription.filter && !subscription.filter(published)) continue;
        this.#parts.deliveries.deliver(subscription, published);
      }
    }
  }
}
