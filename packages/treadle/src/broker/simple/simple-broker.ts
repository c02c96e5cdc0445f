import { type Awaitable, rethrow, whenSettled } from '../../foundation/awaitable.js';
import { MessageRejectedError } from '../../foundation/errors.js';
import { DestinationPattern, type PatternSyntax } from '../../messaging/destination-pattern.js';
import type { Message } from '../../messaging/message.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { Broker, BrokerContext, BrokerFactory, BrokerStats, DestinationPolicyDescription } from '../broker.js';
import { ackModeOf, type PrefetchLimits, prefetchCountOf, resolvePrefetchLimits } from '../delivery/ack-headers.js';
import { Acknowledgements } from './acknowledgement/acknowledgements.js';
import { DeliveryWindows } from '../delivery/acknowledgement/delivery-windows.js';
import { BrokerCounters } from '../delivery/broker-counters.js';
import { checkSimpleBrokerOptions } from './check-options.js';
import { DestinationPrefixes, unreachableDestination } from '../delivery/destination-prefixes.js';
import { DispatchLoop } from '../delivery/dispatch-loop.js';
import { MessageIds } from '../delivery/message-ids.js';
import { recoveryRequestOf } from './history/recovery-request.js';
import { Outboxes } from './outbox/outboxes.js';
import { requireRoomForSubscriber } from './policy/admission.js';
import { describePolicies } from './policy/describe-policies.js';
import { DestinationPolicies } from './policy/destination-policies.js';
import { Topics } from './policy/topics.js';
import { Publisher } from './publisher.js';
import { DeadLetters } from './queue/dead-letters.js';
import { QueuePolicies } from './queue/queue-policies.js';
import { Queues, resolveQueueLimits } from './queue/queues.js';
import { SessionDeliveries } from '../delivery/session-deliveries.js';
import { DEFAULT_DESTINATION_PREFIXES, type SimpleBrokerOptions } from './simple-broker-options.js';
import { Subscription } from '../delivery/subscription.js';
import { SubscriptionFilters } from '../delivery/subscription-filter.js';
import { SubscriptionRegistry } from '../delivery/subscription-registry.js';

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
  readonly policies: readonly DestinationPolicyDescription[] | undefined;
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
  readonly #queues: Queues;
  readonly #topics: Topics;
  readonly #publisher: Publisher;
  readonly #reportAvailability: BrokerContext['reportAvailability'];
  // A SUBSCRIBE that was held up on its way may come after its session ended; it must not stay for ever (it does in Spring's `DefaultSubscriptionRegistry`).
  readonly #endedSessions = new WeakSet<SessionContext>();
  #state: 'new' | 'running' | 'stopped' = 'new';

  /** @throws ConfigurationError with everything that is wrong with the options */
  constructor(context: BrokerContext, options: SimpleBrokerOptions = {}) {
    checkSimpleBrokerOptions(options, context);
    this.destinationPrefixes = options.destinationPrefixes ?? DEFAULT_DESTINATION_PREFIXES;
    this.#prefixes = new DestinationPrefixes(this.destinationPrefixes);
    this.#syntax = { separator: context.destinationSeparator, wildcards: options.wildcards };
    this.policies = options.policies && describePolicies(options.policies, this.destinationPrefixes);
    this.#policies = new DestinationPolicies(options.policies, {
      ...this.#syntax,
      userPrefix: context.userDestinationPrefix,
    });
    this.#subscriptions = new SubscriptionRegistry({ ...this.#syntax, cacheLimit: options.cacheLimit });
    this.#deliveries = new SessionDeliveries(context, this.#counters);
    const { clock, logger } = context;
    const shared = { clock, logger, loop: this.#loop, counters: this.#counters, ids: new MessageIds() };
    this.#prefetchLimits = resolvePrefetchLimits(options);
    this.#windows = new DeliveryWindows({ ...shared, ...this.#prefetchLimits, deliveries: this.#deliveries });
    this.#acknowledgements = new Acknowledgements({ ...shared, windows: this.#windows });
    const parts = { ...shared, windows: this.#windows, deliveries: this.#deliveries, registry: this.#subscriptions };
    this.#queues = new Queues({
      ...parts,
      policies: new QueuePolicies(this.#policies, options.policies ?? [], this.destinationPrefixes),
      deadLetters: new DeadLetters(shared),
      ...resolveQueueLimits(options),
    });
    const outboxes = new Outboxes(context, this.#counters);
    this.#topics = new Topics({ ...parts, syntax: this.#syntax, policies: this.#policies, outboxes }, options);
    this.#publisher = new Publisher({ ...parts, policies: this.#policies, queues: this.#queues, topics: this.#topics });
    this.#reportAvailability = context.reportAvailability;
  }

  handles(destination: string): boolean {
    return this.#prefixes.covers(destination);
  }

  isPattern(destination: string): boolean {
    return DestinationPattern.isPattern(destination, this.#syntax.wildcards);
  }

  /** The numbers of this moment; looks at every queue. */
  get stats(): BrokerStats & Required<Pick<BrokerStats, 'queues'>> {
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
    this.#publisher.publish(message, destination);
  }

  #subscribe(message: Message): Awaitable<void> {
    const { destination, session, subscriptionId, userDestination } = message;
    if (destination !== undefined && !this.handles(destination)) {
      if (userDestination !== undefined) throw unreachableDestination(userDestination, destination);
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
    this.#topics.subscribed(subscription, recovery);
    return whenSettled(
      () => this.#queues.subscribe(subscription),
      (error) => {
        if (error === undefined) return;
        if (subscription.isActive) this.#end(this.#subscriptions.remove(session.id, subscriptionId));
        rethrow(error);
      },
    );
  }

  /** By session and id alone: the client's word for the destination does not matter, and an unknown id is the session's concern. */
  #unsubscribe({ sessionId, subscriptionId }: Message): Awaitable<void> {
    if (sessionId === undefined || subscriptionId === undefined) return;
    const removed = this.#subscriptions.remove(sessionId, subscriptionId);
    this.#end(removed);
    if (removed) return this.#deliveries.ended(removed);
  }

  /** Of a subscription that was removed. */
  #end(subscription: Subscription | undefined): void {
    if (!subscription) return;
    this.#loop.batch(() => {
      void this.#queues.unsubscribe(subscription);
      this.#windows.end(subscription);
    });
  }

  #disconnect({ session }: Message): void {
    if (!session) return;
    this.#endedSessions.add(session);
    const removed = this.#subscriptions.removeSession(session.id);
    this.#loop.batch(() => {
      for (const subscription of removed) void this.#queues.unsubscribe(subscription);
      this.#windows.endSession(session.id, removed);
    });
  }

  #requireRunning(): void {
    if (this.#state === 'running') return;
    if (this.#state === 'new') throw new MessageRejectedError('the broker has not been started yet');
    throw new MessageRejectedError('the broker has been stopped', { code: 'SERVER_STOPPING' });
  }
}
