import type { Clock, Timer } from '../../../foundation/clock.js';
import type { Logger } from '../../../foundation/logger.js';
import type { Message } from '../../../messaging/message.js';
import type { SessionContext } from '../../../messaging/session-context.js';

/** Milliseconds between two lines. */
const INTERVAL_MS = 10_000;

/** Tells the log of messages that were dropped for slow subscribers: the first one at once, then how many there were every ten seconds. */
export class DropReport {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #timer: Timer | undefined;
  #dropped = 0;
  #sessionIds = new Set<string>();
  #destination: string | undefined;
  #isStopped = false;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Notes one message that a session does not get. */
  add({ destination }: Message, session: SessionContext): void {
    this.#dropped += 1;
    this.#sessionIds.add(session.id);
    this.#destination = destination;
    if (!this.#timer && !this.#isStopped) this.#tell();
  }

  /** Says nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tell(): void {
    this.#timer = undefined;
    if (this.#dropped === 0) return;
    const details = { dropped: this.#dropped, sessions: this.#sessionIds.size, destination: this.#destination };
    this.#logger.warn('messages were dropped for subscribers that read too slowly', details);
    this.#dropped = 0;
    this.#sessionIds = new Set();
    this.#timer = this.#clock.setTimeout(() => this.#tell(), INTERVAL_MS);
  }
}
