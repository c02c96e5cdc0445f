import type { Awaitable } from '../../../foundation/awaitable.js';
import { isError } from '../../../foundation/error-text.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { AcknowledgementTransaction } from '../../../messaging/acknowledgement.js';
import { type Message, NO_PAYLOAD } from '../../../messaging/message.js';
import { NativeHeaders } from '../../../messaging/native-headers.js';
import { type Verdict, verdictOf } from '../../delivery/ack-headers.js';
import type { Deliverable, DeliverySource } from '../../delivery/acknowledgement/delivery-source.js';
import { DeliveryWindows } from '../../delivery/acknowledgement/delivery-windows.js';
import type { UnacknowledgedDelivery } from '../../delivery/acknowledgement/unacknowledged-delivery.js';
import { DispatchLoop } from '../../delivery/dispatch-loop.js';
import type { SessionDeliveries } from '../../delivery/session-deliveries.js';
import type { Subscription } from '../../delivery/subscription.js';
import type { BrokerLink, BrokerMessage, LinkFrame } from '../link/broker-link.js';
import type { RelayCounters } from '../relay-counters.js';

/** What acknowledgements of one session work with. */
export interface RelayedAcknowledgementsParts {
  readonly deliveries: SessionDeliveries;
  readonly counters: RelayCounters;
}

/** A MESSAGE of the broker as long as it waits to be acknowledged there. */
interface RelayedDelivery extends Deliverable {
  /** Without its payload once it was handed on: the broker has it still. */
  published: Message;
  readonly octets: 0;
  /** An acknowledgement counts on the link alone that the message came by. */
  readonly link: BrokerLink;
  /** What ACK and NACK name it by there. */
  readonly names: readonly string[];
}

/** RabbitMQ would give a message that goes back to the same subscription at once, for ever. */
const FOR_GOOD = new NativeHeaders(['requeue', 'false']);

/**
 * What the broker has given one session and waits to hear of. At the broker every delivery is acknowledged on its own (`ack:client-individual`); that an ACK of `client`
 * mode covers all before it is seen to here, for brokers differ in it. Queues are acknowledged for subscriptions with `ack:auto`, too, when the message has gone to
 * the client: what was under way to one that has left goes to another.
 */
export class RelayedAcknowledgements {
  readonly #windows: DeliveryWindows;
  readonly #counters: RelayCounters;
  readonly #source: DeliverySource<RelayedDelivery>;
  /** Those with deliveries, and the link that these came by. */
  readonly #subscriptions = new Map<Subscription, BrokerLink>();
  #hasLostLink = false;

  constructor({ deliveries, counters }: RelayedAcknowledgementsParts) {
    this.#counters = counters;
    this.#windows = new DeliveryWindows({ deliveries, loop: new DispatchLoop(), maxUnacknowledgedOctets: Infinity });
    this.#source = {
      acknowledged: ({ link, names }) => link.send(ackFrame(names)),
      stopped: ({ link, names }) => link.send(nackFrame(link, names, FOR_GOOD)),
      // By ACK and NACK they are settled here, and what ends with its subscription the broker takes back by itself.
      rejected: () => undefined,
      returned: () => undefined,
    };
  }

  /** Delivers a message that the broker wants to hear of. @param published as its receivers get it */
  deliver(subscription: Subscription, message: BrokerMessage, published: Message, link: BrokerLink): void {
    this.#subscriptions.set(subscription, link);
    const isRedelivered = link.dialect.isRedelivered(message.headers);
    const item: RelayedDelivery = { published, octets: 0, link, names: namesOf(message, link) };
    this.#windows.of(subscription).deliver(item, this.#source, { isRedelivered });
    item.published = published.with({ payload: NO_PAYLOAD });
  }

  /** Takes a message from the broker that its subscription does not want. */
  skip(message: BrokerMessage, link: BrokerLink): void {
    link.send(ackFrame(namesOf(message, link)));
  }

  /** Takes a message from the broker that nobody can have: it would come again for ever. Dead letters, where the broker has such. */
  refuse(message: BrokerMessage, link: BrokerLink): void {
    link.send(nackFrame(link, namesOf(message, link), FOR_GOOD));
  }

  /**
   * Takes an ACK or NACK. Settles when the broker has answered, if the client asks for a receipt; in a transaction it is kept, and answered at its commit.
   * @throws MessageRejectedError `ACKNOWLEDGEMENT_UNKNOWN`; `ACKNOWLEDGEMENT_LOST` with a receipt or in a transaction, where without either nothing is thrown: the
   *   message comes again; `OUTCOME_UNKNOWN`, `BROKER_REFUSED`; HeaderError
   */
  handle(message: Message): Awaitable<void> {
    const { headers, acknowledgement = {} } = message;
    const { transaction } = acknowledgement;
    const isAnswered = headers.has('receipt') || transaction !== undefined;
    const verdict = verdictOf(message);
    const named = this.#find(message, isAnswered);
    if (!named) return;
    const covered = named.window.coveredBy(named);
    if (!transaction) return this.#settle(covered, verdict, headers, isAnswered);
    this.#reserve(covered, transaction, () => this.#settle(covered, verdict, headers, true));
  }

  /** A link is lost: the broker gives again what came by it and is not acknowledged. */
  lost(): void {
    for (const [subscription, link] of this.#subscriptions) {
      if (link.isOpen) continue;
      this.#hasLostLink = true;
      this.end(subscription);
    }
  }

  /** A subscription has ended: what it has not acknowledged is no longer its client's. */
  end(subscription: Subscription): void {
    this.#subscriptions.delete(subscription);
    this.#windows.end(subscription);
  }

  /** Everything has ended. */
  endSession(sessionId: string): void {
    this.#windows.endSession(sessionId, [...this.#subscriptions.keys()]);
    this.#subscriptions.clear();
  }

  /** `undefined` for what may be forgotten: the broker that wanted to know has gone. */
  #find({ sessionId = '', acknowledgement = {} }: Message, isAnswered: boolean): UnacknowledgedDelivery | undefined {
    try {
      return this.#windows.find(sessionId, acknowledgement);
    } catch (error) {
      // What was lost with a link is not remembered one by one: a client may never acknowledge it.
      if (!this.#hasLostLink || !isUnknown(error)) throw error;
      if (isAnswered) throw lostAcknowledgement();
      return undefined;
    }
  }

  /** All deliveries are of one window, in their order. */
  #reserve(
    deliveries: readonly UnacknowledgedDelivery[],
    transaction: AcknowledgementTransaction,
    commit: () => Awaitable<void>,
  ): void {
    for (const delivery of deliveries) delivery.window.reserve(delivery);
    transaction.enlist({ commit, rollback: () => deliveries[0]?.window.restore(deliveries) });
  }

  #settle(
    deliveries: readonly UnacknowledgedDelivery[],
    verdict: Verdict,
    headers: NativeHeaders,
    isAnswered: boolean,
  ): Awaitable<void> {
    const answers: Promise<void>[] = [];
    let isLost = false;
    for (const delivery of deliveries) {
      const isOver = !delivery.window.subscription.isActive;
      if (!delivery.window.settle(delivery)) continue;
      const { link, names } = delivery.item as RelayedDelivery; // all of these windows were given by `deliver`
      if (isOver || !link.isOpen) isLost = true;
      else {
        const frame = verdict === 'acknowledge' ? ackFrame(names) : nackFrame(link, names, headers);
        if (isAnswered) answers.push(link.request(frame));
        else link.send(frame);
        this.#count(verdict);
      }
    }
    if (isLost && isAnswered) answers.push(Promise.reject(lostAcknowledgement()));
    if (answers.length > 0) return Promise.all(answers).then(() => undefined);
  }

  #count(verdict: Verdict): void {
    if (verdict === 'acknowledge') this.#counters.acknowledged += 1;
    else this.#counters.rejected += 1;
  }
}

function ackFrame(names: readonly string[]): LinkFrame {
  return { command: 'ACK', headers: names };
}

function nackFrame({ dialect }: BrokerLink, names: readonly string[], headers: NativeHeaders): LinkFrame {
  return { command: 'NACK', headers: [...names, ...dialect.nackHeaders(headers)] };
}

/** How a delivery is named in ACK and NACK (STOMP 1.2 § ACK, STOMP 1.1 § ACK, STOMP 1.0 § ACK). */
function namesOf(message: BrokerMessage, { version }: BrokerLink): readonly string[] {
  const headers = new NativeHeaders(message.headers);
  if (version === '1.2') return ['id', headers.get('ack') ?? ''];
  return ['subscription', headers.get('subscription') ?? '', 'message-id', headers.get('message-id') ?? ''];
}

function isUnknown(error: unknown): boolean {
  return isError(error) && error instanceof MessageRejectedError && error.code === 'ACKNOWLEDGEMENT_UNKNOWN';
}

function lostAcknowledgement(): MessageRejectedError {
  const detail = 'the broker was lost since the message was delivered, and gives it again';
  return new MessageRejectedError(detail, { code: 'ACKNOWLEDGEMENT_LOST' });
}
