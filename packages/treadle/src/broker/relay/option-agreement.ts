import { shorten } from '../../foundation/error-text.js';
import type { Report } from '../../foundation/finding.js';
import type { BrokerUrl } from './broker-url.js';
import { wordOf } from './dialect/name-words.js';
import type { BrokerRelayOptions } from './relay-options.js';
import { RELAY_DEFAULTS } from './relay-settings.js';

/** What is looked at together: the options as far as they fit, and what `url` says. */
export interface GivenRelayOptions {
  readonly options: BrokerRelayOptions;
  /** Empty without the option, and for one that cannot be read. */
  readonly url: Partial<BrokerUrl>;
}

/** Reports options that contradict each other. */
export function checkAgreement(given: GivenRelayOptions, report: Report): void {
  checkAddress(given, report);
  checkCredentials(given, report);
  checkOrder(given, report);
  checkBroadcasts(given, report);
}

function checkAddress({ options, url }: GivenRelayOptions, report: Report): void {
  const single = (['host', 'port'] as const).filter((name) => options[name] !== undefined);
  if (options.hosts && single.length > 0) {
    const problem = `${single.join(' and ')} ${single.length === 1 ? 'is' : 'are'} given too`;
    report({ location: 'hosts', problem, cure: 'name every broker in hosts, or one by host and port' });
  }
  if (url.port === 0) report({ location: 'url', problem: 'its port is 0', cure: 'write one from 1 to 65535' });
  if (url.isSecure && options.tls === false) {
    const problem = 'it is false, and url begins with stomps: passcodes would travel without TLS';
    report({ location: 'tls', problem, cure: 'leave it out, or write stomp:// in url' });
  }
}

function checkCredentials({ options, url }: GivenRelayOptions, report: Report): void {
  for (const who of ['system', 'client'] as const) {
    const login = options[`${who}Login`] ?? url.login;
    const passcode = options[`${who}Passcode`] ?? url.passcode;
    if ((login === undefined) === (passcode === undefined)) continue;
    const [present, missing] = login === undefined ? ['passcode', 'login'] : ['login', 'passcode'];
    const location = `${who}${capital(missing)}`;
    if (who === 'client' && options.clientCredentials) continue; // told below
    report({ location, problem: `there is a ${present} without it`, cure: 'give both or none' });
  }
  if (!options.clientCredentials) return;
  const fixed = (['clientLogin', 'clientPasscode'] as const).filter((name) => options[name] !== undefined);
  if (fixed.length > 0) {
    const problem = `${fixed.join(' and ')} would never count beside it`;
    report({ location: 'clientCredentials', problem, cure: 'leave it to one of them' });
  }
  if (options.connections === 'shared') {
    const problem = "with connections: 'shared' clients have no connection of their own to log in on";
    report({ location: 'clientCredentials', problem, cure: "leave it out, or write connections: 'per-client'" });
  }
}

/** The smaller and the larger of two numbers that belong together. */
const PAIRS = [
  ['reconnectDelayMs', 'maxReconnectDelayMs'],
  ['prefetchCount', 'maxPrefetchCount'],
] as const;

function checkOrder({ options }: GivenRelayOptions, report: Report): void {
  for (const [smaller, larger] of PAIRS) {
    const [least, most] = [options[smaller], options[larger] ?? RELAY_DEFAULTS[larger]];
    if (least === undefined || least <= most) continue; // a default gives way
    const problem = `it is ${least}, above ${larger}, which is ${most}`;
    report({ location: smaller, problem, cure: 'lower the one or raise the other' });
  }
}

const BROADCASTS = ['userDestinationBroadcast', 'userRegistryBroadcast'] as const;

function checkBroadcasts({ options }: GivenRelayOptions, report: Report): void {
  const [first, second] = BROADCASTS.map((name) => options[name] ?? RELAY_DEFAULTS[name]);
  for (const name of BROADCASTS) {
    const destination = options[name];
    const problem = typeof destination === 'string' && problemOfBroadcast(destination);
    if (problem) report({ location: name, problem, cure: `write plain text, such as '${RELAY_DEFAULTS[name]}'` });
  }
  if (first !== second || first === false) return;
  const problem = 'it is that of userDestinationBroadcast, too';
  report({ location: 'userRegistryBroadcast', problem, cure: 'give each a destination of its own' });
}

/** RabbitMQ's names have 255 (AMQP 0-9-1 § 4.2.5.3), three of them for the mark of these. */
const MOST_BROADCAST_OCTETS = 252;

function problemOfBroadcast(destination: string): string | undefined {
  if (/[*?{}#>]/.test(destination)) return `'${destination}' holds a wildcard, and it is one destination`;
  if (/^\/?queue(?:[/.]|$)/.test(destination)) {
    return `'${destination}' is a queue, which gives each message to one server, and all of them want it`;
  }
  const octets = Buffer.byteLength(wordOf(destination, '.'));
  if (octets <= MOST_BROADCAST_OCTETS) return undefined;
  return `'${shorten(destination, 60)}' is too long: with a slash as three it has ${octets} octets, above ${MOST_BROADCAST_OCTETS}`;
}

function capital(word: string | undefined = ''): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
