import { MessageRejectedError } from '../../foundation/errors.js';

/** How many calls of handlers there may be in the whole application. */
export interface InFlightLimits {
  /** In progress at one time. */
  readonly handlersInFlight: number;
  /** Waiting for one of them to end. */
  readonly handlersWaiting: number;
}

/**
 * The places that calls of handlers take, the counterpart of the threads of Spring's `clientInboundChannel` executor: who finds none waits, first
 * come first served. A session that keeps its order has one call waiting at most, so none can crowd out the others.
 */
export class HandlersInFlight {
  readonly #limits: InFlightLimits;
  readonly #waiting: (() => void)[] = [];
  #count = 0;
  #peak = 0;
  #refused = 0;

  constructor(limits: InFlightLimits) {
    this.#limits = limits;
  }

  /** Calls in progress. */
  get count(): number {
    return this.#count;
  }

  /** Calls that wait for a place. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** The most calls that were in progress at one time. */
  get peak(): number {
    return this.#peak;
  }

  /** Calls that found no place to wait either. */
  get refusedCount(): number {
    return this.#refused;
  }

  get isFull(): boolean {
    return this.#count >= this.#limits.handlersInFlight;
  }

  /** Whether so many wait that no more may. */
  get isCrowded(): boolean {
    return this.#waiting.length >= this.#limits.handlersWaiting;
  }

  /** Takes a place; it is the caller who has looked at `isFull`. */
  enter(): void {
    this.#count += 1;
    if (this.#count > this.#peak) this.#peak = this.#count;
  }

  /** Gives a place back: to the one who waits longest, if any. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#count -= 1;
  }

  /** Resolves when a place has been taken; it is the caller who has looked at `isCrowded`. */
  whenEntered(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Counts a call that is refused, and gives its error: `SERVER_BUSY`. */
  refuse(): MessageRejectedError {
    const { handlersInFlight, handlersWaiting } = this.#limits;
    this.#refused += 1;
    return new MessageRejectedError(
      `${handlersInFlight} handlers are in progress and ${handlersWaiting} messages wait for one of them to end`,
      { code: 'SERVER_BUSY' },
    );
  }
}
