import type { Awaitable } from '../foundation/awaitable.js';
import type { Clock } from '../foundation/clock.js';
import type { ErrorCode } from '../foundation/errors.js';
import type { Report } from '../foundation/finding.js';
import type { Logger } from '../foundation/logger.js';
import type { DestinationSeparator } from '../messaging/destination-pattern.js';
import type { MessageChannel } from '../messaging/message-channel.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import type { SessionContext } from '../messaging/session-context.js';
import type { ServerLink } from './cluster/server-link.js';

/**
 * What stands behind `brokerChannel` and receives clients' frames beside the controllers. Subscribed to `clientInboundChannel` and `brokerChannel` by
 * the application. `describeBroker` of the tests holds an implementation to all of this.
 *
 * **Who calls when.** The application calls `start` before it takes connections and `stop` when the last session has ended, once each. `handleMessage` is
 * called for every message of both channels, by many sessions while earlier calls are pending; before `start` has settled and after `stop` it
 * rejects with `SERVER_STOPPING` or a reason of its own. Messages of one session come in the order of its frames, each when the one before has settled, but
 * for those whose handlers let go of their turn; DISCONNECT comes last, once, however the session ended. A SUBSCRIBE that an interceptor held up may
 * come behind it: it must leave nothing behind.
 *
 * **Whose it is.** MESSAGE and SUBSCRIBE whose destination the broker does not handle are somebody else's: it settles at once and does nothing. One
 * with a `userDestination` was translated for one session: no pattern and no subscription that was not translated may match it, nor the reverse.
 * CONNECT, UNSUBSCRIBE, ACK, NACK and DISCONNECT carry no destination of their own; an UNSUBSCRIBE the broker knows nothing of is somebody else's too.
 *
 * **When it settles.** `handleMessage` resolves when the message took effect, and the RECEIPT says so to the client: a SUBSCRIBE when whatever is published
 * from now on, by anybody, reaches the subscription; an UNSUBSCRIBE when nothing more is sent to it; a MESSAGE when it is accepted for all its receivers,
 * which is before they have it; an ACK or NACK when it counts. When it rejects nothing of it has happened or will: no receiver gets a message that was
 * refused, but for `OUTCOME_UNKNOWN`: a broker elsewhere did not answer. A DISCONNECT with a `receipt` rejects with that when it is not certain that all the session
 * sent was taken; the session has ended nevertheless. An error with `endsSession: false` is about that message alone, every other ends the session of a client. A publisher never waits for one slow
 * subscriber. The `reach` of a message that has one is complete when it settles.
 *
 * **Order.** What one session publishes, and what the application publishes one call after the other, reaches every subscription of every session in that
 * order; only what comes again (NACK, a lost consumer) and what a policy drops may differ. Messages of different publishers may mix.
 *
 * **Deliveries** go to `clientOutboundChannel`, one message per subscription, made by `Message.deliveredTo` with the `ticket` of its SUBSCRIBE and, where it has
 * to be acknowledged, a `delivery.ackId` that its session was never given before. All deliveries of a published message share `published`: its `id`,
 * unique; the destination as sent; the payload, octet by octet; and of the publisher's headers those that `outgoingHeaders` lets pass, nothing
 * that tells who it was. Nothing is delivered to a session behind its DISCONNECT.
 *
 * **Acknowledgements.** An ACK or NACK says by `Message.acknowledgement` what it is about; what is unknown, settled or another session's is refused with
 * `ACKNOWLEDGEMENT_UNKNOWN`. What is unacknowledged when its subscription or session ends is no longer its subscriber's.
 */
export interface Broker extends MessageHandler {
  /** What begins its destinations, as configured: user destinations are translated into names of the same form. */
  readonly destinationPrefixes: readonly string[];
  /** True for destinations that begin with one of the broker's prefixes. */
  handles(destination: string): boolean;
  /** Whether a subscription to it is one to several destinations. Left out: when it is an Ant pattern (Spring: `AntPathMatcher`). */
  isPattern?(destination: string): boolean;
  /** What it treats in a way of its own, in the order it looks at it; left out when that is nothing. */
  readonly policies?: readonly DestinationPolicyDescription[] | undefined;
  /** Settles when messages are taken, and reports it; a broker that waits for another one may report that later. */
  start(): Awaitable<void>;
  /** The numbers of this moment; `undefined` when it keeps none. Collected when asked, from any place at any time. */
  readonly stats?: BrokerStats | undefined;
  /** How it is at this moment, as it was reported: the event about its availability is made of it. Left out: up as long as it is available. */
  readonly health?: BrokerHealth | undefined;
  /** What `describe()` and the report of a start tell of it besides; without credentials. */
  readonly settings?: BrokerSettings | undefined;
  /** How this server reaches the other servers of the application; left out by a broker that has one server alone. */
  readonly servers?: ServerLink | undefined;
  /** Ends deliveries and lets go of everything, timers and connections included; later messages are refused. Reports it. */
  stop(): Awaitable<void>;
}

/** How a broker was configured, by the names of its options: plain data, fit for `JSON.stringify`. */
export type BrokerSettings = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** How a broker is: plain data, fit for `JSON.stringify`, without credentials. */
export interface BrokerHealth {
  readonly status: 'up' | 'down';
  /** ISO 8601: since when. */
  readonly since: string;
  /** Where it is, or was when it went: `stomp://127.0.0.1:61613`. Left out for one in this process. */
  readonly address?: string;
  /** What it calls itself, `RabbitMQ/3.10.8`. */
  readonly server?: string;
  /** Why it is down, or what of it does not work, for people who operate it. */
  readonly reason?: string;
}

/** How some destinations are treated: plain data, fit for `JSON.stringify`. */
export interface DestinationPolicyDescription {
  /** Destinations and patterns. */
  readonly destinations: readonly string[];
  /** Whether every subscription gets a message, or one of them. */
  readonly kind: 'topic' | 'queue';
  /** What else holds, by the names of the broker's options: what was said, and the defaults of the rest. */
  readonly options: Readonly<Record<string, unknown>>;
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
    /** Not delivered because of a policy for slow consumers or full queues, that of dead letters included, or by NACK with `requeue:false`. */
    readonly dropped: number;
    /** Not accepted, by error code: a limit of its destination. */
    readonly refusedByCode: Readonly<Record<string, number>>;
  };
  /** At this moment, over all queues; left out where they are at a broker elsewhere, which knows. */
  readonly queues?: {
    readonly count: number;
    readonly waitingMessages: number;
    readonly unacknowledgedMessages: number;
    readonly octets: number;
  };
  /** To a broker elsewhere; left out by one in this process. */
  readonly connections?: BrokerConnectionStats;
}

/** Connections to a broker elsewhere: how many there are, and what became of those there were (Spring: `StompBrokerRelayMessageHandler.Stats`). */
export interface BrokerConnectionStats {
  /** At this moment. */
  readonly open: number;
  /** All that came as far as CONNECTED. */
  readonly opened: number;
  /** Those that ended against our will. */
  readonly lost: number;
  /** Attempts that came to nothing: nobody there, no answer in time, or a login that was refused. */
  readonly refused: number;
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
  /**
   * Whether messages to it concern clients of this server alone, as each server tells its own: who is present. Such a destination is served here, whatever
   * stands behind the broker.
   */
  readonly isLocal: (destination: string) => boolean;
  /** Tells a session at its error destination what happened that no frame of its own brought about. Never fails. */
  readonly tell: (session: SessionContext, code: ErrorCode, detail: string) => void;
  /** Those of the application that concern a broker. */
  readonly limits: { readonly sendBufferOctets: number; readonly frameBodyOctets: number };
  /** Takes what is allowed and should be known: it stands among the notes of `describe().warnings`. Asked while the broker is made. */
  readonly note: Report;
}

/** Makes the broker of an application; `simpleBroker(…)` gives one. */
export type BrokerFactory = (context: BrokerContext) => Broker;
