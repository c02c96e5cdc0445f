import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../../foundation/clock.js';
import type { Message } from '../../../messaging/message.js';
import type { HistoryPolicy } from '../policy/destination-policy.js';
import { History } from './history.js';
import type { KeptLimits } from './kept-limits.js';

/** How often what is too old is let go of where nothing is published, in milliseconds. */
const SWEEP_MS = 5_000;

/**
 * The histories of all destinations that have one, within limits: the one that was published to longest ago is forgotten first.
 *
 * A destination that was forgotten, or begins again with the server, must not go on as if nothing had happened. So every history has an epoch, which
 * all that begin between two forgettings share: a client that saw nothing yet knows the epoch of what is to come.
 */
export class Histories {
  readonly #clock: Clock;
  readonly #limits: KeptLimits;
  readonly #byDestination = new Map<string, History>();
  readonly #start = randomBytes(6).toString('hex');
  #forgotten = 0;
  #octets = 0;
  #sweep: Timer | undefined;

  constructor(clock: Clock, limits: KeptLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** The epoch of a history that would begin now. */
  get nextEpoch(): string {
    return `${this.#start}-${this.#forgotten}`;
  }

  /** The history of a destination, if it has begun. */
  find(destination: string): History | undefined {
    const history = this.#byDestination.get(destination);
    if (history) this.#change(history, () => history.trim(this.#clock.now()));
    return history;
  }

  /** The history of a destination that is published to. */
  open(destination: string, policy: HistoryPolicy): History {
    const known = this.#byDestination.get(destination);
    const history = known ?? this.#begin(destination, policy);
    // To the end of the map: the first one is that which was published to longest ago.
    if (known) this.#byDestination.delete(destination);
    this.#byDestination.set(destination, history);
    return history;
  }

  /** Keeps a message, which carries the number and the epoch, in the history that was opened last. */
  append(history: History, published: Message): void {
    this.#change(history, () => history.append(published, this.#clock.now()));
    if (history.isTimed) this.#sweepLater();
    while (this.#octets > this.#limits.octets && this.#byDestination.size > 1) this.#forgetOldest();
  }

  /** Forgets everything. */
  clear(): void {
    this.#byDestination.clear();
    this.#octets = 0;
    this.#forgotten += 1;
    this.#endSweep();
  }

  #begin(destination: string, policy: HistoryPolicy): History {
    if (this.#byDestination.size >= this.#limits.destinations) this.#forgetOldest();
    this.#octets += destination.length; // clients choose it, and there may be many
    return new History(this.nextEpoch, policy);
  }

  #forgetOldest(): void {
    for (const [destination, { octets }] of this.#byDestination) {
      this.#byDestination.delete(destination);
      this.#octets -= octets + destination.length;
      this.#forgotten += 1;
      return;
    }
  }

  #change(history: History, action: () => void): void {
    const before = history.octets;
    action();
    this.#octets += history.octets - before;
  }

  /** One timer for all, while there is anything that gets too old. */
  #sweepLater(): void {
    this.#sweep ??= this.#clock.setInterval(() => {
      const now = this.#clock.now();
      const timed = [...this.#byDestination.values()].filter(({ isTimed, size }) => isTimed && size > 0);
      for (const history of timed) this.#change(history, () => history.trim(now));
      if (timed.every(({ size }) => size === 0)) this.#endSweep();
    }, SWEEP_MS);
  }

  #endSweep(): void {
    this.#sweep?.cancel();
    this.#sweep = undefined;
  }
}
