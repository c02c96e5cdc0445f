import type { Awaitable } from '../../../foundation/awaitable.js';
import type { BrokerCredentials, ClientConnect } from '../relay-options.js';
import type { RelaySettings } from '../relay-settings.js';

/**
 * Asks for the credentials of a client, and gives what its link asks before each attempt to connect: these first, then anew, as they may be valid for a while only.
 * @throws what `clientCredentials` throws
 */
export async function clientCredentialsOf(
  connect: ClientConnect,
  { client, clientCredentials }: Pick<RelaySettings, 'client' | 'clientCredentials'>,
): Promise<() => Awaitable<BrokerCredentials>> {
  if (!clientCredentials) return () => client;
  let first: BrokerCredentials | undefined = await clientCredentials(connect);
  return () => {
    const credentials = first ?? clientCredentials(connect);
    first = undefined;
    return credentials;
  };
}
