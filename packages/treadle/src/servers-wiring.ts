import type { Broker } from './broker/broker.js';
import type { Clock } from './foundation/clock.js';
import type { Logger } from './foundation/logger.js';
import type { ConnectedSessions } from './user/connected-sessions.js';
import { RegistryReplication } from './user/servers/registry-replication.js';
import { UserMessages } from './user/servers/user-messages.js';

/** What this server has to do with the others. */
export interface OtherServers {
  /** `undefined` where servers do not tell each other who is connected. */
  readonly registry: RegistryReplication | undefined;
  /** `undefined` where servers do not send each other messages to users. */
  readonly userMessages: UserMessages | undefined;
}

/** What servers are brought together with. */
export interface ServersBase {
  readonly broker: Broker;
  readonly connected: ConnectedSessions;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** `undefined` with a broker that has one server alone. */
export function createOtherServers({ broker, ...base }: ServersBase): OtherServers | undefined {
  const link = broker.servers;
  if (!link) return undefined;
  const registry = link.offers('user-registry') ? new RegistryReplication({ link, ...base }) : undefined;
  const userMessages = link.offers('user-destinations') ? new UserMessages({ link, registry, ...base }) : undefined;
  return { registry, userMessages };
}

/** Takes leave of the others, once the sessions of this server are over; waits for the broker until `deadline` resolves. */
export async function leaveOtherServers(others: OtherServers | undefined, deadline: Promise<void>): Promise<void> {
  if (!others) return;
  others.userMessages?.stop();
  await Promise.race([others.registry?.stop(), deadline]);
}
