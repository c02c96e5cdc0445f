import type { Logger } from '../../../foundation/logger.js';
import type { Dialect } from '../dialect/dialect.js';
import type { BrokerMessage } from '../link/broker-link.js';
import type { LastingLink } from '../link/lasting-link.js';
import type { LinkSubscribe } from '../link/link-subscription.js';

/** What broadcasts need of the system connection. */
export type SystemLink = Pick<LastingLink, 'link' | 'subscribe'>;

/** What a subscription to broadcasts is made with. */
export interface BroadcastSubscriptionOptions {
  /** As the options say it. */
  readonly destination: string;
  readonly onMessage: (message: BrokerMessage) => void;
  /** It became live, or it ended. */
  readonly onChange: () => void;
  readonly logger: Logger;
}

/** One server's subscription to what the others broadcast. Made once, it comes back with the link; refused or ended, it is made when the link is up the next time. */
export class BroadcastSubscription {
  readonly destination: string;
  readonly #options: BroadcastSubscriptionOptions;
  #state: 'none' | 'asked' | 'live' = 'none';

  constructor(options: BroadcastSubscriptionOptions) {
    this.destination = options.destination;
    this.#options = options;
  }

  /** Whether the broker has confirmed it; while the link is away too. */
  get isLive(): boolean {
    return this.#state === 'live';
  }

  /** Makes it unless it is there. */
  make(system: SystemLink): void {
    if (this.#state !== 'none') return;
    this.#state = 'asked';
    const { onMessage } = this.#options;
    const onEnded = (reason: Error): void => this.#failed(reason);
    system.subscribe({ frame: (dialect) => this.#frame(dialect), onMessage, onEnded }).then(
      () => this.#became('live'),
      (error: unknown) => this.#failed(error),
    );
  }

  #frame(dialect: Dialect): LinkSubscribe {
    return { destination: dialect.serverDestination(this.destination), ack: 'auto', headers: [] };
  }

  #failed(error: unknown): void {
    const { destination, logger } = this.#options;
    logger.warn('this server does not hear the others until the broker is connected the next time', {
      destination,
      error,
    });
    this.#became('none');
  }

  #became(state: 'none' | 'live'): void {
    this.#state = state;
    this.#options.onChange();
  }
}
