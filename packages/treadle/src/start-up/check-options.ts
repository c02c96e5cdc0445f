import { brokerRelay } from '../broker/relay/broker-relay.js';
import { simpleBroker } from '../broker/simple/simple-broker.js';
import type { Findings } from '../foundation/findings.js';
import {
  anyFunction,
  anyList,
  anyObject,
  checkKind,
  checkNames,
  either,
  flag,
  type Kind,
  listOf,
  number,
  objectOf,
  objectWith,
  oneOf,
  text,
} from '../foundation/option-kind.js';
import type { MessageConverterOptions } from '../messaging/converters.js';
import {
  type ApplicationOptions,
  DEFAULTS,
  type EndpointOptions,
  type HeartBeatOptions,
  type LimitOptions,
} from '../options.js';
import type { PresenceOptions } from '../user/presence.js';

/**
 * The options as far as they can be worked with; reports names there are none of, with what was probably meant, and values of another kind.
 * For JavaScript, for options read from JSON and for casts: TypeScript tells the same where it is asked. Ranges and meanings are looked at by those
 * who work with the values.
 */
export function checkOptions<T extends ApplicationOptions>(options: T, findings: Findings): T {
  const { report } = findings;
  const given = Object(checkKind(anyObject, options, 'options', report)) as object; // {} for undefined
  const checked = checkNames(OPTIONS, given, { location: '', report, explain: innerName });
  return checked as T; // what is left of it fits, and every option may be left out
}

/** `sessions` for `limits.sessions`. */
function innerName(name: string): { readonly cure: string } | undefined {
  const outer = Object.entries({ limits: LIMITS, heartBeat: HEART_BEAT, interceptors: INTERCEPTORS });
  const [where] = outer.find(([, names]) => Object.hasOwn(names, name)) ?? [];
  return where && !Object.hasOwn(OPTIONS, name) ? { cure: `write ${where}: { ${name}: … }` } : undefined;
}

const texts = listOf(text, 'a list of texts');
const classes = anyList('a list of classes');
const milliseconds = number;

/** A class or an object; what a circular import left is told together with the other mistakes of configurers. */
const configurer: Kind = {
  name: 'a class or an object',
  fits: (value) => value === undefined || anyFunction.fits(value) || anyObject.fits(value),
};

/** All hooks of these are optional, so an instance is known by not being the class. */
const channelInterceptor: Kind = { ...anyObject, name: 'an object with hooks: new YourInterceptor()' };
const channelInterceptors = listOf(channelInterceptor, 'a list of interceptors');
const handlerInterceptors = listOf(either(anyFunction, anyObject), 'a list of interceptors');

const INTERCEPTORS = {
  clientInbound: channelInterceptors,
  broker: channelInterceptors,
  clientOutbound: channelInterceptors,
} satisfies Record<keyof NonNullable<ApplicationOptions['interceptors']>, Kind>;

const HEART_BEAT = { sends: milliseconds, expects: milliseconds } satisfies Record<keyof HeartBeatOptions, Kind>;

const LIMITS = Object.fromEntries(Object.keys(DEFAULTS.limits).map((name) => [name, number])) as Record<
  keyof LimitOptions, // every limit has a default
  Kind
>;

const ENDPOINT = {
  path: text,
  allowedOrigins: either(oneOf('*'), texts),
  allowedOriginPatterns: texts,
  compression: flag,
  interceptors: anyList('a list of handshake interceptors'),
} satisfies Record<keyof EndpointOptions, Kind>;

const PRESENCE = {
  destination: text,
  connected: flag,
  subscribersOf: texts,
  leaveDelayMs: milliseconds,
} satisfies Record<keyof PresenceOptions, Kind>;

const converters = listOf(
  objectWith('an object with fromMessage and toOctets', 'fromMessage', 'toOctets'),
  'a list of converters',
);

const CONVERTERS = {
  own: converters,
  defaults: flag,
  defaultContentType: either(text, anyFunction),
  strictContentType: flag,
  json: objectWith('an object with parse and stringify', 'parse', 'stringify'),
} satisfies Record<keyof MessageConverterOptions, Kind>;

/** Every option; one that is missing here does not compile. */
const OPTIONS = {
  controllers: classes,
  services: classes,
  configurers: listOf(configurer, 'a list of configurers'),
  container: objectWith(
    'a container of tsyringe, such as container.createChildContainer()',
    'resolve',
    'register',
    'isRegistered',
  ),
  endpoints: listOf(either(text, endpointOf(ENDPOINT)), "a list of paths, such as ['/ws']"),
  applicationDestinationPrefixes: listOf(text, "a list of texts, such as ['/app']"),
  userDestinationPrefix: text,
  destinationSeparator: oneOf('/', '.'),
  properties: either(anyObject, anyFunction),
  broker: {
    name: 'what simpleBroker() or brokerRelay({ … }) answers: write broker: simpleBroker()',
    fits: (value) => typeof value === 'function' && value !== simpleBroker && value !== brokerRelay,
  },
  messageConverters: either(converters, objectOf(CONVERTERS, 'an object of options')),
  argumentResolvers: listOf(
    objectWith('an object with supportsParameter and bind', 'supportsParameter', 'bind'),
    'a list of argument resolvers',
  ),
  replyHeaders: either(texts, anyFunction),
  returnValueHandlers: listOf(
    objectWith('an object with supportsReturn and bind', 'supportsReturn', 'bind'),
    'a list of return value handlers',
  ),
  validation: anyObject,
  interceptors: objectOf(INTERCEPTORS, 'an object: { clientInbound: [], broker: [], clientOutbound: [] }'),
  handlerInterceptors,
  authenticate: anyFunction,
  presence: either(flag, objectOf(PRESENCE, 'an object of options')),
  limits: objectOf(LIMITS, 'an object of numbers: { sessions: 10_000 }'),
  heartBeat: objectOf(HEART_BEAT, 'an object: { sends: 10_000, expects: 10_000 }'),
  concurrency: either(number, oneOf(false)),
  statsIntervalMs: milliseconds,
  messageContext: flag,
  startUpReport: either(flag, oneOf('auto')),
  logger: objectWith('an object with debug, info, warn and error', 'debug', 'info', 'warn', 'error'),
  clock: objectWith(
    'an object with now, wallTime, setTimeout and setInterval',
    'now',
    'wallTime',
    'setTimeout',
    'setInterval',
  ),
} satisfies Record<keyof ApplicationOptions | 'configurers', Kind>;

/** Without its path an endpoint is nothing, whatever else it says. */
function endpointOf(kinds: typeof ENDPOINT): Kind {
  const kind = objectOf(kinds, "an object with a path, such as { path: '/ws' }");
  return { ...kind, fits: (value) => kind.fits(value) && hasPath(value) };
}

function hasPath(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'path' in value && typeof value.path === 'string';
}
