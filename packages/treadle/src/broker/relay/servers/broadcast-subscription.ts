import { asError } from '../../../foundation/error-text.js';
import type { Logger } from '../../../foundation/logger.js';
import type { Dialect } from '../dialect/dialect.js';
import type { BrokerMessage } from '../link/broker-link.js';
import type { LastingLink } from '../link/lasting-link.js';
import { hasCode } from '../link/link-errors.js';
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

// A broadcast without an answer when the broker ends the connection with an ERROR may be its cause or its victim. Twice in a row it is the cause.
const MOST_STRIKES = 2;

/**
 * One server's part in what servers broadcast. Its subscription is made once and comes back with the link; when it could not be made, or ended, it is made when the link
 * is up the next time. What the broker refuses may cost the connection each time (RabbitMQ's does): it is off then until the connection is lost for another reason.
 */
export class BroadcastSubscription {
  readonly destination: string;
  readonly #options: BroadcastSubscriptionOptions;
  #state: 'none' | 'asked' | 'live' = 'none';
  #refusal: Error | undefined;
  /** The link is away because of the refusal: its return is no reason to ask again. */
  #isAwayByRefusal = false;
  #system: SystemLink | undefined;
  /** Losses in a row that a broadcast may have been the cause of. */
  #strikes = 0;
  #isStruck = false;

  constructor(options: BroadcastSubscriptionOptions) {
    this.destination = options.destination;
    this.#options = options;
  }

  /** Whether the broker has confirmed it, and takes broadcasts; while the link is away too. */
  get isLive(): boolean {
    return this.#state === 'live' && !this.#refusal;
  }

  /** Why the broker does not let this server hear the others, or tell them. */
  get refusal(): Error | undefined {
    return this.#refusal;
  }

  /** The link is up: makes it unless it is there. */
  make(system: SystemLink): void {
    this.#system = system;
    this.#isStruck = false;
    if (this.#isAwayByRefusal) {
      this.#isAwayByRefusal = false;
      return;
    }
    this.#refusal = undefined;
    if (this.#state !== 'none') return;
    this.#state = 'asked';
    const { onMessage } = this.#options;
    const onEnded = (reason: Error): void => this.#failed(reason);
    system.subscribe({ frame: (dialect) => this.#frame(dialect), onMessage, onEnded }).then(
      () => this.#became('live'),
      (error: unknown) => this.#failed(error),
    );
  }

  /** A broadcast was taken. */
  sent(): void {
    this.#strikes = 0;
  }

  /** A broadcast failed. @param hasComplained whether the broker said ERROR just before: then that may be why the link is lost */
  notSent(error: unknown, hasComplained: boolean): void {
    if (hasCode(error, 'BROKER_REFUSED')) return this.#refused(asError(error));
    if (!hasComplained || this.#isStruck || !hasCode(error, 'OUTCOME_UNKNOWN')) return;
    this.#isStruck = true; // several may be lost with one link
    this.#strikes += 1;
    if (this.#strikes >= MOST_STRIKES) this.#refused(asError(error));
  }

  #frame(dialect: Dialect): LinkSubscribe {
    return { destination: dialect.serverDestination(this.destination), ack: 'auto', headers: [] };
  }

  #failed(error: unknown): void {
    const { destination, logger } = this.#options;
    if (hasCode(error, 'BROKER_REFUSED')) {
      this.#state = 'none';
      return this.#refused(asError(error));
    }
    logger.warn('this server does not hear the others until the broker is connected the next time', {
      destination,
      error,
    });
    this.#became('none');
  }

  #refused(error: Error): void {
    const { destination, logger, onChange } = this.#options;
    this.#strikes = 0;
    this.#refusal = error;
    this.#isAwayByRefusal = this.#system?.link === undefined;
    logger.error('the broker does not let servers tell each other: each serves its own clients alone', {
      destination,
      error,
      cure: 'give the system login the right to read and write there (docs/guide/broker-operations.md), or set this broadcast to false; then restart',
    });
    onChange();
  }

  #became(state: 'none' | 'live'): void {
    this.#state = state;
    this.#options.onChange();
  }
}
