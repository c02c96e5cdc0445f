import { type Frame, headerValue, type StompVersion } from '@treadle/stomp';
import { MessageRejectedError } from '../foundation/errors.js';
import { encodeSubscription } from './frame-mapping.js';

/** A subscription as its session knows it. */
export interface SessionSubscription {
  /** As the client named it, or made from the destination for STOMP 1.0 clients that name none. */
  readonly id: string;
  readonly destination: string;
  /** The encoded beginning of its MESSAGE frames. */
  readonly start: Uint8Array;
}

/** The subscriptions of one session, by id. */
export class SessionSubscriptions {
  readonly #byId = new Map<string, SessionSubscription>();

  get(id: string): SessionSubscription | undefined {
    return this.#byId.get(id);
  }

  /** @throws MessageRejectedError `SUBSCRIPTION_ID_IN_USE` */
  add(frame: Frame, version: StompVersion): SessionSubscription {
    const named = headerValue(frame.headers, 'id');
    const destination = headerValue(frame.headers, 'destination') ?? '';
    const id = named ?? unnamedId(destination);
    if (this.#byId.has(id)) {
      throw new MessageRejectedError(`the subscription id "${id}" is in use`, { code: 'SUBSCRIPTION_ID_IN_USE' });
    }
    const subscription = { id, destination, start: encodeSubscription(named, version) };
    this.#byId.set(id, subscription);
    return subscription;
  }

  /** Takes out what an UNSUBSCRIBE frame names. @throws MessageRejectedError `SUBSCRIPTION_UNKNOWN` */
  remove(frame: Frame): SessionSubscription {
    const id = headerValue(frame.headers, 'id') ?? unnamedId(headerValue(frame.headers, 'destination') ?? '');
    const subscription = this.#byId.get(id);
    if (!subscription) {
      throw new MessageRejectedError(`there is no subscription "${id}"`, { code: 'SUBSCRIPTION_UNKNOWN' });
    }
    this.#byId.delete(id);
    return subscription;
  }
}

/** STOMP 1.0 lets a client subscribe and unsubscribe by destination alone. */
function unnamedId(destination: string): string {
  return `destination:${destination}`;
}
