import type { Awaitable } from '../../../foundation/awaitable.js';
import type { Message } from '../../../messaging/message.js';
import type { NativeHeaders } from '../../../messaging/native-headers.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { Subscription } from '../../delivery/subscription.js';

/** A SUBSCRIBE that goes to the broker, looked at as far as no dialect is needed for it. */
export interface RelayedSubscribe {
  /** In no registry: whoever serves it ends it (`end`) when it is over. Its filter is applied here, unless it is one to a queue. */
  readonly subscription: Subscription;
  /** Those of the client's frame. */
  readonly headers: NativeHeaders;
  /** What its destination is the translation of, as the client wrote it; `undefined` when it is none. */
  readonly userDestination: string | undefined;
}

/**
 * One session as the broker has it. `BrokerRelay` makes one at CONNECT and lets go of it at DISCONNECT; between the two it is asked in the order of the
 * session's frames. Each method settles when what it was asked for has taken effect at the broker, as `Broker.handleMessage` promises, and rejects
 * with an error of the table: what does not concern the session as a whole has `endsSession: false`.
 *
 * **Loss.** What waits or is unanswered when the broker goes fails, after `holdTimeMs` at the latest. With `onBrokerLoss: 'close'` the session is ended
 * (`session.fail`), with `'hold'` it is told (`BrokerContext.tell`). The client counts the messages it hands to the broker and to its subscriptions.
 */
export interface RelayClient {
  /**
   * Settles when the client is to get CONNECTED. Called first, once.
   * @param headers of its CONNECT frame
   * @throws MessageRejectedError `BROKER_UNAVAILABLE`, `BROKER_REFUSED`; AuthenticationError where the credentials are the client's own
   */
  connect(headers: NativeHeaders): Awaitable<void>;
  /**
   * Sends a message of the session itself straight to a destination of the broker. Settles when it is written and the broker keeps up; when its frame
   * asks for a receipt, or its transaction commits, when the broker has it.
   */
  publish(message: Message, destination: string): Awaitable<void>;
  /** `undefined` when the broker has answered everything this session published, else the promise of that or of its failure; never rejects. */
  whenConfirmed(): Promise<void> | undefined;
  /** Settles with the broker's RECEIPT. What fails leaves nothing behind. */
  subscribe(subscribe: RelayedSubscribe): Awaitable<void>;
  /** Ends one of its subscriptions, which is marked as ended already. Settles when nothing more of it reaches the client. */
  unsubscribe(subscription: Subscription): Awaitable<void>;
  /** Takes an ACK or NACK. @throws MessageRejectedError `ACKNOWLEDGEMENT_UNKNOWN`, `ACKNOWLEDGEMENT_LOST` */
  acknowledge(message: Message): Awaitable<void>;
  /**
   * Lets go of everything; its subscriptions are marked as ended already. Also while `connect` is still in progress. Nothing is called afterwards. Resolves when the
   * broker has everything and nothing is open any more, after a while at the latest; never rejects.
   * @returns whether the broker has said that it took everything the session ever sent it
   */
  disconnect(): Promise<boolean>;
}

/** Makes the client of a session. */
export type RelayClientFactory = (session: SessionContext) => RelayClient;
