import type { WildcardStyle } from '../../messaging/destination-pattern.js';
import type { DestinationPolicy } from './policy/destination-policy.js';
import type { KeptMessageOptions } from './policy/kept-message-options.js';

/** What begins the destinations of a broker that was told nothing. */
export const DEFAULT_DESTINATION_PREFIXES: readonly string[] = ['/topic', '/queue'];

/** What the embedded broker can be told. */
export interface SimpleBrokerOptions extends KeptMessageOptions {
  /**
   * What begins the destinations of the broker; default `['/topic', '/queue']`. `/topic` covers `/topic`, `/topic/…` and `/topic.…`.
   * All with a leading slash or all without.
   */
  readonly destinationPrefixes?: readonly string[];
  /** Destinations whose matching wildcard subscriptions are remembered, some 400 octets each; default 16 384. `0` remembers none. */
  readonly cacheLimit?: number;
  /** How the wildcards of subscriptions and policies are spelled: as in Spring or as in RabbitMQ. Default `'ant'`. */
  readonly wildcards?: WildcardStyle;
  /** How some destinations are treated, the first that matches counts; default none: every destination fans out, as in Spring. */
  readonly policies?: readonly DestinationPolicy[];
  /**
   * Deliveries that a subscription with `ack:client` or `ack:client-individual` may have unacknowledged, unless its `prefetch-count` header says
   * otherwise. Default 1000.
   */
  readonly prefetchCount?: number;
  /** The largest `prefetch-count` that counts; a client that asks for more gets this. Default 10 000. */
  readonly maxPrefetchCount?: number;
  /**
   * Octets of payloads and headers that one subscription may have unacknowledged before it gets nothing more; one message alone may have more. Default
   * 8 MiB.
   */
  readonly maxUnacknowledgedOctets?: number;
  /** Queues at one time, those of dead letters not counted; what would need a further one is refused with `QUEUE_FULL`. Default 100 000. */
  readonly maxQueues?: number;
  /**
   * Octets of payloads and headers, and 512 more per message, that all queues hold together, those of dead letters not counted; a message beyond is
   * refused with `QUEUE_FULL`. Default 512 MiB.
   */
  readonly maxQueueOctets?: number;
}
