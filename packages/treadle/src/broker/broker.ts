import type { Awaitable } from '../foundation/awaitable.js';
import type { Clock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import type { DestinationSeparator } from '../messaging/destination-pattern.js';
import type { MessageChannel } from '../messaging/message-channel.js';
import type { MessageHandler } from '../messaging/message-handler.js';

/**
 * What stands behind `brokerChannel` and receives clients' frames beside the controllers. Subscribed to
 * `clientInboundChannel` and `brokerChannel` by the application.
 *
 * `handleMessage` settles when the message took effect: a subscription is live, a published message is accepted for all
 * its receivers. It ignores destinations it does not handle, and CONNECT and DISCONNECT carry no destination. Messages of one session
 * come in order. It adds to the `reach` of a message that has one. Deliveries go to `clientOutboundChannel`, one message per subscription, in the order of publication.
 */
export interface Broker extends MessageHandler {
  /** What begins its destinations, as configured: user destinations are translated into names of the same form. */
  readonly destinationPrefixes: readonly string[];
  /** True for destinations that begin with one of the broker's prefixes. */
  handles(destination: string): boolean;
  /** Whether a subscription to it is one to several destinations. Left out: when it is an Ant pattern (Spring: `AntPathMatcher`). */
  isPattern?(destination: string): boolean;
  start(): Awaitable<void>;
  /** The numbers of this moment; `undefined` when it keeps none. */
  readonly stats?: BrokerStats | undefined;
  /** Ends deliveries; later messages are refused. */
  stop(): Awaitable<void>;
}

/** What a broker did and holds. Counts begin with the application and never go back. */
export interface BrokerStats {
  /** At this moment. */
  readonly subscriptions: number;
  readonly messages: {
    /** Accepted, whoever wanted them. */
    readonly published: number;
    /** Given to a subscription, those delivered again included. */
    readonly delivered: number;
    /** Of these, given once more. */
    readonly redelivered: number;
    /** By ACK, those of subscriptions that need none not included. */
    readonly acknowledged: number;
    /** By NACK. */
    readonly rejected: number;
    readonly deadLettered: number;
    readonly expired: number;
    /** Not delivered because of a policy for slow consumers or full queues, or by NACK with `requeue:false`. */
    readonly dropped: number;
    /** Not accepted, by error code: a limit of its destination. */
    readonly refusedByCode: Readonly<Record<string, number>>;
  };
  /** At this moment, over all queues. */
  readonly queues: {
    readonly count: number;
    readonly waitingMessages: number;
    readonly unacknowledgedMessages: number;
    readonly octets: number;
  };
}

/** What a broker is given by the application. */
export interface BrokerContext {
  readonly clientOutboundChannel: MessageChannel;
  readonly logger: Logger;
  readonly clock: Clock;
  /** What parts the segments of destinations, for wildcard subscriptions. */
  readonly destinationSeparator: DestinationSeparator;
  /** What begins the user destinations of clients, such as `/user`. */
  readonly userDestinationPrefix: string;
  /**
   * Tells the application that the broker takes messages from now on, or does not any more. May be repeated: a
   * `BrokerAvailabilityEvent` is published on a change only.
   */
  readonly reportAvailability: (isAvailable: boolean) => void;
  /** Those of the application that concern a broker. */
  readonly limits: { readonly sendBufferOctets: number };
}

/** Makes the broker of an application; `simpleBroker(…)` gives one. */
export type BrokerFactory = (context: BrokerContext) => Broker;
