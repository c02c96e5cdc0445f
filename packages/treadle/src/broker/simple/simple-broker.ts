import type { Awaitable } from '../../foundation/awaitable.js';
import { MessageRejectedError } from '../../foundation/errors.js';
import { DestinationPattern, type PatternSyntax } from '../../messaging/destination-pattern.js';
import { type CompleteMessageInit, Message } from '../../messaging/message.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { Broker, BrokerContext, BrokerFactory, BrokerStats } from '../broker.js';
import {
  ackModeOf,
  type PrefetchLimits,
  prefetchCountOf,
  resolvePrefetchLimits,
} from './acknowledgement/ack-headers.js';
import { Acknowledgements } from './acknowledgement/acknowledgements.js';
import { DeliveryWindows } from './acknowledgement/delivery-windows.js';
import { BrokerCounters } from './broker-counters.js';
import { checkSimpleBrokerOptions } from './check-options.js';
import type { SubscriptionGroups } from './destination-index.js';
import { DestinationPrefixes } from './destination-prefixes.js';
import { DispatchLoop } from './dispatch-loop.js';
import { MessageIds } from './message-ids.js';
import { recoveryRequestOf } from './history/recovery-request.js';
import { Outboxes } from './outbox/outboxes.js';
import { Admission, requireRoomForSubscriber } from './policy/admission.js';
import { DestinationPolicies } from './policy/destination-policies.js';
import type { DestinationPolicy, TopicPolicy } from './policy/destination-policy.js';
import { publishedHeaders } from './policy/published-headers.js';
import { Topics } from './policy/topics.js';
import { DeadLetters } from './queue/dead-letters.js';
import { QueuePolicies } from './queue/queue-policies.js';
import type { QueueSettings } from './queue/queue-settings.js';
import { Queues, resolveQueueLimits } from './queue/queues.js';
import { SessionDeliveries } from './session-deliveries.js';
import type { SimpleBrokerOptions } from './simple-broker-options.js';
import { Subscription } from './subscription.js';
import { SubscriptionFilters } from './subscription-filter.js';
import { SubscriptionRegistry } from './subscription-registry.js';

/** The embedded broker, for the `broker` option of an application. */
export function simpleBroker(options: SimpleBrokerOptions = {}): BrokerFactory {
  return (context) => new SimpleBroker(context, options);
}

/**
 * Keeps subscriptions in memory and gives each published message to all that match (Spring: `SimpleBrokerMessageHandler`).
 *
 * Every matching subscription gets its own copy, the sender's too. A session gets its messages in the order of their publication. A
 * message that nobody subscribed to is gone. What policies make a queue is held instead, and goes to one subscription at a time.
 */
export class SimpleBroker implements Broker {
  readonly destinationPrefixes: readonly string[];
  readonly #prefixes: DestinationPrefixes;
  readonly #syntax: PatternSyntax;
  readonly #policies: DestinationPolicies;
  readonly #subscriptions: SubscriptionRegistry;
  readonly #filters = new SubscriptionFilters();
  readonly #deliveries: SessionDeliveries;
  readonly #counters = new BrokerCounters();
  readonly #loop = new DispatchLoop();
  readonly #windows: DeliveryWindows;
  readonly #acknowledgements: Acknowledgements;
  readonly #prefetchLimits: PrefetchLimits;
  readonly #queuePolicies: QueuePolicies;
  readonly #queues: Queues;
  readonly #admission: Admission;
  readonly #topics: Topics;
  readonly #reportAvailability: BrokerContext['reportAvailability'];
  // A SUBSCRIBE that was held up on its way may come after its session ended; it must not stay for ever (it does in Spring's `DefaultSubscriptionRegistry`).
  readonly #endedSessions = new WeakSet<SessionContext>();
  readonly #ids = new MessageIds();
  #state: 'new' | 'running' | 'stopped' = 'new';

  /** @throws ConfigurationError with everything that is wrong with the options */
  constructor(context: BrokerContext, options: SimpleBrokerOptions = {}) {
    this.destinationPrefixes = options.destinationPrefixes ?? ['/topic', '/queue'];
    checkSimpleBrokerOptions({ ...options, destinationPrefixes: this.destinationPrefixes }, context);
    this.#prefixes = new DestinationPrefixes(this.destinationPrefixes);
    this.#syntax = { separator: context.destinationSeparator, wildcards: options.wildcards };
    this.#policies = new DestinationPolicies(options.policies, this.#syntax);
    this.#subscriptions = new SubscriptionRegistry({ ...this.#syntax, cacheLimit: options.cacheLimit });
    this.#deliveries = new SessionDeliveries(context, this.#counters);
    const shared = { loop: this.#loop, counters: this.#counters, clock: context.clock, logger: context.logger };
    this.#windows = new DeliveryWindows({ ...shared, deliveries: this.#deliveries });
    this.#acknowledgements = new Acknowledgements({ ...shared, windows: this.#windows });
    this.#prefetchLimits = resolvePrefetchLimits(options);
    this.#queuePolicies = new QueuePolicies(this.#policies, options.policies ?? [], this.destinationPrefixes);
    this.#queues = new Queues({
      ...shared,
      policies: this.#queuePolicies,
      registry: this.#subscriptions,
      windows: this.#windows,
      deadLetters: new DeadLetters({ ...shared, ids: this.#ids }),
      ...resolveQueueLimits(options),
    });
    this.#admission = new Admission(context.clock);
    const parts = {
      syntax: this.#syntax,
      policies: this.#policies,
      windows: this.#windows,
      deliveries: this.#deliveries,
    };
    this.#topics = new Topics({ ...shared, ...parts, outboxes: new Outboxes(context, this.#counters) }, options);
    this.#reportAvailability = context.reportAvailability;
  }

  handles(destination: string): boolean {
    return this.#prefixes.covers(destination);
  }

  isPattern(destination: string): boolean {
    return DestinationPattern.isPattern(destination, this.#syntax.wildcards);
  }

  /** The numbers of this moment; looks at every queue. */
  get stats(): BrokerStats {
    return {
      subscriptions: this.#subscriptions.size,
      messages: this.#counters.describe(),
      queues: this.#queues.describe(),
    };
  }

  start(): void {
    this.#state = 'running';
    this.#reportAvailability(true);
  }

  stop(): void {
    this.#state = 'stopped';
    this.#reportAvailability(false);
    this.#subscriptions.clear();
    this.#queues.clear();
    this.#topics.stop();
  }

  /**
   * @throws MessageRejectedError `SUBSCRIPTION_ID_IN_USE`, `HEADER_MALFORMED`, `SELECTOR_MALFORMED`, `ACKNOWLEDGEMENT_UNKNOWN`, `DESTINATION_UNKNOWN`,
   *   `SERVER_STOPPING`; and, concerning the message or subscription alone, `QUEUE_FULL` and `SUBSCRIBER_LIMIT_EXCEEDED`
   */
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
        this.#requireRunning();
        return this.#acknowledgements.handle(message);
      case 'CONNECT':
      // A session becomes known by its first SUBSCRIBE.
    }
  }

  #publish(message: Message): void {
    const { destination } = message;
    if (destination === undefined || !this.handles(destination)) return;
    this.#requireRunning();
    const policy = this.#policies.find(message);
    const queue = message.userDestination === undefined ? this.#queuePolicies.settingsOf(destination) : undefined;
    if (policy ?? queue) return this.#counters.accepting(() => this.#publishByPolicy(message, policy, queue));
    this.#counters.published += 1;
    const groups = this.#subscriptions.find(destination, message.userDestination !== undefined);
    if (groups.length > 0) this.#fanOut(message, this.#createPublished(message), groups);
  }

  #publishByPolicy(message: Message, policy: DestinationPolicy | undefined, queue: QueueSettings | undefined): void {
    const added = policy && this.#admission.admit(message, policy);
    if (policy && !added) this.#counters.expired += 1;
    else if (queue) this.#enqueue(message, this.#createPublished(message, added), queue);
    else if (policy && policy.kind !== 'queue') this.#publishToTopic(message, policy, added);
  }

  #enqueue(message: Message, published: Message, settings: QueueSettings): void {
    const hasConsumers = this.#queues.publish(published, settings);
    if (message.reach && hasConsumers) message.reach.sessions += 1;
  }

  #publishToTopic(message: Message, policy: TopicPolicy, added: readonly string[] = []): void {
    const published = this.#topics.publish(message, policy, (first, without) =>
      this.#createPublished(message, [...first, ...added], without),
    );
    const { destination = '', userDestination } = message;
    const groups = this.#subscriptions.find(destination, userDestination !== undefined);
    if (groups.length > 0) this.#fanOut(message, published, groups, policy);
  }

  #fanOut({ reach }: Message, published: Message, groups: SubscriptionGroups, policy?: TopicPolicy): void {
    if (reach) reach.sessions += countSessions(groups, published);
    for (const group of groups) {
      for (const subscription of group) {
        if (subscription.filter && !subscription.filter(published)) continue;
        if (policy) this.#topics.deliver(subscription, published, policy);
        else if (subscription.outbox) subscription.outbox.offer(published, undefined);
        else this.#deliveries.deliver(subscription, published);
      }
    }
  }

  /**
   * What all receivers get: nothing in its frames tells who sent it (docs/decisions/0008-outgoing-headers.md).
   * @param added further headers, flat
   * @param without names that only `added` may have
   */
  #createPublished(message: Message, added?: readonly string[], without?: readonly string[]): Message {
    const { payload, destination, headers, senderId, userDestination, flow } = message;
    return new Message({
      type: 'MESSAGE',
      payload,
      destination,
      headers: publishedHeaders(headers, added, without),
      session: undefined,
      senderId,
      subscriptionId: undefined,
      id: this.#ids.create(),
      userDestination,
      turn: undefined,
      reach: undefined,
      flow,
      ticket: undefined,
      acknowledgement: undefined,
    } satisfies CompleteMessageInit<Uint8Array>);
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
    if (this.#endedSessions.has(session)) throw new MessageRejectedError(`session ${session.id} has ended`);
    const isTranslated = userDestination !== undefined;
    const recovery = recoveryRequestOf(message);
    const policy = this.#policies.find(message);
    requireRoomForSubscriber(destination, policy, () => this.#subscriptions.find(destination, isTranslated));
    const subscription = new Subscription(session, subscriptionId, destination, {
      isTranslated,
      ticket: message.ticket,
      filter: this.#filters.of(message),
      ackMode: ackModeOf(message.headers),
      prefetchCount: prefetchCountOf(message.headers, this.#prefetchLimits),
    });
    this.#subscriptions.add(subscription);
    try {
      this.#queues.subscribe(subscription);
    } catch (error) {
      this.#subscriptions.remove(session.id, subscriptionId);
      throw error;
    }
    this.#topics.subscribed(subscription, recovery);
  }

  /** By session and id alone: the client's word for the destination does not matter, and an unknown id is the session's concern. */
  #unsubscribe({ sessionId, subscriptionId }: Message): Awaitable<void> {
    if (sessionId === undefined || subscriptionId === undefined) return;
    const removed = this.#subscriptions.remove(sessionId, subscriptionId);
    if (!removed) return;
    this.#loop.batch(() => {
      this.#queues.unsubscribe(removed);
      this.#windows.end(removed);
    });
    return this.#deliveries.ended(removed);
  }

  #disconnect({ session }: Message): void {
    if (!session) return;
    this.#endedSessions.add(session);
    const removed = this.#subscriptions.removeSession(session.id);
    this.#loop.batch(() => {
      for (const subscription of removed) this.#queues.unsubscribe(subscription);
      this.#windows.endSession(session.id, removed);
    });
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
