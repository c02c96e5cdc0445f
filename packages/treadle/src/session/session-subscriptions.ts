import { type Frame, headerValue, type StompVersion } from '@treadle/stomp';
import { MessageRejectedError } from '../foundation/errors.js';
import { SubscriptionTicket } from '../messaging/subscription-ticket.js';
import { encodeSubscription } from './frame-mapping.js';

/** A subscription as its session knows it. */
export interface SessionSubscription {
  /** As the client named it, or made from the destination for STOMP 1.0 clients that name none. */
  readonly id: string;
  /** The `id` header; STOMP 1.0 clients may give none. */
  readonly name: string | undefined;
  readonly destination: string;
  readonly ticket: SubscriptionTicket;
  /** Whether its client acknowledges what it gets: its ack mode is not `auto` (STOMP 1.2 § SUBSCRIBE ack Header). */
  readonly isAcknowledged: boolean;
  /** The encoded beginning of its MESSAGE frames. */
  readonly start: Uint8Array;
  /**
   * True when the application failed to make it, or the server ended it. Nothing is delivered to it, and a SUBSCRIBE may have its id; but its client may not
   * know yet, so it may still end it.
   */
  readonly isOver: boolean;
}

/** The subscriptions of one session, by id. */
export class SessionSubscriptions {
  readonly #byId = new Map<string, SessionSubscription>();
  readonly #limit: number;
  /** How many are over whose client acknowledges what it got, and has not ended them itself. */
  #acknowledgedOver = 0;

  /** @param limit how many there may be at one time */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(id: string): SessionSubscription | undefined {
    return this.#byId.get(id);
  }

  /** @throws MessageRejectedError `SUBSCRIPTION_ID_IN_USE`, `SUBSCRIPTION_LIMIT_EXCEEDED` */
  add(frame: Frame, version: StompVersion): SessionSubscription {
    const named = headerValue(frame.headers, 'id');
    const destination = headerValue(frame.headers, 'destination') ?? '';
    const id = subscriptionIdOf(frame);
    const known = this.#byId.get(id);
    if (known && !known.isOver) {
      throw new MessageRejectedError(`the subscription id "${id}" is in use`, { code: 'SUBSCRIPTION_ID_IN_USE' });
    }
    if (!known && this.#byId.size >= this.#limit && !this.#forgetOneThatIsOver()) {
      const detail = `${this.#limit} subscriptions of a session are allowed`;
      throw new MessageRejectedError(detail, { code: 'SUBSCRIPTION_LIMIT_EXCEEDED' });
    }
    const start = encodeSubscription(named, version);
    const ticket = new SubscriptionTicket();
    const isAcknowledged = (headerValue(frame.headers, 'ack') ?? 'auto') !== 'auto';
    const subscription = { id, name: named, destination, ticket, isAcknowledged, start, isOver: false };
    this.#byId.set(id, subscription);
    return subscription;
  }

  /** Whether acknowledgements may still come for one that is over, be it that its id means another one by now or that it had to make room. */
  get mayBeAcknowledgedLate(): boolean {
    return this.#acknowledgedOver > 0;
  }

  /** Notes that what a SUBSCRIBE frame asked for was not made, or what a frame names is ended by the server. Gives the subscription the first time. */
  markOver(frame: Frame): SessionSubscription | undefined {
    const id = subscriptionIdOf(frame);
    const subscription = this.#byId.get(id);
    if (!subscription || subscription.isOver) return undefined;
    this.#byId.set(id, { ...subscription, isOver: true });
    if (subscription.isAcknowledged) this.#acknowledgedOver += 1;
    return subscription;
  }

  /** Takes out what an UNSUBSCRIBE frame names. @throws MessageRejectedError `SUBSCRIPTION_UNKNOWN` */
  remove(frame: Frame): SessionSubscription {
    const id = subscriptionIdOf(frame);
    const subscription = this.#byId.get(id);
    if (!subscription) {
      throw new MessageRejectedError(`there is no subscription "${id}"`, { code: 'SUBSCRIPTION_UNKNOWN' });
    }
    this.#byId.delete(id);
    if (subscription.isOver && subscription.isAcknowledged) this.#acknowledgedOver -= 1;
    return subscription;
  }

  /** Those that are over count as long as there is room: a client that never ends them must not fill the memory. */
  #forgetOneThatIsOver(): boolean {
    for (const subscription of this.#byId.values()) {
      if (!subscription.isOver) continue;
      this.#byId.delete(subscription.id);
      return true;
    }
    return false;
  }
}

/** What a SUBSCRIBE or UNSUBSCRIBE frame names: STOMP 1.0 lets a client do it by destination alone. */
export function subscriptionIdOf({ headers }: Frame): string {
  return headerValue(headers, 'id') ?? `destination:${headerValue(headers, 'destination') ?? ''}`;
}
