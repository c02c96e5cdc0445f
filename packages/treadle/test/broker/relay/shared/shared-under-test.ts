import { FakeClock } from '@treadle/testing';
import { MessageIds } from '../../../../src/broker/delivery/message-ids.js';
import { SessionDeliveries } from '../../../../src/broker/delivery/session-deliveries.js';
import { Subscription } from '../../../../src/broker/delivery/subscription.js';
import { SubscriptionFilters } from '../../../../src/broker/delivery/subscription-filter.js';
import type { RelayClient, RelayedSubscribe } from '../../../../src/broker/relay/client/relay-client.js';
import { LinkConnector } from '../../../../src/broker/relay/link/link-connector.js';
import { RelayCounters } from '../../../../src/broker/relay/relay-counters.js';
import type { BrokerRelayOptions } from '../../../../src/broker/relay/relay-options.js';
import type { RelayParts } from '../../../../src/broker/relay/relay-parts.js';
import { resolveRelaySettings } from '../../../../src/broker/relay/relay-settings.js';
import { SenderMarks } from '../../../../src/broker/relay/sender-marks.js';
import { OwnConnection } from '../../../../src/broker/relay/shared/own-connection.js';
import { SharedClient } from '../../../../src/broker/relay/shared/shared-client.js';
import { SharedConnections } from '../../../../src/broker/relay/shared/shared-connections.js';
import type { LogDetails } from '../../../../src/foundation/logger.js';
import type { Message } from '../../../../src/messaging/message.js';
import { MessageChannel } from '../../../../src/messaging/message-channel.js';
import { type HeaderRecord, NativeHeaders } from '../../../../src/messaging/native-headers.js';
import type { SessionContext } from '../../../../src/messaging/session-context.js';
import { createMessage, createSession, RecordingHandler, RecordingLogger } from '../../broker-under-test.js';
import { ScriptedBroker } from '../kit/scripted-broker.js';
import type { ScriptedConversation } from '../kit/scripted-conversation.js';
import { PLAIN_DIALECT } from './plain-dialect.js';

const PATIENCE_MS = 4_000;

/** Of `SharedUnderTest`, in milliseconds of its clock. */
export const TIMES = { holdTimeMs: 8_000, reconnectDelayMs: 100, maxReconnectDelayMs: 100, lingerMs: 1_000 };

/** A connection of a session's own, which notes what it is asked for. */
export class RecordedClient implements RelayClient {
  readonly calls: string[] = [];
  readonly #failure: Error | undefined;

  constructor(failure?: Error) {
    this.#failure = failure;
  }

  async connect(): Promise<void> {
    this.calls.push('connect');
    if (this.#failure) throw this.#failure;
  }

  publish(_message: Message, destination: string): void {
    this.calls.push(`publish ${destination}`);
  }

  whenConfirmed(): undefined {
    return undefined;
  }

  subscribe({ subscription }: RelayedSubscribe): void {
    this.calls.push(`subscribe ${subscription.destination}`);
  }

  unsubscribe({ destination }: Subscription): void {
    this.calls.push(`unsubscribe ${destination}`);
  }

  acknowledge({ type }: Message): void {
    this.calls.push(type);
  }

  async disconnect(): Promise<boolean> {
    this.calls.push('disconnect');
    return true;
  }
}

/** A client of shared connections, and the connection of its own if it has one. */
export interface SharedClientUnderTest {
  readonly session: SessionContext;
  readonly client: SharedClient;
  readonly own: readonly RecordedClient[];
}

/** Counts what links tell of their losses. */
class LinkLogger extends RecordingLogger {
  losses = 0;
  readonly #onNews: () => void;

  constructor(onNews: () => void) {
    super();
    this.#onNews = onNews;
  }

  override warn(message: string, details?: LogDetails): void {
    super.warn(message, details);
    this.#noteLoss(message);
  }

  /** That of a link that was not up again yet. */
  override debug(message: string, details?: LogDetails): void {
    super.debug(message, details);
    this.#noteLoss(message);
  }

  #noteLoss(message: string): void {
    if (message.includes('next attempt')) this.losses += 1;
    this.#onNews();
  }
}

/** Shared connections to a scripted broker, on a clock that stands still. */
export class SharedUnderTest implements AsyncDisposable {
  readonly broker: ScriptedBroker;
  readonly clock = new FakeClock();
  readonly deliveries = new RecordingHandler();
  readonly logger = new LinkLogger(() => this.#onNews());
  /** `session CODE` of what sessions were told, `session failed CODE` of their ends, `session unsubscribed id` of subscriptions that the server ended. */
  readonly told: string[] = [];
  readonly parts: RelayParts;
  readonly connections: SharedConnections;
  /** What the system connection would say. */
  isBrokerAway = false;
  #onNews: () => void = () => undefined;

  private constructor(broker: ScriptedBroker, options: BrokerRelayOptions) {
    this.broker = broker;
    this.parts = this.#createParts(options);
    this.connections = new SharedConnections(this.parts, () => this.isBrokerAway);
  }

  /** One that has begun to connect; of one connection that listens and one that publishes unless said otherwise. */
  static async start(options: BrokerRelayOptions = {}): Promise<SharedUnderTest> {
    const shared = new SharedUnderTest(await ScriptedBroker.listen(), options);
    shared.connections.start();
    return shared;
  }

  /** As `start`, connected. */
  static async connected(options: BrokerRelayOptions = {}): Promise<SharedUnderTest> {
    const shared = await SharedUnderTest.start(options);
    await shared.whenUp();
    return shared;
  }

  /** The first connection that listens: those connect first. */
  get listening(): Promise<ScriptedConversation> {
    return this.broker.conversation(0);
  }

  /** The first connection that publishes. */
  get publishing(): Promise<ScriptedConversation> {
    return this.broker.conversation(this.parts.settings.sharedConnections);
  }

  /** Resolves when all connections are up. */
  async whenUp(): Promise<void> {
    await Promise.all(this.connections.links.map(async (link) => link.whenUp()));
  }

  /** Resolves when a connection that was up has been lost, and noticed here. @param times how often, since the beginning */
  async whenDown(times = 1): Promise<void> {
    await this.until(() => this.logger.losses >= times, 'loss');
  }

  /** Lets the time for the next attempt to connect come, and resolves when all connections are up again. */
  async reconnected(): Promise<void> {
    await this.clock.advance(TIMES.reconnectDelayMs);
    await this.whenUp();
  }

  /** A client with a session of this id. @param failures what its own connections fail with, in order */
  client(id: string, failures: readonly Error[] = []): SharedClientUnderTest {
    const note = (what: string): boolean => {
      this.told.push(`${id} ${what}`);
      this.#onNews();
      return true;
    };
    const session = {
      ...createSession(id),
      fail: (code: string) => void note(`failed ${code}`),
      unsubscribe: (subscriptionId: string) => note(`unsubscribed ${subscriptionId}`),
    };
    this.parts.senders.add(id);
    const own: RecordedClient[] = [];
    const create = (): RecordedClient => {
      const created = new RecordedClient(failures[own.length]);
      own.push(created);
      return created;
    };
    const { connections } = this;
    const client = new SharedClient(session, new OwnConnection(create), { ...this.parts, connections });
    return { session, client, own };
  }

  /** The SUBSCRIBE of a session. */
  request(session: SessionContext, id: string, destination: string, headers: HeaderRecord = {}): RelayedSubscribe {
    const message = createMessage('SUBSCRIBE', { session, subscriptionId: id, destination, headers });
    const filter = this.parts.filters.of(message);
    const ackMode = message.headers.get('ack') === 'client' ? 'client' : 'auto';
    return {
      subscription: new Subscription(session, id, destination, { filter, ackMode }),
      headers: NativeHeaders.of(headers),
      userDestination: undefined,
    };
  }

  /** Resolves when so many deliveries were made. @returns `session/subscription text` of all @throws Error after 4 s */
  async delivered(count: number): Promise<readonly string[]> {
    await this.until(() => this.deliveries.messages.length >= count, `${count} deliveries`);
    return this.deliveries.summary;
  }

  /** Resolves when something holds that deliveries and notices bring about. @throws Error after 4 s */
  async until(condition: () => boolean, what: string): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    patience.addEventListener('abort', () => this.#onNews());
    while (!condition()) {
      if (patience.aborted) throw new Error(`there was no ${what}; deliveries: ${this.deliveries.summary.join(', ')}`);
      await new Promise<void>((resolve) => (this.#onNews = resolve));
    }
  }

  /** Every SUBSCRIBE that came, over all connections, as `SUBSCRIBE /topic/x`; the same for other commands. */
  frames(command: string): readonly string[] {
    return this.broker.conversations.flatMap(({ commands }) => commands.filter((each) => each.startsWith(command)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connections.stop();
    await this.broker.stop();
  }

  #createParts(options: BrokerRelayOptions): RelayParts {
    const { clock, logger, broker } = this;
    const { holdTimeMs, reconnectDelayMs, maxReconnectDelayMs } = TIMES;
    const heartBeat = { sends: 0, expects: 0 };
    const settings = resolveRelaySettings({
      ...{ hosts: [broker.address], connections: 'shared', sharedConnections: 1, heartBeat },
      ...{ holdTimeMs, reconnectDelayMs, maxReconnectDelayMs, ...options },
    });
    const clientOutboundChannel = new MessageChannel('clientOutboundChannel', [], logger);
    clientOutboundChannel.subscribe(this.deliveries);
    clientOutboundChannel.subscribe({ handleMessage: () => this.#onNews() });
    const counters = new RelayCounters();
    const context: RelayParts['context'] = {
      ...{ clientOutboundChannel, logger, clock, destinationSeparator: '/', userDestinationPrefix: '/user' },
      ...{ limits: { sendBufferOctets: 512 * 1024, frameBodyOctets: 64 * 1024 }, isLocal: () => false },
      ...{ reportAvailability: () => undefined, note: () => undefined },
      tell: (session, code) => {
        this.told.push(`${session.id} ${code}`);
        this.#onNews();
      },
    };
    return {
      ...{ context, settings, counters, filters: new SubscriptionFilters(), ids: new MessageIds() },
      senders: new SenderMarks(),
      deliveries: new SessionDeliveries(context, counters),
      connector: new LinkConnector({
        ...settings,
        ...{ tls: settings.tls ?? false, dialectOf: () => PLAIN_DIALECT, clock, logger },
      }),
    };
  }
}
