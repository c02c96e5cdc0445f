import type { Dialect } from '../dialect/dialect.js';
import type { BrokerLink, BrokerMessage } from './broker-link.js';

/** A subscription that is kept up over reconnects. */
export interface LinkSubscriptionRequest {
  /** Beside `id` and `receipt`; asked anew for every link, as its dialect may be another. What it throws rejects `subscribe`, or goes to `onEnded`. */
  frame(dialect: Dialect): LinkSubscribe;
  /** A message of it, and the link it came by: an acknowledgement counts on that one alone. */
  onMessage(message: BrokerMessage, link: BrokerLink): void;
  /** One of which the body was larger than is taken: nobody gets it. To be told to the broker, where that waits for an acknowledgement. Default: nothing is done. */
  onOversized?(message: BrokerMessage, link: BrokerLink): void;
  /**
   * Once, and only when `subscribe` had resolved: it has ended, and not by `end`: the broker ended it (a queue was deleted) or refused to make it again.
   * Not called when the link ends for good.
   */
  onEnded(reason: Error): void;
}

/** What a SUBSCRIBE is made of. */
export interface LinkSubscribe {
  readonly destination: string;
  readonly ack: 'auto' | 'client' | 'client-individual';
  /** Further headers, flat. */
  readonly headers: readonly string[];
}

/** A subscription that the broker has confirmed. */
export interface LinkSubscription {
  /** The `id` of its SUBSCRIBE: STOMP 1.1 wants it in ACK and NACK. */
  readonly id: string;
  /**
   * Ends it. Messages that were under way may still come until this resolves: when the broker has answered, or the link is gone. Never rejects.
   * @param headers further ones of UNSUBSCRIBE, flat
   */
  end(headers?: readonly string[]): Promise<void>;
}
