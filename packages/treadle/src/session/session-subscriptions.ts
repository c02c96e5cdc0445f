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
  /** True when the application failed to make it; nothing is delivered to it, and a SUBSCRIBE may have its id. */
  readonly hasFailed: boolean;
}

/** The subscriptions of one session, by id. */
export class SessionSubscriptions {
  readonly #byId = new Map<string, SessionSubscription>();
  readonly #limit: number;

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
    if (known && !known.hasFailed) {
      throw new MessageRejectedError(`the subscription id "${id}" is in use`, { code: 'SUBSCRIPTION_ID_IN_USE' });
    }
    if (!known && this.#byId.size >= this.#limit) {
      const detail = `${this.#limit} subscriptions of a session are allowed`;
      throw new MessageRejectedError(detail, { code: 'SUBSCRIPTION_LIMIT_EXCEEDED' });
    }
    const start = encodeSubscription(named, version);
    const ticket = new SubscriptionTicket();
    const isAcknowledged = (headerValue(frame.headers, 'ack') ?? 'auto') !== 'auto';
    const subscription = { id, name: named, destination, ticket, isAcknowledged, start, hasFailed: false };
    this.#byId.set(id, subscription);
    return subscription;
  }

  /**
   * Notes that what a SUBSCRIBE frame asked for was not made. Its client may not know that, so it may still end it. Gives the subscription the first
   * time.
   */
  markFailed(frame: Frame): SessionSubscription | undefined {
    const id = subscriptionIdOf(frame);
    const subscription = this.#byId.get(id);
    if (!subscription || subscription.hasFailed) return undefined;
    this.#byId.set(id, { ...subscription, hasFailed: true });
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
    return subscription;
  }
}

/** What a SUBSCRIBE or UNSUBSCRIBE frame names: STOMP 1.0 lets a client do it by destination alone. */
export function subscriptionIdOf({ headers }: Frame): string {
  return headerValue(headers, 'id') ?? `destination:${headerValue(headers, 'destination') ?? ''}`;
}
