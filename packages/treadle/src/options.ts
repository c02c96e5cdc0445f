import type { ValidatorOptions } from 'class-validator';
import type { DependencyContainer } from 'tsyringe';
import type { ArgumentResolver } from './annotation/arguments/argument-resolver.js';
import type { HandlerInterceptorSource } from './annotation/interceptors/handler-interceptor.js';
import type { ReplyHeaderNames } from './annotation/results/reply-headers.js';
import type { ReturnValueHandler } from './annotation/results/return-value-handler.js';
import type { BrokerFactory } from './broker/broker.js';
import { type Clock, LONGEST_TIME_MS } from './foundation/clock.js';
import type { Findings } from './foundation/findings.js';
import type { Logger } from './foundation/logger.js';
import type { PropertySource } from './foundation/placeholders.js';
import type { ChannelInterceptor } from './messaging/channel-interceptor.js';
import type { DestinationSeparator } from './messaging/destination-pattern.js';
import type { MessageConverterOptions } from './messaging/converters.js';
import type { MessageConverter } from './messaging/message-converter.js';
import type { Authenticate } from './security/authentication.js';
import type { HandshakeInterceptor } from './transport/handshake-interceptor.js';
import type { PresenceOptions } from './user/presence.js';

/** A class that can be constructed, by the container or by `new`. */
export type Constructor<T = object> = new (...args: any[]) => T; // `any`: constructors take whatever the container injects

/** Everything an application can be told; see `DEFAULTS` for what holds otherwise. */
export interface ApplicationOptions {
  /** Classes with `@Controller()`. */
  readonly controllers?: readonly Constructor[];
  /**
   * Classes constructed once at start, with `onApplicationStart` / `onApplicationStop` called when they have them. What constructors name and does
   * something by itself (hooks, `@Scheduled`, `@EventListener`) belongs to them without being listed.
   */
  readonly services?: readonly Constructor[];
  /** Where controllers and services are resolved; default: a new child of tsyringe's global container. */
  readonly container?: DependencyContainer;
  /** WebSocket paths; default `['/ws']`. */
  readonly endpoints?: readonly (string | EndpointOptions)[];
  /** What begins the destinations of controllers; default `['/app']`. `['/']` or `['']` offers every destination to them. */
  readonly applicationDestinationPrefixes?: readonly string[];
  /** What begins user destinations; default `/user`. */
  readonly userDestinationPrefix?: string;
  /** What parts the segments of mappings and of wildcard subscriptions: `/`, or `.` for `/app/red.blue.green`. Default `/`. */
  readonly destinationSeparator?: DestinationSeparator;
  /** Values of `${name}` in what decorators are told: an object or a function. Default: the environment variables of the process. */
  readonly properties?: PropertySource;
  /** Default `simpleBroker()`. */
  readonly broker?: BrokerFactory;
  /** Own converters, asked before text, octets and JSON; as an object also whether those are asked, and what they assume. */
  readonly messageConverters?: readonly MessageConverter[] | MessageConverterOptions;
  /** The application's own kinds of handler arguments, asked after the framework's and before the payload. Default none. */
  readonly argumentResolvers?: readonly ArgumentResolver[];
  /** Headers of a request that its replies carry too: exact names, or a function that decides by name. Default `['correlation-id']`. */
  readonly replyHeaders?: ReplyHeaderNames;
  /** Own handlers of results, asked after those of send annotations and before the one that takes everything. Default none. */
  readonly returnValueHandlers?: readonly ReturnValueHandler[];
  /** Given to class-validator for every payload; default `{}`. `{ whitelist: true }` drops properties without rules. */
  readonly validation?: ValidatorOptions;
  /** Interceptors of the three channels, in order. */
  readonly interceptors?: {
    readonly clientInbound?: readonly ChannelInterceptor[];
    readonly broker?: readonly ChannelInterceptor[];
    readonly clientOutbound?: readonly ChannelInterceptor[];
  };
  /** Around every method with a mapping, outside those of `@UseInterceptors`; classes are resolved from the container. Default none. */
  readonly handlerInterceptors?: readonly HandlerInterceptorSource[];
  /** Decides who a session is, at CONNECT; default: everybody is anonymous. */
  readonly authenticate?: Authenticate;
  /** Tells subscribers of a topic who is connected and subscribed; `true` for the defaults of `PresenceOptions`. Default off: names are nobody's business. */
  readonly presence?: boolean | PresenceOptions;
  /** Bounds that protect the server; each one not given here has its value of `DEFAULTS.limits`. */
  readonly limits?: Partial<LimitOptions>;
  /** Milliseconds between heart-beats: what the server offers to send and wants to receive; `0` turns a direction off. Default 10 000 each. */
  readonly heartBeat?: Partial<HeartBeatOptions>;
  /**
   * How many messages of one session may be in progress in one handler at the same time, for handlers without `@Concurrent`; default `false`: a
   * session's messages are handled strictly one after the other.
   */
  readonly concurrency?: number | false;
  /** Milliseconds between log lines with `Application.stats`, the first one after a minute; `0` for none. Default 1 800 000, as Spring. */
  readonly statsIntervalMs?: number;
  /**
   * Whether `MessageContext` is known from the start; default false: from when it is first injected, or a class is `@MessageScoped()`. It costs
   * about a microsecond per message.
   */
  readonly messageContext?: boolean;
  /**
   * Whether the start logs what is there: who answers what, and what should be known about it. `'auto'`: the whole report in development, one line where
   * `NODE_ENV` is `production`, nothing where it is `test` or the logger is `silentLogger`. Default `'auto'`.
   */
  readonly startUpReport?: boolean | 'auto';
  /** Default: the console. */
  readonly logger?: Logger;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** One WebSocket endpoint. */
export interface EndpointOptions {
  /** Exact path of the upgrade request, such as `/ws`. */
  readonly path: string;
  /** Origins (`https://app.example.org`) that browsers may connect from beside the same one; `'*'` for all. Default none. */
  readonly allowedOrigins?: readonly string[] | '*';
  /** The same with `*` for one or more characters of a host name or port: `https://*.example.org`, `http://localhost:*`. Default none. */
  readonly allowedOriginPatterns?: readonly string[];
  /** permessage-deflate (RFC 7692). Costs memory and CPU per session; default off. */
  readonly compression?: boolean;
  /** Asked in this order before a client is upgraded; they may refuse it and fill its session's attributes. Default none. */
  readonly interceptors?: readonly HandshakeInterceptor[];
}

/** Heart-beat intervals, in milliseconds. */
export interface HeartBeatOptions {
  /** How often the server can send one. */
  readonly sends: number;
  /** How often it wants one from the client. */
  readonly expects: number;
}

/** Bounds that protect the server; each breach has its own code. */
export interface LimitOptions {
  /** Headers of one frame. */
  readonly frameHeaders: number;
  /** Octets of one header line. */
  readonly frameHeaderLineOctets: number;
  /** Octets of one body. */
  readonly frameBodyOctets: number;
  /** JSON values (objects, lists, and what is in them) of a payload that is made into instances or given to a schema; `Infinity` for no limit. */
  readonly payloadValues: number;
  /** Frames of one session that may wait for their turn, or be in progress beside the order, before the session is not read any more. */
  readonly inboundQueueFrames: number;
  /** Octets of their headers and bodies, before the session is not read any more. */
  readonly inboundQueueOctets: number;
  /** Frames one client may send per second, and in one burst; `Infinity` for no limit. */
  readonly framesPerSecond: number;
  /** Octets one client may send per second, and in one burst, so no frame may be longer; `Infinity` for no limit. */
  readonly octetsPerSecond: number;
  /** Calls of handlers in progress at one time, of all sessions; further ones wait, and their sessions with them. */
  readonly handlersInFlight: number;
  /** Calls of handlers that may wait for that; the message of a further one is refused. */
  readonly handlersWaiting: number;
  /** Milliseconds one call of a handler may take, unless `@TimeLimit` says otherwise; `Infinity` for no limit. */
  readonly handlerTimeMs: number;
  /** Streams of one session at one time; what would begin a further one is refused. */
  readonly streams: number;
  /** Items of one Observable that may wait to be sent, before its stream fails. */
  readonly streamBufferItems: number;
  /** Octets that may wait for a slow client before its session ends. */
  readonly sendBufferOctets: number;
  /** Milliseconds that octets may wait for a slow client before its session ends. */
  readonly sendTimeMs: number;
  /** Subscriptions of one session at one time. */
  readonly subscriptions: number;
  /** Transactions of one session that are open at one time. */
  readonly transactions: number;
  /** SEND, ACK and NACK frames in the open transactions of one session together. */
  readonly transactionFrames: number;
  /** Octets of their headers and bodies. */
  readonly transactionOctets: number;
  /** Milliseconds that the handshake interceptors of one client have together, before it is refused with 503; and those of a TLS handshake over TCP. */
  readonly handshakeTimeMs: number;
  /** Milliseconds a new connection has to send CONNECT and be accepted. */
  readonly connectTimeMs: number;
  /**
   * Milliseconds a session that lost its client waits for frames in progress before it is forgotten, and streams and handlers of one that is over have to
   * end before nobody waits for them any more.
   */
  readonly lingerTimeMs: number;
  /** Sessions at one time, together with clients that wait for handshake interceptors or are in a TLS handshake; a further one is refused. */
  readonly sessions: number;
  /** Milliseconds that `stop` waits for handlers in progress and for clients to take what is queued. */
  readonly stopTimeMs: number;
}

/** Every default, once. Sources: Spring's `WebSocketTransportRegistration` and docs/decisions. */
export const DEFAULTS = {
  endpoints: ['/ws'],
  applicationDestinationPrefixes: ['/app'],
  userDestinationPrefix: '/user',
  messageContext: false,
  startUpReport: 'auto',
  replyHeaders: ['correlation-id'],
  destinationSeparator: '/',
  concurrency: false,
  statsIntervalMs: 30 * 60_000,
  heartBeat: { sends: 10_000, expects: 10_000 },
  limits: {
    frameHeaders: 64,
    frameHeaderLineOctets: 8 * 1024,
    frameBodyOctets: 64 * 1024,
    payloadValues: 5_000,
    inboundQueueFrames: 256,
    inboundQueueOctets: 1024 * 1024,
    framesPerSecond: Infinity,
    octetsPerSecond: Infinity,
    handlersInFlight: 1_000,
    handlersWaiting: 10_000,
    handlerTimeMs: Infinity,
    streams: 1_000,
    streamBufferItems: 1_000,
    sendBufferOctets: 512 * 1024,
    sendTimeMs: 10_000,
    subscriptions: 1_000,
    transactions: 10,
    transactionFrames: 1_000,
    transactionOctets: 1024 * 1024,
    handshakeTimeMs: 10_000,
    connectTimeMs: 60_000,
    lingerTimeMs: 30_000,
    sessions: 10_000,
    stopTimeMs: 5_000,
  },
} as const satisfies Pick<
  Required<ApplicationOptions>,
  | 'endpoints'
  | 'replyHeaders'
  | 'applicationDestinationPrefixes'
  | 'userDestinationPrefix'
  | 'destinationSeparator'
  | 'concurrency'
  | 'statsIntervalMs'
  | 'messageContext'
  | 'startUpReport'
> & { heartBeat: HeartBeatOptions; limits: LimitOptions };

/** The limits as they hold; reports one that is not a positive number, or a time above 24 days. */
export function resolveLimits(given: Partial<LimitOptions> | undefined, findings: Findings): LimitOptions {
  const limits: LimitOptions = { ...DEFAULTS.limits, ...withoutUndefined(given ?? {}) };
  for (const [name, value] of Object.entries(limits)) {
    const location = `limits.${name}`;
    if (!(value >= 1)) findings.report({ location, problem: `it is ${value}`, cure: 'give a number from 1 on' });
    if (name === 'handlerTimeMs' && value === Infinity) continue; // no limit
    if (name.endsWith('Ms') && value > LONGEST_TIME_MS) {
      findings.report({ location, problem: `it is ${value}`, cure: `give at most ${LONGEST_TIME_MS} milliseconds` });
    }
  }
  return limits;
}

/** The interval of the statistics as it holds; reports one that is no time. */
export function resolveStatsInterval(given: number = DEFAULTS.statsIntervalMs, findings: Findings): number {
  if (given >= 0 && given <= LONGEST_TIME_MS) return given;
  const cure = `give milliseconds from 0, for none, to ${LONGEST_TIME_MS}`;
  findings.report({ location: 'statsIntervalMs', problem: `it is ${given}`, cure });
  return DEFAULTS.statsIntervalMs;
}

/** The heart-beat intervals as they hold; reports one that is no whole number of milliseconds. */
export function resolveHeartBeat(given: Partial<HeartBeatOptions> | undefined, findings: Findings): HeartBeatOptions {
  const heartBeat: HeartBeatOptions = { ...DEFAULTS.heartBeat, ...withoutUndefined(given ?? {}) };
  for (const [name, value] of Object.entries(heartBeat)) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    const cure = 'give a whole number of milliseconds, 0 for none';
    findings.report({ location: `heartBeat.${name}`, problem: `it is ${value}`, cure });
  }
  return heartBeat;
}

/** `undefined` means: not given. */
function withoutUndefined<T extends object>(given: T): Partial<T> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>; // a selection of its own entries
}
