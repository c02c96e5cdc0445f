import type { Message } from '../../../messaging/message.js';

/**
 * How the embedded broker treats some destinations. The policies of a broker are one list, and the first whose `destinations` match counts alone;
 * a destination that none matches fans out, as in Spring. Translated user destinations are matched as clients know them (`/user/queue/…`) and always
 * belong to their session alone.
 */
export type DestinationPolicy = TopicPolicy | QueuePolicy;

/** What both kinds of destinations can be told. */
export interface CommonPolicy {
  /** Destinations or patterns, as in subscriptions: `/queue/**`, `/topic/prices/*`. At least one. */
  readonly destinations: string | readonly string[];
  /**
   * Milliseconds after which a message that has not been delivered is dropped, unless its `expires` header says otherwise (milliseconds since 1970, `0`
   * for never, as ActiveMQ reads it). Default: never.
   */
  readonly expiresAfterMs?: number;
  /**
   * Subscriptions at one time, of all sessions, those by matching patterns included; a further one is refused with `SUBSCRIBER_LIMIT_EXCEEDED`.
   * Default: no limit.
   */
  readonly maxSubscribers?: number;
  /** Octets of one payload; a larger message is refused with `DESTINATION_MESSAGE_TOO_LARGE`. Default: no limit but the server's own. */
  readonly maxMessageOctets?: number;
  /**
   * Messages per second and destination, as a token bucket that holds one second's worth; what exceeds it is refused with
   * `DESTINATION_RATE_EXCEEDED`. Default: no limit.
   */
  readonly maxMessagesPerSecond?: number;
}

/** Every subscription gets every message. */
export interface TopicPolicy extends CommonPolicy {
  /** Default `'topic'`. */
  readonly kind?: 'topic';
  /** Whether the last message is kept and given to each new subscription first. An empty payload clears it. Default false. */
  readonly retainLast?: boolean;
  /** Keeps messages so that a subscription can ask for what it missed. Default: none are kept. */
  readonly history?: HistoryPolicy;
  /**
   * What becomes of messages for a subscriber that reads too slowly: `'disconnect'` its session, `'drop-oldest'` waiting message, or keep only the
   * `latestByKey`. Default `'disconnect'`.
   */
  readonly slowConsumer?: SlowConsumerPolicy;
  /**
   * Messages that may wait for one subscription, with `'drop-oldest'`, `latestByKey`, acknowledgements or recovery; and no more octets than
   * `limits.sendBufferOctets` for all subscriptions of a session. Default 1000.
   */
  readonly maxWaitingMessages?: number;
}

/** How much of a destination's past is kept. At least one of the first two. */
export interface HistoryPolicy {
  /** The newest so many messages. */
  readonly messages?: number;
  /** Those of the last so many milliseconds. */
  readonly forMs?: number;
  /** Octets of their payloads and headers at most, and 512 more per message for what its objects take. Default 1 MiB: some 2000 small messages. */
  readonly octets?: number;
}

/** See `TopicPolicy.slowConsumer`. A key is a header's value or what a function says; messages of one key replace each other in place. */
export type SlowConsumerPolicy =
  'disconnect' | 'drop-oldest' | { readonly latestByKey: string | ((message: Message) => string | undefined) };

/** One of the subscriptions gets a message, in turn; it waits, in order, while nobody can take it. */
export interface QueuePolicy extends CommonPolicy {
  readonly kind: 'queue';
  /** Messages that one queue holds, waiting or unacknowledged. Default 10 000. */
  readonly maxMessages?: number;
  /** Octets of their payloads and headers. Default 64 MiB. */
  readonly maxOctets?: number;
  /** What a full queue does: refuse the message with `QUEUE_FULL`, or drop the oldest one that waits. Default `'refuse'`. */
  readonly whenFull?: 'refuse' | 'drop-oldest';
  /** How often one message is delivered before it goes to the dead letters. Default 5. */
  readonly maxDeliveries?: number;
  /**
   * Where they go; always a queue, whose own messages never become dead letters again, and which no wildcard subscription consumes. Default `/queue/dead-letters` when the broker has the prefix
   * `/queue`, else `dead-letters` below its first prefix.
   */
  readonly deadLetters?: string;
}
