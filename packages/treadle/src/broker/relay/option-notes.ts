import type { Report } from '../../foundation/finding.js';
import { isLoopback } from '../../foundation/loopback.js';
import type { BrokerContext } from '../broker.js';
import type { GivenRelayOptions } from './option-agreement.js';
import { RELAY_DEFAULTS } from './relay-settings.js';

/** What stands before the body of a message to a user of another server: his name and the headers, mostly much less. */
const HEAD_OCTETS = 64 * 1024;

/** Notes what is allowed, and either has no effect or should be known by whoever answers for the server. */
export function noteRelaySettings(
  given: GivenRelayOptions,
  { frameBodyOctets }: BrokerContext['limits'],
  note: Report,
): void {
  noteOpenDoors(given, note);
  const { connections, sharedConnections, onBrokerLoss, holdTimeMs } = given.options;
  if (sharedConnections !== undefined && connections !== 'shared') {
    const problem = 'it has no effect: each client has a connection of its own';
    note({ location: 'sharedConnections', problem, cure: "leave it out, or write connections: 'shared'" });
  }
  if (holdTimeMs !== undefined && onBrokerLoss !== 'hold') {
    const problem = 'it is about messages of the application alone: sessions of clients end when the broker is away';
    note({ location: 'holdTimeMs', problem, cure: "write onBrokerLoss: 'hold', unless that is meant" });
  }
  const { brokerFrameBodyOctets = RELAY_DEFAULTS.brokerFrameBodyOctets } = given.options;
  if (brokerFrameBodyOctets >= frameBodyOctets + HEAD_OCTETS) return;
  const problem = `it is ${brokerFrameBodyOctets}, and clients may send bodies of ${frameBodyOctets}: with what servers write before them they may be more, and are refused then`;
  note({ location: 'brokerFrameBodyOctets', problem, cure: `give ${frameBodyOctets + HEAD_OCTETS} or more` });
}

/** What is harmless on this machine alone. */
function noteOpenDoors({ options, url }: GivenRelayOptions, note: Report): void {
  const hosts = options.hosts?.map(({ host }) => host) ?? [options.host ?? url.host ?? RELAY_DEFAULTS.host];
  const remote = hosts.find((host) => !isLoopback(host));
  if (remote === undefined) return;
  if (!(options.tls ?? url.isSecure ?? false)) {
    const problem = `logins, passcodes and messages travel to ${remote} as they are, for everybody on the way to read`;
    note({ location: 'tls', problem, cure: 'turn it on, unless the network is yours alone' });
  }
  for (const who of ['system', 'client'] as const) {
    if (who === 'client' && options.clientCredentials) continue;
    if ((options[`${who}Login`] ?? url.login ?? RELAY_DEFAULTS.login) !== 'guest') continue;
    const problem = `it is 'guest', which everybody knows, and a RabbitMQ takes it from its own machine alone`;
    note({ location: `${who}Login`, problem, cure: 'make a user at the broker, and name it here with its passcode' });
  }
}
