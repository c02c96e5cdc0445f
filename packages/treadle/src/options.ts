import type { ValidatorOptions } from 'class-validator';
import type { DependencyContainer } from 'tsyringe';
import type { BrokerFactory } from './broker/broker.js';
import type { Clock } from './foundation/clock.js';
import { ConfigurationError } from './foundation/errors.js';
import type { Logger } from './foundation/logger.js';
import type { ChannelInterceptor } from './messaging/channel-interceptor.js';
import type { MessageConverter } from './messaging/message-converter.js';
import type { Authenticate } from './security/authentication.js';

/** A class that can be constructed, by the container or by `new`. */
export type Constructor<T = object> = new (...args: any[]) => T; // `any`: constructors take whatever the container injects

/** Everything an application can be told; see `DEFAULTS` for what holds otherwise. */
export interface ApplicationOptions {
  /** Classes with `@Controller()`. */
  readonly controllers?: readonly Constructor[];
  /** Classes constructed once at start, with `onApplicationStart` / `onApplicationStop` called when they have them. */
  readonly services?: readonly Constructor[];
  /** Where controllers and services are resolved; default: a new child of tsyringe's global container. */
  readonly container?: DependencyContainer;
  /** WebSocket paths; default `['/ws']`. */
  readonly endpoints?: readonly (string | EndpointOptions)[];
  /** What begins the destinations of controllers; default `['/app']`. `['/']` or `['']` offers every destination to them. */
  readonly applicationDestinationPrefixes?: readonly string[];
  /** What begins user destinations; default `/user`. */
  readonly userDestinationPrefix?: string;
  /** Default `simpleBroker()`. */
  readonly broker?: BrokerFactory;
  /** Own converters, asked before text, bytes and JSON. */
  readonly messageConverters?: readonly MessageConverter[];
  /** Given to class-validator for every payload; default `{}`. `{ whitelist: true }` drops properties without rules. */
  readonly validation?: ValidatorOptions;
  /** Interceptors of the three channels, in order. */
  readonly interceptors?: {
    readonly clientInbound?: readonly ChannelInterceptor[];
    readonly broker?: readonly ChannelInterceptor[];
    readonly clientOutbound?: readonly ChannelInterceptor[];
  };
  /** Decides who a session is, at CONNECT; default: everybody is anonymous. */
  readonly authenticate?: Authenticate;
  /** Bounds that protect the server; each one not given here has its value of `DEFAULTS.limits`. */
  readonly limits?: Partial<LimitOptions>;
  /** Milliseconds between heart-beats: what the server offers to send and wants to receive; `0` turns a direction off. Default 10 000 each. */
  readonly heartBeat?: Partial<HeartBeatOptions>;
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
  /** permessage-deflate (RFC 7692). Costs memory and CPU per session; default off. */
  readonly compression?: boolean;
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
  /** Frames of one session that may wait for their turn before the session is not read any more. */
  readonly inboundQueueFrames: number;
  /** Octets of headers and bodies that may wait for their turn before the session is not read any more. */
  readonly inboundQueueOctets: number;
  /** Octets that may wait for a slow client before its session ends. */
  readonly sendBufferOctets: number;
  /** Milliseconds that octets may wait for a slow client before its session ends. */
  readonly sendTimeMs: number;
  /** Subscriptions of one session at one time. */
  readonly subscriptions: number;
  /** Milliseconds a new connection has to send CONNECT and be accepted. */
  readonly connectTimeMs: number;
  /** Milliseconds a session that lost its client waits for frames in progress before it is forgotten. */
  readonly lingerTimeMs: number;
  /** Sessions at one time; a further one is refused. */
  readonly sessions: number;
  /** Milliseconds that `stop` waits for handlers in progress and for clients to take what is queued. */
  readonly stopTimeMs: number;
}

/** Every default, once. Sources: Spring's `WebSocketTransportRegistration` and docs/decisions. */
export const DEFAULTS = {
  endpoints: ['/ws'],
  applicationDestinationPrefixes: ['/app'],
  userDestinationPrefix: '/user',
  heartBeat: { sends: 10_000, expects: 10_000 },
  limits: {
    frameHeaders: 64,
    frameHeaderLineOctets: 8 * 1024,
    frameBodyOctets: 64 * 1024,
    inboundQueueFrames: 256,
    inboundQueueOctets: 1024 * 1024,
    sendBufferOctets: 512 * 1024,
    sendTimeMs: 10_000,
    subscriptions: 1_000,
    connectTimeMs: 60_000,
    lingerTimeMs: 30_000,
    sessions: 10_000,
    stopTimeMs: 5_000,
  },
} as const satisfies Pick<
  Required<ApplicationOptions>,
  'endpoints' | 'applicationDestinationPrefixes' | 'userDestinationPrefix'
> & { heartBeat: HeartBeatOptions; limits: LimitOptions };

// Node's timers take no more; above it they fire at once.
const LONGEST_TIME_MS = 2 ** 31 - 1;

/** The limits as they hold. @throws ConfigurationError for one that is not a positive number, or a time above 24 days */
export function resolveLimits(given: Partial<LimitOptions> = {}): LimitOptions {
  const limits: LimitOptions = { ...DEFAULTS.limits, ...withoutUndefined(given) };
  for (const [name, value] of Object.entries(limits)) {
    if (!(value >= 1)) throw new ConfigurationError(`limits.${name} is ${value}; it must be a number from 1 on.`);
    if (name.endsWith('Ms') && value > LONGEST_TIME_MS) {
      throw new ConfigurationError(`limits.${name} is ${value}; it must be at most ${LONGEST_TIME_MS} milliseconds.`);
    }
  }
  return limits;
}

/** The heart-beat intervals as they hold. @throws ConfigurationError for one that is no whole number of milliseconds */
export function resolveHeartBeat(given: Partial<HeartBeatOptions> = {}): HeartBeatOptions {
  const heartBeat: HeartBeatOptions = { ...DEFAULTS.heartBeat, ...withoutUndefined(given) };
  for (const [name, value] of Object.entries(heartBeat)) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new ConfigurationError(
      `heartBeat.${name} is ${value}; it must be a whole number of milliseconds, 0 for none.`,
    );
  }
  return heartBeat;
}

/** `undefined` means: not given. */
function withoutUndefined<T extends object>(given: T): Partial<T> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>; // a selection of its own entries
}
