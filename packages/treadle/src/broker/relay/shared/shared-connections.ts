import type { RelayParts } from '../relay-parts.js';
import { ListeningConnection } from './listening-connection.js';
import { LossNotices } from './loss-notices.js';
import { PublishingConnection } from './publishing-connection.js';
import type { SharedLink } from './shared-link.js';
import { Suspects } from './suspects.js';

/**
 * The few connections that carry all clients of a server (docs/decisions/0056-shared-connections.md): `sharedConnections` that listen, and as many that publish. Each
 * destination and each session has one of them for good: messages of one session to one destination never overtake each other.
 */
export class SharedConnections {
  readonly suspects = new Suspects();
  readonly notices: LossNotices;
  readonly #listening: readonly ListeningConnection[];
  readonly #publishing: readonly PublishingConnection[];

  /** @param isBrokerAway whether there is no broker at present, and no need to wait for it */
  constructor(parts: RelayParts, isBrokerAway: () => boolean) {
    this.notices = new LossNotices(parts.context.tell);
    const shared = { ...parts, notices: this.notices, suspects: this.suspects, isBrokerAway };
    const numbers = Array.from({ length: parts.settings.sharedConnections }, (_, index) => index + 1);
    this.#listening = numbers.map((number) => new ListeningConnection(`shared-${number}-listening`, shared));
    this.#publishing = numbers.map((number) => new PublishingConnection(`shared-${number}-publishing`, shared));
  }

  /** Those of all of them. */
  get links(): readonly SharedLink[] {
    return [...this.#listening, ...this.#publishing].map(({ link }) => link);
  }

  /** The one over which a destination is listened to. */
  listeningTo(destination: string): ListeningConnection {
    return placeOf(destination, this.#listening);
  }

  /** The one over which a session publishes. */
  publishingFor(sessionId: string): PublishingConnection {
    return placeOf(sessionId, this.#publishing);
  }

  /** Begins to connect; waits for nothing. */
  start(): void {
    for (const link of this.links) link.start();
  }

  /** Resolves when nothing is open any more. */
  async stop(): Promise<void> {
    await Promise.all([...this.#listening, ...this.#publishing].map((connection) => connection.stop()));
  }
}

function placeOf<T>(key: string, places: readonly T[]): T {
  const place = places[hashOf(key) % places.length];
  if (place) return place;
  throw new RangeError('sharedConnections is less than 1');
}

/** FNV-1a, over UTF-16 units: spreads names that differ in a character. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
