import type { BrokerConnectionStats } from '../broker.js';
import { BrokerCounters } from '../delivery/broker-counters.js';
import type { BrokerLink } from './link/broker-link.js';
import { LinkConnector } from './link/link-connector.js';
import type { LinkRequest } from './link/link-request.js';

/** Counts what the relay does with messages and connections. */
export class RelayCounters extends BrokerCounters {
  opened = 0;
  lost = 0;
  failedAttempts = 0;
  /** Those that may be open; looked through when there are twice as many as were open then. */
  readonly #links = new Set<BrokerLink>();
  #mostLinks = 16;

  /** A connection came as far as CONNECTED. */
  linkOpened(link: BrokerLink): void {
    this.opened += 1;
    this.#links.add(link);
    if (this.#links.size > this.#mostLinks) this.#mostLinks = Math.max(16, 2 * this.#countOpen());
  }

  /** The numbers of this moment. */
  describeConnections(): BrokerConnectionStats {
    const { opened, lost, failedAttempts: refused } = this;
    return { open: this.#countOpen(), opened, lost, refused };
  }

  #countOpen(): number {
    for (const link of this.#links) if (!link.isOpen) this.#links.delete(link);
    return this.#links.size;
  }
}

/** A connector that counts. */
export class CountingConnector extends LinkConnector {
  readonly #counters: RelayCounters;

  constructor(options: ConstructorParameters<typeof LinkConnector>[0], counters: RelayCounters) {
    super(options);
    this.#counters = counters;
  }

  override async connect(request: LinkRequest): Promise<BrokerLink> {
    const { listener } = request;
    const counted = {
      onMessage: (message: Parameters<typeof listener.onMessage>[0]) => listener.onMessage(message),
      onError: (error: Parameters<typeof listener.onError>[0]) => listener.onError(error),
      onLost: (reason: Error) => {
        this.#counters.lost += 1;
        listener.onLost(reason);
      },
    };
    try {
      const link = await super.connect({ ...request, listener: counted });
      this.#counters.linkOpened(link);
      return link;
    } catch (error) {
      this.#counters.failedAttempts += 1;
      throw error;
    }
  }
}
