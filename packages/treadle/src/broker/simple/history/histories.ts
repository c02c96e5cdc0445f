import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../../foundation/clock.js';
import type { HistoryPolicy } from '../policy/destination-policy.js';
import { History } from './history.js';

/** How often what is too old is let go of where nothing is published, in milliseconds. */
const SWEEP_MS = 5_000;

/**
 * The histories of all destinations that have one, at most so many: the one that was published to longest ago is forgotten first.
 *
 * A destination that was forgotten, or begins again with the server, must not go on as if nothing had happened. So every history has an epoch, which
 * all that begin between two forgettings share: a client that saw nothing yet knows the epoch of what is to come.
 */
export class Histories {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #byDestination = new Map<string, History>();
  readonly #start = randomBytes(6).toString('hex');
  #forgotten = 0;
  #sweep: Timer | undefined;

  /** @param most destinations with a history at one time */
  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** The epoch of a history that would begin now. */
  get nextEpoch(): string {
    return `${this.#start}-${this.#forgotten}`;
  }

  /** The history of a destination, if it has begun. */
  find(destination: string): History | undefined {
    const history = this.#byDestination.get(destination);
    history?.trim(this.#clock.now());
    return history;
  }

  /** The history of a destination that is published to. */
  open(destination: string, policy: HistoryPolicy): History {
    const known = this.#byDestination.get(destination);
    const history = known ?? this.#begin(policy);
    // To the end of the map: the first one is that which was published to longest ago.
    if (known) this.#byDestination.delete(destination);
    this.#byDestination.set(destination, history);
    return history;
  }

  /** Forgets everything. */
  clear(): void {
    this.#byDestination.clear();
    this.#forgotten += 1;
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }

  #begin(policy: HistoryPolicy): History {
    if (this.#byDestination.size >= this.#most) this.#forgetOldest();
    if (policy.forMs !== undefined) this.#sweepLater();
    return new History(this.nextEpoch, policy);
  }

  #forgetOldest(): void {
    const [oldest = ''] = this.#byDestination.keys();
    this.#byDestination.delete(oldest);
    this.#forgotten += 1;
  }

  /** One timer for all, while there are any. */
  #sweepLater(): void {
    this.#sweep ??= this.#clock.setInterval(() => {
      const now = this.#clock.now();
      for (const history of this.#byDestination.values()) history.trim(now);
    }, SWEEP_MS);
  }
}
