import { LossNotices } from './loss-notices.js';
import type { RelayParts } from '../relay-parts.js';
import { SharedConnection } from './shared-connection.js';
import { SuspectDestinations } from './suspect-destinations.js';

/**
 * The few connections that carry all clients of a server (docs/decisions/0056-shared-connections.md). Each destination and each session has one of them for
 * good: messages of one session to one destination never overtake each other.
 */
export class SharedConnections {
  readonly suspects = new SuspectDestinations();
  readonly notices: LossNotices;
  readonly #connections: readonly SharedConnection[];

  /** @param isBrokerAway whether there is no broker at present, and no need to wait for it */
  constructor(parts: RelayParts, isBrokerAway: () => boolean) {
    this.notices = new LossNotices(parts.context.tell);
    const shared = { ...parts, notices: this.notices, suspects: this.suspects, isBrokerAway };
    this.#connections = Array.from(
      { length: parts.settings.sharedConnections },
      (_, index) => new SharedConnection(`shared-${index + 1}`, shared),
    );
  }

  /** All of them. */
  get all(): readonly SharedConnection[] {
    return this.#connections;
  }

  /** The one that a destination is listened to over, or that a session publishes over. @param key the destination, or the id of the session */
  of(key: string): SharedConnection {
    const connection = this.#connections[hashOf(key) % this.#connections.length];
    if (connection) return connection;
    throw new RangeError('sharedConnections is less than 1');
  }

  /** Begins to connect; waits for nothing. */
  start(): void {
    for (const connection of this.#connections) connection.start();
  }

  /** Resolves when nothing is open any more. */
  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.stop()));
  }
}

/** FNV-1a, over UTF-16 units: spreads names that differ in a character. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
