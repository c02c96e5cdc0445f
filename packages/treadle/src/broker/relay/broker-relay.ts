import { type Awaitable, rethrow, whenSettled } from '../../foundation/awaitable.js';
import { MessageRejectedError } from '../../foundation/errors.js';
import type { Message } from '../../messaging/message.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { Broker, BrokerContext, BrokerFactory, BrokerHealth, BrokerSettings, BrokerStats } from '../broker.js';
import type { ServerLink } from '../cluster/server-link.js';
import { ackModeOf, prefetchCountOf, resolvePrefetchLimits } from '../delivery/ack-headers.js';
import { DestinationPrefixes, unreachableDestination } from '../delivery/destination-prefixes.js';
import { Subscription } from '../delivery/subscription.js';
import { checkBrokerRelayOptions } from './check-options.js';
import { describeSettings } from './describe-settings.js';
import { LocalDestinations } from './local/local-destinations.js';
import { RelayClients } from './relay-clients.js';
import { outcomeUnknown } from './link/link-errors.js';
import type { BrokerRelayOptions } from './relay-options.js';
import { createRelayParts, type RelayParts } from './relay-parts.js';
import { RelayedSession, type RelayedSubscription } from './relay-sessions.js';
import { resolveRelaySettings } from './relay-settings.js';
import { RelayServers } from './servers/relay-servers.js';
import { SystemConnection } from './system/system-connection.js';

/**
 * A broker elsewhere that speaks STOMP, such as RabbitMQ or ActiveMQ, for the `broker` option of an application. Several servers of an application share it.
 * @throws ConfigurationError from `createApplication`, with everything that is wrong with the options
 */
export function brokerRelay(options: BrokerRelayOptions = {}): BrokerFactory {
  return (context) => new BrokerRelay(context, options);
}

/**
 * Carries messages to a broker elsewhere and back (Spring: `StompBrokerRelayMessageHandler`). Each side ends its own protocol: clients speak with their session here,
 * the relay speaks STOMP with the broker, and a message settles when the broker has answered (docs/decisions/0055-the-relay-ends-both-protocols.md).
 *
 * What concerns clients of this server alone never goes there: translated user destinations, and what each server tells its own.
 */
export class BrokerRelay implements Broker {
  readonly destinationPrefixes: readonly string[];
  readonly settings: BrokerSettings;
  readonly #parts: RelayParts;
  readonly #prefixes: DestinationPrefixes;
  readonly #local: LocalDestinations;
  readonly #system: SystemConnection;
  readonly #servers: RelayServers;
  readonly #clients: RelayClients;
  readonly #sessions = new Map<string, RelayedSession>();
  /** Connections of sessions that have ended. */
  readonly #closing = new Set<Promise<boolean>>();
  // A SUBSCRIBE that was held up on its way may come after its session ended; it must not stay for ever.
  readonly #endedSessions = new WeakSet<SessionContext>();
  #state: 'new' | 'running' | 'stopped' = 'new';

  /** @throws ConfigurationError with everything that is wrong with the options */
  constructor(context: BrokerContext, options: BrokerRelayOptions = {}) {
    checkBrokerRelayOptions(options, context);
    const settings = resolveRelaySettings(options);
    this.#parts = createRelayParts(context, settings);
    this.settings = describeSettings(settings);
    this.destinationPrefixes = settings.destinationPrefixes;
    this.#prefixes = new DestinationPrefixes(settings.destinationPrefixes);
    this.#local = new LocalDestinations({ ...this.#parts });
    const { clock, logger } = context;
    this.#servers = new RelayServers({
      settings,
      send: (word) => this.#system.sendToServers(word),
      hasComplained: () => this.#system.hasComplained,
      clock,
      logger,
    });
    this.#system = new SystemConnection(this.#parts, this.#servers);
    this.#clients = new RelayClients(this.#parts, () => this.#system.link.failure !== undefined);
  }

  handles(destination: string): boolean {
    return this.#prefixes.covers(destination);
  }

  get servers(): ServerLink {
    return this.#servers;
  }

  get health(): BrokerHealth {
    return this.#system.health;
  }

  /** The numbers of this moment; looks at every session. */
  get stats(): BrokerStats {
    const { counters } = this.#parts;
    let subscriptions = 0;
    for (const session of this.#sessions.values()) subscriptions += session.subscriptionCount;
    return { subscriptions, messages: counters.describe(), connections: counters.describeConnections() };
  }

  /** Waits for no broker: it is reported when it is there, and messages wait for it meanwhile. */
  start(): void {
    this.#state = 'running';
    this.#system.start();
    this.#clients.start();
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    for (const { session } of this.#sessions.values()) void this.#disconnect(session);
    await Promise.all([...this.#closing, this.#clients.stop(), this.#system.stop()]);
  }

  /**
   * @throws MessageRejectedError `BROKER_UNAVAILABLE`, `BROKER_REFUSED`, `OUTCOME_UNKNOWN`, `UNSUPPORTED_BY_BROKER`, which concern the message alone;
   *   `ACKNOWLEDGEMENT_LOST`, and those of the embedded broker but for its limits
   */
  handleMessage(message: Message): Awaitable<void> {
    switch (message.type) {
      case 'MESSAGE':
        return this.#publish(message);
      case 'SUBSCRIBE':
        return this.#subscribe(message);
      case 'UNSUBSCRIBE':
        return this.#unsubscribe(message);
      case 'ACK':
      case 'NACK':
        return this.#sessionOf(message).client.acknowledge(message);
      case 'CONNECT':
        return this.#connect(message);
      case 'DISCONNECT':
        if (!message.session) return;
        return this.#answered(message, this.#disconnect(message.session));
    }
  }

  #connect({ session, headers }: Message): Awaitable<void> {
    this.#requireRunning();
    if (!session || this.#endedSessions.has(session)) {
      throw new MessageRejectedError('CONNECT needs a session that lives');
    }
    this.#parts.senders.add(session.id);
    const relayed = new RelayedSession(session, this.#clients.create(session));
    this.#sessions.set(session.id, relayed);
    return relayed.client.connect(headers);
  }

  #publish(message: Message): Awaitable<void> {
    const { destination } = message;
    if (destination === undefined || !this.handles(destination)) return;
    this.#requireRunning();
    if (this.#local.serves(destination, message)) {
      this.#local.publish(message, destination);
      if (message.userDestination === undefined || !this.#local.isAwaitedAtBroker(destination)) return;
    }
    if (message.session) {
      this.#servers.requireOpenToClients(destination);
      const relayed = this.#sessions.get(message.session.id);
      if (relayed) return relayed.client.publish(message, destination);
      // A transaction that is being committed takes effect whole, though its session has ended (STOMP 1.2 § BEGIN): by the system connection below.
    }
    const turn =
      message.senderId === undefined ? undefined : this.#sessions.get(message.senderId)?.whenOwnIsConfirmed();
    if (turn) return turn.then(() => this.#system.publish(message, destination));
    return this.#system.publish(message, destination);
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
    this.#servers.requireOpenToClients(destination);
    const relayed = this.#sessionOf(message);
    relayed.requireFree(subscriptionId);
    const place = this.#local.placeOf(destination, message);
    const subscription = place === 'here' ? undefined : this.#createSubscription(message, session, destination);
    const isAwaited = subscription !== undefined && subscription.isTranslated;
    if (place !== 'broker') this.#local.subscribe(message, destination);
    const made = { place, subscription, release: isAwaited ? this.#local.awaitAtBroker(subscription) : undefined };
    relayed.add(subscriptionId, made);
    if (subscription) return this.#subscribeAtBroker(relayed, made, message);
  }

  /** @throws MessageRejectedError `SELECTOR_MALFORMED`; HeaderError */
  #createSubscription(message: Message, session: SessionContext, destination: string): Subscription {
    const { subscriptionId = '', userDestination, ticket, headers } = message;
    return new Subscription(session, subscriptionId, destination, {
      isTranslated: userDestination !== undefined,
      ticket,
      filter: this.#parts.filters.of(message),
      ackMode: ackModeOf(headers),
      prefetchCount: prefetchCountOf(headers, { ...resolvePrefetchLimits(this.#parts.settings) }),
    });
  }

  #subscribeAtBroker(
    relayed: RelayedSession,
    made: RelayedSubscription,
    { headers, userDestination, subscriptionId = '' }: Message,
  ): Awaitable<void> {
    const { subscription } = made;
    if (!subscription) return;
    return whenSettled(
      () => relayed.client.subscribe({ subscription, headers, userDestination }),
      (error) => {
        if (error === undefined) return;
        if (relayed.remove(subscriptionId, made)) void this.#local.unsubscribe(relayed.session.id, subscriptionId);
        rethrow(error);
      },
    );
  }

  /** By session and id alone: the client's word for the destination does not matter, and an unknown id is the session's concern. */
  async #unsubscribe({ sessionId = '', subscriptionId }: Message): Promise<void> {
    if (subscriptionId === undefined) return;
    const relayed = this.#sessions.get(sessionId);
    const removed = relayed?.remove(subscriptionId);
    if (!relayed || !removed) return;
    if (removed.place !== 'broker') await this.#local.unsubscribe(sessionId, subscriptionId);
    if (removed.subscription) await relayed.client.unsubscribe(removed.subscription);
  }

  /** Resolves when nothing of it is open any more; as `RelayClient.disconnect`. */
  async #disconnect(session: SessionContext): Promise<boolean> {
    this.#endedSessions.add(session);
    const relayed = this.#sessions.get(session.id);
    if (!relayed) return true;
    this.#sessions.delete(session.id);
    relayed.removeAll();
    this.#local.disconnect(session.id);
    this.#parts.senders.delete(session.id);
    const closed = relayed.client.disconnect();
    this.#closing.add(closed);
    const isComplete = await closed;
    this.#closing.delete(closed);
    return isComplete;
  }

  /** Only who asked for a receipt waits for the broker: its answer is that everything was handled (STOMP 1.2 § DISCONNECT). */
  #answered({ headers }: Message, closed: Promise<boolean>): Awaitable<void> {
    if (!headers.has('receipt')) return;
    return closed.then((isComplete) => {
      if (!isComplete) throw outcomeUnknown('the broker has not said that it took all that the session sent');
    });
  }

  /** @throws MessageRejectedError when it is not connected, or has ended */
  #sessionOf({ sessionId = '' }: Message): RelayedSession {
    this.#requireRunning();
    const relayed = this.#sessions.get(sessionId);
    if (relayed) return relayed;
    throw new MessageRejectedError(`session ${sessionId} has ended, or was never connected`);
  }

  #requireRunning(): void {
    if (this.#state === 'running') return;
    if (this.#state === 'new') throw new MessageRejectedError('the broker has not been started yet');
    throw new MessageRejectedError('the broker has been stopped', { code: 'SERVER_STOPPING' });
  }
}
