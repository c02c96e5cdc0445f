import { MessageRejectedError } from '../../../foundation/errors.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { SessionDeliveries } from '../../delivery/session-deliveries.js';
import type { BrokerSubscription, Dialect } from '../dialect/dialect.js';
import type { BrokerLink, BrokerMessage } from '../link/broker-link.js';
import type { LinkSubscribe, LinkSubscriptionRequest } from '../link/link-subscription.js';
import { receivedMessage } from '../relayed-message.js';
import type { RelaySettings } from '../relay-settings.js';
import type { SenderMarks } from '../sender-marks.js';
import type { RelayedAcknowledgements } from './relayed-acknowledgements.js';
import type { RelayedSubscribe } from './relay-client.js';

/** What a subscription of one client works with. */
export interface ClientSubscriptionParts {
  readonly session: SessionContext;
  readonly settings: Pick<RelaySettings, 'prefetchCount'>;
  readonly deliveries: SessionDeliveries;
  readonly senders: SenderMarks;
  readonly acknowledgements: RelayedAcknowledgements;
  /** Told behind each message, for the client may be too slow for the broker. */
  readonly onDelivered: (link: BrokerLink) => void;
}

/** How it stands at the broker. */
interface Place {
  readonly subscription: BrokerSubscription;
  readonly isAcknowledged: boolean;
}

/** A subscription at the broker for one subscription of one client, made again on every new link. */
export class ClientSubscription implements LinkSubscriptionRequest {
  readonly #parts: ClientSubscriptionParts;
  readonly #request: RelayedSubscribe;
  #place: Place | undefined;

  constructor(request: RelayedSubscribe, parts: ClientSubscriptionParts) {
    this.#request = request;
    this.#parts = parts;
  }

  /** @throws MessageRejectedError `UNSUPPORTED_BY_BROKER`, `DESTINATION_MALFORMED`: neither ends the session */
  frame(dialect: Dialect): LinkSubscribe {
    const { subscription, headers } = this.#request;
    const { destination, isTranslated, ackMode, filter } = subscription;
    const isQueue = dialect.kindOf(destination, isTranslated) === 'queue';
    if (isQueue && filter) this.#requireQueueFilter(dialect);
    const isAcknowledged = isQueue || ackMode !== 'auto';
    const ack = isAcknowledged ? 'client-individual' : 'auto';
    const place = dialect.subscription({
      destination,
      isTranslated,
      ackMode: ack,
      prefetchCount: this.#prefetch,
      headers,
    });
    this.#place = { subscription: place, isAcknowledged };
    return { destination: place.destination, ack, headers: place.headers };
  }

  /** Messages that come in the same octets as the broker's RECEIPT stand behind it; so they do at the client. */
  onMessage(message: BrokerMessage, link: BrokerLink): void {
    const { ticket } = this.#request.subscription;
    if (!ticket || ticket.isAnswered) this.#deliver(message, link);
    else ticket.behindAnswer(() => this.#deliver(message, link));
  }

  onOversized(message: BrokerMessage, link: BrokerLink): void {
    if (this.#place?.isAcknowledged) this.#parts.acknowledgements.refuse(message, link);
  }

  onEnded(reason: Error): void {
    const { session, acknowledgements } = this.#parts;
    const { subscription } = this.#request;
    acknowledgements.end(subscription);
    session.unsubscribe(subscription.id, `the broker ended the subscription: ${reason.message}`, subscription.ticket);
  }

  #deliver(message: BrokerMessage, link: BrokerLink): void {
    const { subscription, userDestination } = this.#request;
    const { session, acknowledgements, deliveries, senders, onDelivered } = this.#parts;
    // What the broker wants to hear of goes back to it unanswered: another gets it.
    if (!this.#place || !subscription.isActive || (this.#place.isAcknowledged && !session.isReachable)) return;
    const { subscription: place, isAcknowledged } = this.#place;
    const destination = place.applicationDestination(message.headers);
    const published =
      destination === undefined
        ? undefined
        : receivedMessage(message, { dialect: link.dialect, destination, userDestination, senders });
    const isWanted = published && (place.kind === 'queue' || (subscription.filter?.(published) ?? true));
    if (!isWanted) {
      if (isAcknowledged) acknowledgements.skip(message, link);
      return;
    }
    if (isAcknowledged) acknowledgements.deliver(subscription, message, published, link);
    else deliveries.deliver(subscription, published);
    onDelivered(link);
  }

  get #prefetch(): number {
    const { prefetchCount } = this.#request.subscription;
    return prefetchCount === Infinity ? this.#parts.settings.prefetchCount : prefetchCount;
  }

  /** Who takes a message of a queue keeps it from all others: only the broker can choose. */
  #requireQueueFilter({ name, hasQueueSelectors }: Dialect): void {
    const { headers, subscription } = this.#request;
    const isEchoKept = headers.get('no-echo') === 'true';
    if (hasQueueSelectors && !isEchoKept) return;
    const what = isEchoKept ? 'no-echo' : 'selectors';
    const detail = `${what} of queues such as ${subscription.destination} are not offered by the broker (${name})`;
    throw new MessageRejectedError(detail, { code: 'UNSUPPORTED_BY_BROKER', endsSession: false });
  }
}
