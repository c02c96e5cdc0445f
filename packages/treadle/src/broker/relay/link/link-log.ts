import type { Clock } from '../../../foundation/clock.js';
import { textOf } from '../../../foundation/error-text.js';
import type { Logger } from '../../../foundation/logger.js';
import type { BrokerLink } from './broker-link.js';
import { hasCode } from './link-errors.js';

// A broker that is away for hours is worth a line now and then.
const BETWEEN_WARNINGS_MS = 10 * 60_000;

/** What the log of one link is made with. */
export interface LinkLogOptions {
  /** As of `LastingLinkOptions`. */
  readonly name: string;
  /** Of links that come and go with their sessions nobody reads line by line: theirs are for `debug`. */
  readonly isQuiet: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** What operators read of one link: that it is away, and why, once and then seldom; that it is there, and how long it was away. */
export class LinkLog {
  readonly #options: LinkLogOptions;
  #awaySince: number | undefined;
  #warnedAt = -Infinity;
  #wasRefused = false;

  constructor(options: LinkLogOptions) {
    this.#options = options;
  }

  /** It is lost, or an attempt to connect failed. @param delayMs until the next attempt */
  away(reason: Error, delayMs: number): void {
    const now = this.#options.clock.now();
    const isRefused = hasCode(reason, 'BROKER_REFUSED');
    const isNews = this.#awaySince === undefined || isRefused !== this.#wasRefused;
    this.#awaySince ??= now;
    this.#wasRefused = isRefused;
    const isDue = isNews || now - this.#warnedAt >= BETWEEN_WARNINGS_MS;
    if (isDue) this.#warnedAt = now;
    const away = isNews ? '' : `, away for ${seconds(now - this.#awaySince)}`;
    this.#write(isDue ? 'warn' : 'debug', `${textOf(reason)}${away}; next attempt in ${Math.round(delayMs)} ms`);
  }

  /** It is up. */
  up({ address, server = 'which does not say what it is', version }: BrokerLink): void {
    const { clock } = this.#options;
    const away = this.#awaySince === undefined ? '' : `, after ${seconds(clock.now() - this.#awaySince)} without it`;
    this.#awaySince = undefined;
    this.#write('info', `connected to ${address}, ${server}, STOMP ${version}${away}`);
  }

  #write(level: 'debug' | 'info' | 'warn', text: string): void {
    const { logger, name, isQuiet } = this.#options;
    logger[isQuiet ? 'debug' : level](`broker link ${name}: ${text}`);
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
