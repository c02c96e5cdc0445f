import { type Awaitable, whenDone, whenSettled, rethrow } from '../../../foundation/awaitable.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { Subscription } from '../../delivery/subscription.js';
import type { RelayClient, RelayedSubscribe } from '../client/relay-client.js';
import { UnansweredMessages } from '../client/unanswered-messages.js';
import { Confirmations } from '../confirmations.js';
import type { Dialect } from '../dialect/dialect.js';
import type { RelayParts } from '../relay-parts.js';
import type { ListeningConnection } from './listening-connection.js';
import type { OwnConnection } from './own-connection.js';
import type { PublishingConnection, SharedSender } from './publishing-connection.js';
import { isShareable } from './shareable.js';
import type { SharedConnections } from './shared-connections.js';
import type { SharedLink } from './shared-link.js';

/** What clients of shared connections work with. */
export interface SharedClientParts extends Pick<RelayParts, 'context' | 'settings' | 'deliveries'> {
  readonly connections: SharedConnections;
}

/**
 * A session that shares its connections to the broker. Its topic subscriptions that ask for nothing of their own, and what it sends, go over shared
 * connections; everything else, and what may make the broker end a connection, over one of its own that is opened when it is first needed.
 */
export class SharedClient implements RelayClient, SharedSender {
  readonly session: SessionContext;
  /** Of what it sent over shared connections. */
  readonly confirmations = new Confirmations();
  readonly #parts: SharedClientParts;
  readonly #own: OwnConnection;
  /** Everything it sends goes over this one, in its order. */
  readonly #sending: PublishingConnection;
  /** Its subscriptions over shared connections, those that are not live yet included. */
  readonly #listening = new Map<Subscription, ListeningConnection>();
  readonly #unanswered: UnansweredMessages;

  /** @param own opened when it is needed */
  constructor(session: SessionContext, own: OwnConnection, parts: SharedClientParts) {
    this.session = session;
    this.#own = own;
    this.#parts = parts;
    this.#sending = parts.connections.publishingFor(session.id);
    this.#unanswered = new UnansweredMessages((code, detail) => {
      if (session.isReachable) parts.context.tell(session, code, detail);
    });
  }

  /** With `onBrokerLoss: 'hold'` a session may begin without a broker. */
  async connect(): Promise<void> {
    const { settings, connections } = this.#parts;
    if (settings.onBrokerLoss === 'hold') return;
    await Promise.all(connections.links.map(async (link) => link.whenUp(settings.connectTimeMs)));
  }

  publish(message: Message, destination: string): Awaitable<void> {
    const { suspects } = this.#parts.connections;
    return whenDone(dialectOf(this.#sending.link), (dialect) => {
      const isAlone =
        dialect.isNative(destination) || suspects.has(this.session) || suspects.hasDestination(destination);
      return isAlone ? this.#publishAlone(message, destination) : this.#publishShared(message, destination);
    });
  }

  whenConfirmed(): Promise<void> | undefined {
    const shared = this.confirmations.whenNone();
    const own = this.#own.client?.whenConfirmed();
    return shared && own ? Promise.all([shared, own]).then(() => undefined) : (shared ?? own);
  }

  subscribe(request: RelayedSubscribe): Awaitable<void> {
    const { subscription } = request;
    const { connections } = this.#parts;
    const connection = connections.listeningTo(subscription.destination);
    return whenDone(dialectOf(connection.link), (dialect) => {
      const isAlone = connections.suspects.has(this.session) || !isShareable(request, dialect);
      if (isAlone) return this.#own.open().then((own) => own.subscribe(request));
      return this.#listen(subscription, connection);
    });
  }

  unsubscribe(subscription: Subscription): Awaitable<void> {
    const connection = this.#listening.get(subscription);
    if (!connection) return this.#own.client?.unsubscribe(subscription);
    this.#listening.delete(subscription);
    connection.leave(subscription);
    return this.#parts.deliveries.ended(subscription);
  }

  acknowledge(message: Message): Awaitable<void> {
    const own = this.#own.client;
    if (own) return own.acknowledge(message);
    throw new MessageRejectedError('the session has no subscription whose deliveries are acknowledged', {
      code: 'ACKNOWLEDGEMENT_UNKNOWN',
    });
  }

  async disconnect(): Promise<boolean> {
    for (const [subscription, connection] of this.#listening) connection.leave(subscription);
    this.#listening.clear();
    this.#parts.connections.notices.forget(this.session);
    const [isOwnComplete] = await Promise.all([this.#own.disconnect(), this.confirmations.whenNone()]);
    return isOwnComplete && !this.confirmations.hasFailed;
  }

  failedLate(error: unknown, destination: string): void {
    this.#unanswered.failed(error, destination);
  }

  /** In the order of the session's frames, though another connection carried what came before. */
  #publishShared(message: Message, destination: string): Awaitable<void> {
    // A SEND of a transaction has no turn any more: its COMMIT is answered when the broker has everything.
    const isConfirmed = message.turn === undefined || message.headers.has('receipt');
    return whenDone(this.#own.client?.whenConfirmed(), () =>
      this.#sending.publish(message, destination, this, isConfirmed),
    );
  }

  async #publishAlone(message: Message, destination: string): Promise<void> {
    await this.confirmations.whenNone();
    const own = await this.#own.open();
    await own.publish(message, destination);
  }

  #listen(subscription: Subscription, connection: ListeningConnection): Awaitable<void> {
    this.#listening.set(subscription, connection);
    return whenSettled(
      () => connection.listen(subscription),
      (error) => {
        if (error !== undefined) this.#listening.delete(subscription);
        rethrow(error);
      },
    );
  }
}

/** Known at once but before the first connection. */
function dialectOf(link: SharedLink): Awaitable<Dialect> {
  const { dialect } = link;
  if (dialect) return dialect;
  return whenDone(link.whenUp(), () => {
    if (link.dialect) return link.dialect;
    throw new MessageRejectedError('the broker is away', { code: 'BROKER_UNAVAILABLE', endsSession: false });
  });
}
