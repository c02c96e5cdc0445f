import type { BrokerSettings } from '../broker.js';
import type { RelaySettings } from './relay-settings.js';

/** What may be told of the options to whoever runs the server: where the broker is, never as whom. */
export function describeSettings(settings: RelaySettings): BrokerSettings {
  const { hosts, tls, virtualHost, dialect, connections, onBrokerLoss } = settings;
  const { userDestinationBroadcast, userRegistryBroadcast } = settings;
  return {
    addresses: hosts.map(({ host, port }) => addressOf(host, port, tls !== undefined)),
    ...(virtualHost !== undefined && { virtualHost }),
    dialect,
    connections,
    ...(connections === 'shared' && { sharedConnections: settings.sharedConnections }),
    onBrokerLoss,
    ...(onBrokerLoss === 'hold' && { holdTimeMs: settings.holdTimeMs }),
    userDestinationBroadcast,
    userRegistryBroadcast,
  };
}

function addressOf(host: string, port: number, isSecure: boolean): string {
  return `${isSecure ? 'stomps' : 'stomp'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
