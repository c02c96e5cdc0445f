import type { NativeHeaders } from '../../../messaging/native-headers.js';
import type { SendLimits } from './send-limits.js';

/** What a destination is to the broker: each subscription gets every message, or one of them does. */
export type DestinationKind = 'topic' | 'queue';

/** A subscription, as its client asked for it. */
export interface RequestedSubscription {
  /** As the application knows it: `/topic/chat/tea`. */
  readonly destination: string;
  /** Whether `destination` is the translation of a user destination: it is a topic of one session then, whatever it begins with. */
  readonly isTranslated: boolean;
  readonly ackMode: 'auto' | 'client' | 'client-individual';
  readonly prefetchCount: number;
  /** Those of the client's frame. */
  readonly headers: NativeHeaders;
}

/** A subscription, as the broker is asked for it. */
export interface BrokerSubscription {
  /** `/topic/chat.tea`. */
  readonly destination: string;
  /** Beside `id`, `destination` and `ack`; flat. */
  readonly headers: readonly string[];
  readonly kind: DestinationKind;
  /**
   * The destination of one of its messages as the application knows it. For a subscription to one destination that one; behind a wildcard
   * what the `destination` header of the MESSAGE says, translated back. `undefined`: it is none of the subscription's, though the broker gives it: its wildcard covers
   * more, or servers tell it each other; nobody gets such a message, and where the broker waits for an acknowledgement the relay gives it.
   * @param headers of the MESSAGE, flat
   */
  applicationDestination(headers: readonly string[]): string | undefined;
}

/**
 * How one kind of broker wants to be spoken to. Application code and clients write `/topic/chat/tea`; the dialect translates both ways. No two destinations
 * of an application may become one of the broker's: a rule about one must not be evaded by the name of another.
 */
export interface Dialect {
  readonly name: 'rabbitmq' | 'activemq' | 'none';
  /** Whether the broker holds back messages that a selector does not fit; otherwise queues with selectors are refused, and topics are filtered here. */
  readonly hasQueueSelectors: boolean;
  /**
   * Whether what a subscription has not acknowledged goes back to its queue at UNSUBSCRIBE. RabbitMQ keeps it until the connection ends, so there a subscription to a
   * queue gets a connection of its own.
   */
  readonly returnsAtUnsubscribe: boolean;
  /** Of a SEND: what the broker takes, and we take when it comes back. */
  readonly sendLimits: SendLimits;
  kindOf(destination: string, isTranslated: boolean): DestinationKind;
  /**
   * Whether it is one of the broker's own places (`/exchange/…`, `/amq/queue/…`, `/temp-queue/…`), which may not exist: RabbitMQ ends a connection that asks
   * for one in vain, so nobody else's may depend on it.
   */
  isNative(destination: string): boolean;
  /** The `destination` of a SEND. @throws MessageRejectedError `UNSUPPORTED_BY_BROKER`, `DESTINATION_MALFORMED`; neither ends the session */
  sendDestination(destination: string, isTranslated: boolean): string;
  /**
   * What a SUBSCRIBE becomes. @throws MessageRejectedError as `sendDestination`; TreadleError `DESTINATION_MALFORMED` for a pattern that is none, as with
   * the embedded broker
   */
  subscription(requested: RequestedSubscription): BrokerSubscription;
  /**
   * Where servers of the application send what is meant for each other, and subscribe to it (`ack:auto`): a place that no destination of the application and no
   * wildcard of a client leads to.
   * @param destination as `userDestinationBroadcast` names it
   */
  serverDestination(destination: string): string;
  /**
   * The headers of a SEND beside `destination`, from those that receivers may get; flat. What the broker would read something into, refuse or lose is packed into
   * one header, and comes out of `messageHeaders` again.
   */
  sendHeaders(headers: NativeHeaders): readonly string[];
  /** The sender's headers of a MESSAGE, without what the broker, the relay and STOMP added: what receivers get; flat. */
  messageHeaders(headers: readonly string[]): readonly string[];
  /** Whether the broker says that the message was delivered before. */
  isRedelivered(headers: readonly string[]): boolean;
  /** Further headers of NACK; flat. @param headers of the client's NACK */
  nackHeaders(headers: NativeHeaders): readonly string[];
}
