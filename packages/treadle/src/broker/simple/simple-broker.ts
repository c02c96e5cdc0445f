import { randomBytes } from 'node:crypto';
import type { Awaitable } from '../../foundation/awaitable.js';
import { MessageRejectedError } from '../../foundation/errors.js';
import { Message } from '../../messaging/message.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { Broker, BrokerContext, BrokerFactory } from '../broker.js';
import type { SubscriptionGroups } from './destination-index.js';
import { DestinationPrefixes } from './destination-prefixes.js';
import { DestinationPolicies } from './policy/destination-policies.js';
import type { DestinationPolicy } from './policy/destination-policy.js';
import { outgoingHeaders } from '../../messaging/outgoing-headers.js';
import { SessionDeliveries } from './session-deliveries.js';
import { Subscription } from './subscription.js';
import { SubscriptionFilters } from './subscription-filter.js';
import { SubscriptionRegistry } from './subscription-registry.js';

/** What the embedded broker can be told. */
export interface SimpleBrokerOptions {
  /**
   * What begins the destinations of the broker; default `['/topic', '/queue']`. `/topic` covers `/topic`, `/topic/…` and `/topic.…`.
   * All with a leading slash or all without.
   */
  readonly destinationPrefixes?: readonly string[];
  /** Destinations whose matching wildcard subscriptions are remembered; default 1024. `0` remembers none. */
  readonly cacheLimit?: number;
  /** How some destinations are treated, the first that matches counts; default none: every destination fans out, as in Spring. */
  readonly policies?: readonly DestinationPolicy[];
}

/** The embedded broker, for the `broker` option of an application. */
export function simpleBroker(options: SimpleBrokerOptions = {}): BrokerFactory {
  return (context) => new SimpleBroker(context, options);
}

/**
 * Keeps subscriptions in memory and gives each published message to all that match (Spring: `SimpleBrokerMessageHandler`).
 *
 * Every matching subscription gets its own copy, the sender's too. A session gets its messages in the order of their publication. A
 * message that nobody subscribed to is gone. Acknowledgement modes other than `auto` are refused.
 */
export class SimpleBroker implements Broker {
  readonly destinationPrefixes: readonly string[];
  readonly #prefixes: DestinationPrefixes;
  readonly #policies: DestinationPolicies;
  readonly #subscriptions: SubscriptionRegistry;
  readonly #filters = new SubscriptionFilters();
  readonly #deliveries: SessionDeliveries;
  readonly #reportAvailability: BrokerContext['reportAvailability'];
  // A SUBSCRIBE that was held up on its way may come after its session ended; it must not stay for ever (it does in Spring's `DefaultSubscriptionRegistry`).
  readonly #endedSessions = new WeakSet<SessionContext>();
  readonly #idPrefix = randomBytes(6).toString('hex');
  #nextId = 0;
  #state: 'new' | 'running' | 'stopped' = 'new';

  /** @throws ConfigurationError when the prefixes are none, too wide or inconsistent */
  constructor(context: BrokerContext, options: SimpleBrokerOptions = {}) {
    this.destinationPrefixes = options.destinationPrefixes ?? ['/topic', '/queue'];
    this.#prefixes = new DestinationPrefixes(this.destinationPrefixes);
    this.#prefixes.check();
    this.#policies = new DestinationPolicies(options.policies, context.destinationSeparator);
    this.#subscriptions = new SubscriptionRegistry({
      cacheLimit: options.cacheLimit,
      separator: context.destinationSeparator,
    });
    this.#deliveries = new SessionDeliveries(context);
    this.#reportAvailability = context.reportAvailability;
  }

  handles(destination: string): boolean {
    return this.#prefixes.covers(destination);
  }

  start(): void {
    this.#state = 'running';
    this.#reportAvailability(true);
  }

  stop(): void {
    this.#state = 'stopped';
    this.#reportAvailability(false);
    this.#subscriptions.clear();
  }

  /** @throws MessageRejectedError `SUBSCRIPTION_ID_IN_USE`, `ACK_MODE_UNSUPPORTED`, `ACKNOWLEDGEMENT_UNSUPPORTED`, `DESTINATION_UNKNOWN`, `SERVER_STOPPING` */
  handleMessage(message: Message): Awaitable<void> {
    switch (message.type) {
      case 'MESSAGE':
        return this.#publish(message);
      case 'SUBSCRIBE':
        return this.#subscribe(message);
      case 'UNSUBSCRIBE':
        return this.#unsubscribe(message);
      case 'DISCONNECT':
        return this.#disconnect(message);
      case 'ACK':
      case 'NACK':
        throw unexpectedAcknowledgement(message);
      case 'CONNECT':
      // A session becomes known by its first SUBSCRIBE.
    }
  }

  #publish(message: Message): void {
    const { destination } = message;
    if (destination === undefined || !this.handles(destination)) return;
    this.#requireRunning();
    const groups = this.#subscriptions.find(destination, message.userDestination !== undefined);
    if (groups.length === 0) return;
    const published = this.#createPublished(message);
    if (message.reach) message.reach.sessions += countSessions(groups, published);
    for (const group of groups) {
      for (const subscription of group) {
        if (subscription.filter && !subscription.filter(published)) continue;
        this.#deliveries.deliver(subscription, published);
      }
    }
  }

  /** What all receivers get: nothing in its frames tells who sent it (docs/decisions/0008-outgoing-headers.md). */
  #createPublished({ payload, destination, headers, senderId, userDestination, flow }: Message): Message {
    this.#nextId += 1;
    const id = `${this.#idPrefix}-${this.#nextId}`;
    return new Message({
      type: 'MESSAGE',
      payload,
      destination,
      headers: outgoingHeaders(headers),
      id,
      senderId,
      userDestination,
      flow,
    });
  }

  #subscribe(message: Message): void {
    const { destination, session, subscriptionId, userDestination } = message;
    if (destination !== undefined && !this.handles(destination)) {
      if (userDestination !== undefined) throw unreachable(userDestination, destination);
      return;
    }
    this.#requireRunning();
    if (!destination || !session || subscriptionId === undefined) {
      throw new MessageRejectedError('SUBSCRIBE needs a session, a subscription id and a destination');
    }
    requireAutoAck(message);
    if (this.#endedSessions.has(session)) throw new MessageRejectedError(`session ${session.id} has ended`);
    const isTranslated = userDestination !== undefined;
    const subscription = new Subscription(session, subscriptionId, destination, {
      isTranslated,
      ticket: message.ticket,
      filter: this.#filters.of(message),
    });
    this.#subscriptions.add(subscription);
  }

  /** By session and id alone: the client's word for the destination does not matter, and an unknown id is the session's concern. */
  #unsubscribe({ sessionId, subscriptionId }: Message): Awaitable<void> {
    if (sessionId === undefined || subscriptionId === undefined) return;
    const removed = this.#subscriptions.remove(sessionId, subscriptionId);
    if (removed) return this.#deliveries.ended(removed);
  }

  #disconnect({ session }: Message): void {
    if (!session) return;
    this.#endedSessions.add(session);
    this.#subscriptions.removeSession(session.id);
  }

  #requireRunning(): void {
    if (this.#state === 'running') return;
    if (this.#state === 'new') throw new MessageRejectedError('the broker has not been started yet');
    throw new MessageRejectedError('the broker has been stopped', { code: 'SERVER_STOPPING' });
  }
}

/** Several subscriptions of one session may match; those that do not want the message do not count. */
function countSessions(groups: SubscriptionGroups, published: Message): number {
  const wanting = groups.flat().filter(({ filter }) => !filter || filter(published));
  return new Set(wanting.map(({ session }) => session.id)).size;
}

/** Nobody else will take what has been translated, so silence would leave the client waiting. */
function unreachable(userDestination: string, destination: string): MessageRejectedError {
  const detail = `${userDestination} leads to ${destination}, which has none of the broker's prefixes`;
  return new MessageRejectedError(detail, { code: 'DESTINATION_UNKNOWN' });
}

/** No delivery waits for one: every subscription is `ack:auto` (STOMP 1.2 § SUBSCRIBE ack Header). */
function unexpectedAcknowledgement({ type }: Message): MessageRejectedError {
  const detail = `${type}: deliveries of the simple broker are acknowledged when they are sent`;
  return new MessageRejectedError(detail, { code: 'ACKNOWLEDGEMENT_UNSUPPORTED' });
}

function requireAutoAck({ headers, destination }: Message): void {
  const mode = headers.get('ack');
  if (mode === undefined || mode === 'auto') return;
  const detail = `SUBSCRIBE ${destination}: the simple broker acknowledges by itself and cannot serve ack:${mode}`;
  throw new MessageRejectedError(detail, { code: 'ACK_MODE_UNSUPPORTED' });
}
