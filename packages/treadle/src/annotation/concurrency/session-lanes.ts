import type { SessionContext } from '../../messaging/session-context.js';

/** The messages of one session in one handler method. */
interface Lane {
  count: number;
  readonly waiting: (() => void)[];
}

/** For a handler that takes several messages of one session at the same time: how many each session has in progress in it. */
export class SessionLanes {
  readonly #atMost: number;
  /** Sessions with something in progress; few at any time. */
  readonly #lanes = new Map<SessionContext, Lane>();

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  /** Takes a place; a promise when it has to be waited for, first come first served. */
  enter(session: SessionContext): Promise<void> | undefined {
    const lane = this.#laneOf(session);
    if (lane.count < this.#atMost) {
      lane.count += 1;
      return undefined;
    }
    return new Promise((resolve) => lane.waiting.push(resolve));
  }

  /** Gives a place back, to the one who waits longest, if any. */
  leave(session: SessionContext): void {
    const lane = this.#lanes.get(session);
    if (!lane) return; // it was forgotten meanwhile
    const next = lane.waiting.shift();
    if (next) return next();
    lane.count -= 1;
    if (lane.count === 0) this.#lanes.delete(session);
  }

  /** Forgets a session that is over, though something of it is in progress; what waits never begins. */
  forget(session: SessionContext): void {
    this.#lanes.delete(session);
  }

  /** Sessions with something in progress. */
  get size(): number {
    return this.#lanes.size;
  }

  #laneOf(session: SessionContext): Lane {
    const present = this.#lanes.get(session);
    if (present) return present;
    const lane: Lane = { count: 0, waiting: [] };
    this.#lanes.set(session, lane);
    return lane;
  }
}
