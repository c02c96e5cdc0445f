import type { SessionContext } from '../../messaging/session-context.js';
import { ClientConnection } from './client/client-connection.js';
import type { RelayClient } from './client/relay-client.js';
import type { RelayParts } from './relay-parts.js';
import { OwnConnection } from './shared/own-connection.js';
import { SharedClient } from './shared/shared-client.js';
import { SharedConnections } from './shared/shared-connections.js';

/** Serves sessions as `connections` says: over a connection of each one's own, or over a few that they share. */
export class RelayClients {
  readonly #parts: RelayParts;
  readonly #isBrokerAway: () => boolean;
  readonly #connections: SharedConnections | undefined;

  /** @param isBrokerAway whether there is no need to wait for it */
  constructor(parts: RelayParts, isBrokerAway: () => boolean) {
    this.#parts = parts;
    this.#isBrokerAway = isBrokerAway;
    this.#connections =
      parts.settings.connections === 'shared' ? new SharedConnections(parts, isBrokerAway) : undefined;
  }

  /** Begins to connect what is shared; waits for nothing. */
  start(): void {
    this.#connections?.start();
  }

  create(session: SessionContext): RelayClient {
    const createOwn = (): RelayClient => new ClientConnection(session, this.#parts, this.#isBrokerAway);
    if (!this.#connections) return createOwn();
    return new SharedClient(session, new OwnConnection(createOwn), { ...this.#parts, connections: this.#connections });
  }

  /** Resolves when nothing that is shared is open any more. */
  async stop(): Promise<void> {
    await this.#connections?.stop();
  }
}
