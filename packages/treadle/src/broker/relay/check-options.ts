import { isIPv6 } from 'node:net';
import { LONGEST_TIME_MS } from '../../foundation/clock.js';
import { ConfigurationError } from '../../foundation/errors.js';
import type { FindingDetails, Report } from '../../foundation/finding.js';
import { reporting } from '../../foundation/findings.js';
import {
  anyFunction,
  anyObject,
  checkKind,
  checkNames,
  either,
  flag,
  type Kind,
  listOf,
  objectOf,
  oneOf,
  text,
  wholeNumber,
} from '../../foundation/option-kind.js';
import type { BrokerContext } from '../broker.js';
import { DestinationPrefixes } from '../delivery/destination-prefixes.js';
import { readBrokerUrl } from './broker-url.js';
import { checkAgreement } from './option-agreement.js';
import { otherName } from './option-names.js';
import { noteRelaySettings } from './option-notes.js';
import type { BrokerAddress, BrokerRelayOptions } from './relay-options.js';

/**
 * Looks at everything the relay was told, and notes what is allowed and should be known. No finding repeats a passcode.
 * @throws ConfigurationError with all that is wrong at once
 */
export function checkBrokerRelayOptions(given: BrokerRelayOptions, context: BrokerContext): void {
  const found: FindingDetails[] = [];
  const report: Report = (finding) => found.push(located(finding));
  const options = fittingOptions(given, report);
  const { destinationPrefixes, url: address } = options;
  if (destinationPrefixes) reporting(report, '', () => new DestinationPrefixes(destinationPrefixes).check());
  const url = (address !== undefined && reporting(report, '', () => readBrokerUrl(address))) || {};
  checkAgreement({ options, url }, report);
  if (found.length > 0) throw new ConfigurationError(found);
  noteRelaySettings({ options, url }, context.limits, (finding) => context.note(located(finding)));
}

function located(finding: FindingDetails): FindingDetails {
  return { ...finding, location: finding.location ? `brokerRelay, ${finding.location}` : 'brokerRelay' };
}

/** Plain JavaScript may give anything. */
function fittingOptions(given: unknown, report: Report): BrokerRelayOptions {
  const object = Object(checkKind({ ...anyObject, name: 'an object of options' }, given, '', report)) as object; // {} for undefined
  return checkNames(OPTIONS, object, { location: '', report, explain: otherName }); // what is left of it fits
}

const HOST: Kind = {
  name: "the name or address of a machine, such as '127.0.0.1'",
  fits: (value) => typeof value === 'string' && /^[^\s/@]+$/.test(value),
  checkParts: (value, location, report) => {
    const host = String(value);
    if (!host.includes(':') || isIPv6(host)) return value;
    report({ location, problem: `it is the text '${host}', which is no host alone`, cure: hostAlone(host) });
    return undefined;
  },
};

/** As the host and port of an address are written, which is the usual slip. */
function hostAlone(written: string): string {
  const { host = '', port } = /^\[?(?<host>[^\]]*?)\]?(?::(?<port>\d+))?$/.exec(written)?.groups ?? {};
  return `write host: '${host}'${port === undefined ? '' : ` and port: ${port}`}`;
}

const PORT: Kind = {
  name: 'a whole number from 1 to 65535',
  fits: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535,
};

const ADDRESS = { host: HOST, port: PORT } satisfies Record<keyof BrokerAddress, Kind>;

/** Without its host it is nothing. */
const ONE_OF_HOSTS: Kind = {
  ...objectOf(ADDRESS, "an object with a host, such as { host: '10.0.0.5', port: 61613 }"),
  fits: (value) => anyObject.fits(value) && HOST.fits(Reflect.get(Object(value), 'host')),
};

const HOSTS: Kind = {
  ...listOf(ONE_OF_HOSTS, "a list of at least one, such as [{ host: '10.0.0.5' }]"),
  fits: (value) => Array.isArray(value) && value.length > 0,
};

const NAME: Kind = {
  name: 'a text that is not empty',
  fits: (value) => typeof value === 'string' && value !== '',
};

/** What it is instead is told to nobody: a number may be a passcode too. */
const SECRET: Kind = {
  name: 'a text',
  fits: () => true,
  checkParts: (value, location, report) => {
    if (typeof value === 'string') return value;
    report({ location, problem: 'it is no text', cure: 'give a text' });
    return undefined;
  },
};

/** @param from the shortest, in milliseconds */
function milliseconds(from: number): Kind {
  return {
    name: `a whole number of milliseconds from ${from} to ${LONGEST_TIME_MS}`,
    fits: (value) => wholeNumber(from).fits(value) && (value as number) <= LONGEST_TIME_MS, // a number, as the first says
  };
}

const HEART_BEAT = { sends: milliseconds(0), expects: milliseconds(0) } satisfies Record<
  keyof NonNullable<BrokerRelayOptions['heartBeat']>,
  Kind
>;

/** Words of servers about their sessions have up to 64 KiB, and a little more when one session has much to tell. */
const FRAME_BODY_OCTETS: Kind = {
  name: 'a whole number of octets from 131072 (128 KiB)',
  fits: (value) => wholeNumber(128 * 1024).fits(value),
};

const BROADCAST = either(oneOf(false), NAME);

/** Every option; one that is missing here does not compile. */
const OPTIONS = {
  destinationPrefixes: listOf(text, "a list of texts, such as ['/topic', '/queue']"),
  url: SECRET,
  host: HOST,
  port: PORT,
  hosts: HOSTS,
  tls: either(flag, { ...anyObject, name: 'what tls.connect takes: { ca }' }),
  virtualHost: NAME,
  systemLogin: NAME,
  systemPasscode: SECRET,
  clientLogin: NAME,
  clientPasscode: SECRET,
  clientCredentials: anyFunction,
  dialect: oneOf('detect', 'rabbitmq', 'activemq', 'none'),
  connections: oneOf('per-client', 'shared'),
  sharedConnections: wholeNumber(1),
  queueConnections: wholeNumber(1),
  onBrokerLoss: oneOf('close', 'hold'),
  holdTimeMs: milliseconds(1),
  heldMessages: wholeNumber(1),
  heldOctets: wholeNumber(1),
  heartBeat: objectOf(HEART_BEAT, 'an object: { sends: 10_000, expects: 10_000 }'),
  reconnectDelayMs: milliseconds(1),
  maxReconnectDelayMs: milliseconds(1),
  connectTimeMs: milliseconds(1),
  receiptTimeMs: milliseconds(1),
  unconfirmedMessages: wholeNumber(1),
  brokerFrameBodyOctets: FRAME_BODY_OCTETS,
  prefetchCount: wholeNumber(1),
  maxPrefetchCount: wholeNumber(1),
  userDestinationBroadcast: BROADCAST,
  userRegistryBroadcast: BROADCAST,
} satisfies Record<keyof BrokerRelayOptions, Kind>;
