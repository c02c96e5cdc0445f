import type { Clock, Timer } from '../../../foundation/clock.js';
import { asError } from '../../../foundation/error-text.js';
import type { Logger } from '../../../foundation/logger.js';
import type { Dialect } from '../dialect/dialect.js';
import type { BrokerMessage } from '../link/broker-link.js';
import type { LastingLink } from '../link/lasting-link.js';
import { hasCode } from '../link/link-errors.js';
import type { LinkSubscribe } from '../link/link-subscription.js';
import { ReconnectDelays, type ReconnectDelaysOptions } from '../link/reconnect-delays.js';

/** What broadcasts need of the system connection. */
export type SystemLink = Pick<LastingLink, 'link' | 'subscribe'>;

/** What a subscription to broadcasts is made with. */
export interface BroadcastSubscriptionOptions {
  /** As the options say it. */
  readonly destination: string;
  readonly onMessage: (message: BrokerMessage) => void;
  /** It became live, or it ended. */
  readonly onChange: () => void;
  /** Between attempts to make it while the link is up. */
  readonly delays: ReconnectDelaysOptions;
  readonly clock: Clock;
  readonly logger: Logger;
}

// A broadcast without an answer when the broker ends the connection with an ERROR may be its cause or its victim. Twice in a row it is the cause.
const MOST_STRIKES = 2;

/**
 * One server's part in what servers broadcast. Its subscription is made once and comes back with the link. What fails while the link is up (the broker ended it, or
 * refuses it) is tried again after a while, each time a longer one. What the broker refuses may cost the connection (RabbitMQ's does): it is off then until the
 * connection is lost for another reason.
 */
export class BroadcastSubscription {
  readonly destination: string;
  readonly #options: BroadcastSubscriptionOptions;
  readonly #delays: ReconnectDelays;
  #state: 'none' | 'asked' | 'live' = 'none';
  /** Why this server does not hear the others, or cannot tell them either. */
  #problem: Error | undefined;
  #isRefused = false;
  /** The link is away because of the refusal: its return is no reason to ask again. */
  #isAwayByRefusal = false;
  #system: SystemLink | undefined;
  /** Losses in a row that a broadcast may have been the cause of. */
  #strikes = 0;
  #isStruck = false;
  /** Until it is tried again. */
  #retry: Timer | undefined;
  #triedAt = 0;

  constructor(options: BroadcastSubscriptionOptions) {
    this.destination = options.destination;
    this.#options = options;
    this.#delays = new ReconnectDelays(options.delays);
  }

  /** Whether the broker has confirmed it, and takes broadcasts; while the link is away too. */
  get isLive(): boolean {
    return this.#state === 'live' && !this.#isRefused;
  }

  /** Why this server does not hear the others, or tell them, though the broker is there. */
  get problem(): Error | undefined {
    return this.#problem;
  }

  /** Why the broker does not let this server tell the others anything. */
  get refusal(): Error | undefined {
    return this.#isRefused ? this.#problem : undefined;
  }

  /** The link is up: makes it unless it is there, or soon tried again anyway. */
  make(system: SystemLink): void {
    this.#system = system;
    this.#isStruck = false;
    if (this.#isAwayByRefusal) {
      this.#isAwayByRefusal = false;
      return;
    }
    if (!this.#retry) this.#try(system);
  }

  /** Nothing is tried any more. */
  stop(): void {
    this.#retry?.cancel();
  }

  /** A broadcast was taken. */
  sent(): void {
    this.#strikes = 0;
    if (this.#problem && this.isLive) this.#solved();
  }

  /** A broadcast failed. @param hasComplained whether the broker said ERROR just before: then that may be why the link is lost */
  notSent(error: unknown, hasComplained: boolean): void {
    if (hasCode(error, 'BROKER_REFUSED')) return this.#refused(asError(error));
    if (!hasComplained || this.#isStruck || !hasCode(error, 'OUTCOME_UNKNOWN')) return;
    this.#isStruck = true; // several may be lost with one link
    this.#strikes += 1;
    if (this.#strikes >= MOST_STRIKES) this.#refused(asError(error));
  }

  #try(system: SystemLink): void {
    this.#isRefused = false;
    this.#triedAt = this.#options.clock.now();
    if (this.#state !== 'none') return;
    this.#state = 'asked';
    const { onMessage } = this.#options;
    const onEnded = (reason: Error): void => this.#failed(reason);
    system.subscribe({ frame: (dialect) => this.#frame(dialect), onMessage, onEnded }).then(
      () => this.#made(),
      (error: unknown) => this.#failed(asError(error)),
    );
  }

  #frame(dialect: Dialect): LinkSubscribe {
    return { destination: dialect.serverDestination(this.destination), ack: 'auto', headers: [] };
  }

  #made(): void {
    this.#state = 'live';
    if (this.#problem) this.#solved();
    this.#options.onChange();
  }

  #failed(error: Error): void {
    const wasLive = this.#state === 'live';
    this.#state = 'none';
    // One that the broker had made and ended may be made again: it was not for want of rights.
    if (hasCode(error, 'BROKER_REFUSED') && !(wasLive && this.#system?.link)) return this.#refused(error);
    const facts = { destination: this.destination, error };
    if (this.#isNews(error)) {
      this.#options.logger.warn('this server does not hear the others until it is subscribed again', facts);
    }
    this.#problem = error;
    this.#tryLater();
    this.#options.onChange();
  }

  #refused(error: Error): void {
    const { destination, logger, onChange } = this.#options;
    this.#strikes = 0;
    this.#isRefused = true;
    this.#isAwayByRefusal = this.#system?.link === undefined;
    if (this.#isNews(error)) {
      logger.error('the broker does not let servers tell each other: each serves its own clients alone', {
        destination,
        error,
        cure: 'give the system login the right to read and write there (docs/guide/broker-operations.md), or set this broadcast to false; then restart',
      });
    }
    this.#problem = error;
    this.#tryLater();
    onChange();
  }

  /** Not what was logged already, at an attempt before. */
  #isNews(error: Error): boolean {
    return this.#problem?.message !== error.message;
  }

  /** While the link is up; else the next one is the occasion. */
  #tryLater(): void {
    const { clock, onChange } = this.#options;
    if (!this.#system?.link || this.#retry) return;
    this.#delays.stood(clock.now() - this.#triedAt);
    this.#retry = clock.setTimeout(() => {
      this.#retry = undefined;
      if (!this.#system?.link) return;
      this.#try(this.#system);
      onChange();
    }, this.#delays.next());
  }

  #solved(): void {
    this.#problem = undefined;
    this.#options.logger.info('servers tell each other again', { destination: this.destination });
  }
}
