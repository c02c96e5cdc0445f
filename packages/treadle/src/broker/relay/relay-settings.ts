import type { ConnectionOptions } from 'node:tls';
import type { BrokerUrl } from './broker-url.js';
import { readBrokerUrl } from './broker-url.js';
import type { BrokerCredentials, BrokerRelayOptions } from './relay-options.js';

const DEFAULT_PREFIXES: readonly string[] = ['/topic', '/queue'];

/** What holds for options that are left out; `BrokerRelayOptions` says what each one is, and its unit. */
export const RELAY_DEFAULTS = {
  destinationPrefixes: DEFAULT_PREFIXES,
  host: '127.0.0.1',
  port: 61_613,
  login: 'guest',
  passcode: 'guest',
  dialect: 'detect',
  connections: 'per-client',
  sharedConnections: 2,
  queueConnections: 16,
  onBrokerLoss: 'close',
  holdTimeMs: 10_000,
  heldMessages: 1_000,
  heldOctets: 8 * 1024 * 1024,
  heartBeatMs: 10_000,
  reconnectDelayMs: 500,
  maxReconnectDelayMs: 30_000,
  connectTimeMs: 10_000,
  receiptTimeMs: 30_000,
  unconfirmedMessages: 1_000,
  brokerFrameBodyOctets: 16 * 1024 * 1024,
  prefetchCount: 1_000,
  maxPrefetchCount: 10_000,
  userDestinationBroadcast: '/topic/treadle-user-destinations',
  userRegistryBroadcast: '/topic/treadle-user-registry',
} as const;

/** The options of the relay as they hold; each is what `BrokerRelayOptions` says of it. */
export interface RelaySettings extends Required<
  Pick<
    BrokerRelayOptions,
    | 'destinationPrefixes'
    | 'dialect'
    | 'connections'
    | 'sharedConnections'
    | 'queueConnections'
    | 'onBrokerLoss'
    | 'holdTimeMs'
    | 'heldMessages'
    | 'heldOctets'
    | 'reconnectDelayMs'
    | 'maxReconnectDelayMs'
    | 'connectTimeMs'
    | 'receiptTimeMs'
    | 'unconfirmedMessages'
    | 'brokerFrameBodyOctets'
    | 'prefetchCount'
    | 'maxPrefetchCount'
    | 'userDestinationBroadcast'
    | 'userRegistryBroadcast'
  >
> {
  /** Tried in turn; at least one. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** `undefined`: plain TCP. */
  readonly tls: ConnectionOptions | undefined;
  readonly virtualHost: string | undefined;
  readonly system: BrokerCredentials;
  readonly client: BrokerCredentials;
  readonly clientCredentials: BrokerRelayOptions['clientCredentials'];
  /** Milliseconds. */
  readonly heartBeat: { readonly sends: number; readonly expects: number };
}

/** The options as they hold, `url` taken apart. @throws ConfigurationError for a `url` that is none */
export function resolveRelaySettings(options: BrokerRelayOptions): RelaySettings {
  const url: Partial<BrokerUrl> = options.url === undefined ? {} : readBrokerUrl(options.url);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const { heartBeatMs } = RELAY_DEFAULTS;
  return {
    ...RELAY_DEFAULTS,
    ...(given as BrokerRelayOptions), // the same without what is there as `undefined`
    hosts: hostsOf(options, url),
    tls: tlsOf(options.tls, url.isSecure),
    virtualHost: options.virtualHost ?? url.virtualHost,
    system: credentialsOf(options.systemLogin, options.systemPasscode, url),
    client: credentialsOf(options.clientLogin, options.clientPasscode, url),
    clientCredentials: options.clientCredentials,
    heartBeat: { sends: options.heartBeat?.sends ?? heartBeatMs, expects: options.heartBeat?.expects ?? heartBeatMs },
    prefetchCount:
      options.prefetchCount ?? Math.min(RELAY_DEFAULTS.prefetchCount, options.maxPrefetchCount ?? Infinity),
  };
}

function hostsOf({ hosts, host, port }: BrokerRelayOptions, url: Partial<BrokerUrl>): RelaySettings['hosts'] {
  const single = { host: host ?? url.host ?? RELAY_DEFAULTS.host, port: port ?? url.port ?? RELAY_DEFAULTS.port };
  return hosts?.map((one) => ({ host: one.host, port: one.port ?? single.port })) ?? [single];
}

function tlsOf(tls: BrokerRelayOptions['tls'], isSecure = false): ConnectionOptions | undefined {
  if (typeof tls === 'object') return tls;
  return (tls ?? isSecure) ? {} : undefined;
}

function credentialsOf(
  login: string | undefined,
  passcode: string | undefined,
  url: Partial<BrokerUrl>,
): BrokerCredentials {
  return {
    login: login ?? url.login ?? RELAY_DEFAULTS.login,
    passcode: passcode ?? url.passcode ?? RELAY_DEFAULTS.passcode,
  };
}
