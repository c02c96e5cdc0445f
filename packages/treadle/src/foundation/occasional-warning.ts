import type { Clock } from './clock.js';
import type { LogDetails, Logger } from './logger.js';

/** Milliseconds between two log lines of one kind. */
const BETWEEN_WARNINGS_MS = 60_000;

/** Warns of what others may bring about as often as they like: once a minute at most, with how often it happened meanwhile. */
export class OccasionalWarning {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #message: string;
  #notBefore = -Infinity;
  #untold = 0;

  constructor(logger: Logger, clock: Clock, message: string) {
    this.#logger = logger;
    this.#clock = clock;
    this.#message = message;
  }

  tell(details: LogDetails): void {
    const now = this.#clock.now();
    if (now < this.#notBefore) {
      this.#untold += 1;
      return;
    }
    this.#logger.warn(this.#message, this.#untold > 0 ? { ...details, untold: this.#untold } : details);
    this.#notBefore = now + BETWEEN_WARNINGS_MS;
    this.#untold = 0;
  }
}
