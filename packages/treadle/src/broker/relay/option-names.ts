import type { FindingDetails } from '../../foundation/finding.js';

/** Names that mean something elsewhere, and what to write here. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  login: 'write systemLogin and clientLogin, or put it into url',
  passcode: 'write systemPasscode and clientPasscode, or put it into url',
  relayHost: 'write host',
  relayPort: 'write port',
  systemHeartbeatSendInterval: 'write heartBeat: { sends: … }',
  systemHeartbeatReceiveInterval: 'write heartBeat: { expects: … }',
  autoStartup: 'leave it out: the relay starts and stops with the application',
  tcpClient: 'write tls, and hosts for several brokers',
};

/** Options of the embedded broker that a broker elsewhere has in its own configuration. */
const OF_SIMPLE_BROKER: ReadonlySet<string> = new Set([
  'policies',
  'maxQueues',
  'maxQueueOctets',
  'maxHistories',
  'maxRetained',
  'maxKeptOctets',
  'maxUnacknowledgedOctets',
  'cacheLimit',
  'wildcards',
]);

/** What an unknown option is elsewhere (Spring: `StompBrokerRelayRegistration`; `simpleBroker`), if it is known there. */
export function otherName(name: string): Partial<Pick<FindingDetails, 'problem' | 'cure'>> | undefined {
  if (OF_SIMPLE_BROKER.has(name)) {
    const problem = 'it is an option of simpleBroker, and the relay keeps no messages itself';
    return { problem, cure: 'leave it out, and set up the broker behind the relay' };
  }
  const cure = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined;
  return cure === undefined ? undefined : { cure };
}
