import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Awaitable, DONE, rethrow, whenSettled } from '../../../foundation/awaitable.js';
import type { Clock } from '../../../foundation/clock.js';
import type { Logger } from '../../../foundation/logger.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import { OccasionalWarning } from '../../../foundation/occasional-warning.js';
import { ownOctets } from '../../../foundation/own-octets.js';
import { NativeHeaders } from '../../../messaging/native-headers.js';
import type { BroadcastTopic, ReceivedBroadcast, ServerLink } from '../../cluster/server-link.js';
import type { Dialect } from '../dialect/dialect.js';
import { SERVER_HEADER } from '../dialect/packed-headers.js';
import type { BrokerMessage, LinkFrame } from '../link/broker-link.js';
import type { RelaySettings } from '../relay-settings.js';
import { brokerRefused } from '../link/link-errors.js';
import { BroadcastSubscription, type SystemLink } from './broadcast-subscription.js';

/** What the servers' link works with. */
export interface RelayServersOptions {
  readonly settings: Pick<
    RelaySettings,
    'userDestinationBroadcast' | 'userRegistryBroadcast' | 'reconnectDelayMs' | 'maxReconnectDelayMs'
  >;
  /** Sends over the system connection, in order and within its bounds; settles when the broker has it. */
  readonly send: (word: ServersWord) => Awaitable<void>;
  /** Whether the broker said ERROR on the system connection just now, and named nobody. */
  readonly hasComplained: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What goes to the other servers. */
export interface ServersWord {
  readonly topic: BroadcastTopic;
  readonly body: Uint8Array;
  /** For the dialect of the broker. */
  readonly frame: (dialect: Dialect) => LinkFrame;
}

const TOPICS: readonly BroadcastTopic[] = ['user-destinations', 'user-registry'];

/**
 * How servers reach each other over the broker (Spring: `userDestinationBroadcast`, `userRegistryBroadcast`): a place of the broker for each kind of broadcast, over the
 * system connection. No destination and no wildcard of a client leads there; in Spring they are topics like any other.
 */
export class RelayServers implements ServerLink {
  /** Host name and a UUID, as Spring's `SimpUserRegistry` of several servers has it. */
  readonly serverId = `${hostname()}-${randomUUID()}`;
  readonly #send: RelayServersOptions['send'];
  readonly #hasComplained: RelayServersOptions['hasComplained'];
  readonly #malformed: OccasionalWarning;
  readonly #subscriptions: ReadonlyMap<BroadcastTopic, BroadcastSubscription>;
  /** The destinations of broadcasts, as the options name them. */
  readonly #places = new Set<string>();
  readonly #listeners = new Map<BroadcastTopic, Set<(broadcast: ReceivedBroadcast) => void>>();
  readonly #changeListeners = new Set<(isUp: boolean) => void>();
  #system: SystemLink | undefined;

  constructor({ settings, send, hasComplained, clock, logger }: RelayServersOptions) {
    this.#send = send;
    this.#hasComplained = hasComplained;
    this.#malformed = new OccasionalWarning(
      logger,
      clock,
      'something that is no broadcast came to where servers broadcast',
    );
    const { userDestinationBroadcast, userRegistryBroadcast } = settings;
    const destinations = { 'user-destinations': userDestinationBroadcast, 'user-registry': userRegistryBroadcast };
    const subscriptions = new Map<BroadcastTopic, BroadcastSubscription>();
    for (const topic of TOPICS) {
      const destination = destinations[topic];
      if (destination === false) continue;
      this.#places.add(destination);
      const onMessage = (message: BrokerMessage): void => this.#receive(topic, message);
      const onChange = (): void => this.#changed();
      const delays = { ...settings, random: Math.random };
      subscriptions.set(topic, new BroadcastSubscription({ destination, onMessage, onChange, delays, clock, logger }));
    }
    this.#subscriptions = subscriptions;
  }

  /** What keeps servers from telling each other although the broker is there, for people who operate it; `undefined`: nothing. */
  get problem(): string | undefined {
    for (const { destination, problem } of this.#subscriptions.values()) {
      if (problem) return `servers cannot tell each other by ${destination}: ${problem.message}`;
    }
    return undefined;
  }

  offers(topic: BroadcastTopic): boolean {
    return this.#subscriptions.has(topic);
  }

  isUp(topic: BroadcastTopic): boolean {
    return this.#system?.link !== undefined && this.#subscriptions.get(topic)?.isLive === true;
  }

  broadcast(topic: BroadcastTopic, body: Uint8Array): Awaitable<void> {
    const subscription = this.#subscriptions.get(topic);
    if (!subscription) return DONE;
    const { destination, refusal } = subscription;
    if (refusal) throw brokerRefused(`servers cannot tell each other: ${refusal.message}`, { cause: refusal });
    const frame = (dialect: Dialect): LinkFrame => {
      const place = dialect.serverDestination(destination);
      const headers = ['destination', place, 'content-type', 'application/octet-stream', SERVER_HEADER];
      return { command: 'SEND', headers: [...headers, this.serverId], body };
    };
    const send = (): Awaitable<void> => this.#send({ topic, body, frame });
    return whenSettled(send, (error) => {
      if (error === undefined) return subscription.sent();
      subscription.notSent(error, this.#hasComplained());
      rethrow(error);
    });
  }

  onBroadcast(topic: BroadcastTopic, listener: (broadcast: ReceivedBroadcast) => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  onChange(listener: (isUp: boolean) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /**
   * For what a client sends or subscribes to. The places of known brokers are out of its reach by themselves; on others they have these very names.
   * @throws MessageRejectedError `ACCESS_DENIED`, which does not end the session
   */
  requireOpenToClients(destination: string): void {
    if (!this.#places.has(destination)) return;
    const detail = `${destination} is for the servers of the application alone`;
    throw new MessageRejectedError(detail, { code: 'ACCESS_DENIED', endsSession: false });
  }

  /** To be called by whoever is told that the system connection is up: from then on it is subscribed, and stays so. */
  up(system: SystemLink): void {
    this.#system = system;
    for (const subscription of this.#subscriptions.values()) subscription.make(system);
    this.#changed();
  }

  /** To be called by whoever is told that the system connection is lost. */
  down(): void {
    this.#changed();
  }

  /** The system connection will not come back. */
  stop(): void {
    for (const subscription of this.#subscriptions.values()) subscription.stop();
  }

  #changed(): void {
    const isUp = TOPICS.some((topic) => this.isUp(topic));
    for (const listener of this.#changeListeners) listener(isUp);
  }

  #receive(topic: BroadcastTopic, { headers, body }: BrokerMessage): void {
    const all = new NativeHeaders(headers);
    const serverId = all.get(SERVER_HEADER);
    if (serverId === this.serverId) return;
    if (serverId === undefined) {
      this.#malformed.tell({ topic });
      return;
    }
    const broadcast = { serverId, body: ownOctets(body) };
    for (const listener of this.#listeners.get(topic) ?? []) listener(broadcast);
  }
}
