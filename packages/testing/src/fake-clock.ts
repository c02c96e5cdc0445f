import type { Clock, Timer } from 'treadle';

interface FakeTimer {
  readonly callback: () => void;
  readonly every: number | undefined;
  due: number;
}

/** A clock that stands still until a test moves it: pass it as `createApplication({ clock })`. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #startedAt: number;
  readonly #timers = new Set<FakeTimer>();

  /** @param startsAt the date it begins at, ISO 8601 or anything `new Date` takes; default `2000-01-01T00:00:00.000Z` */
  constructor(startsAt: string | number | Date = '2000-01-01T00:00:00.000Z') {
    this.#startedAt = new Date(startsAt).getTime();
    if (Number.isNaN(this.#startedAt)) throw new RangeError(`FakeClock: '${String(startsAt)}' is no date`);
  }

  now(): number {
    return this.#now;
  }

  wallTime(): number {
    return this.#startedAt + this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    return this.#add({ callback, every: undefined, due: this.#now + milliseconds });
  }

  setInterval(callback: () => void, milliseconds: number): Timer {
    return this.#add({ callback, every: milliseconds, due: this.#now + milliseconds });
  }

  /** How many timers are running: none is left when everything was stopped properly. */
  get timerCount(): number {
    return this.#timers.size;
  }

  /**
   * Moves time on and fires what falls due, in order. Before the first firing, and after each, the event loop turns, so that
   * what was under way or what they caused (frames, closed sessions, further timers) has arrived.
   */
  async advance(milliseconds: number): Promise<void> {
    await turnOfEventLoop();
    const end = this.#now + milliseconds;
    for (let timer = this.#nextDue(end); timer; timer = this.#nextDue(end)) {
      this.#now = timer.due;
      if (timer.every === undefined) this.#timers.delete(timer);
      else timer.due += timer.every;
      timer.callback();
      await turnOfEventLoop();
    }
    this.#now = end;
    await turnOfEventLoop();
  }

  #add(timer: FakeTimer): Timer {
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  #nextDue(end: number): FakeTimer | undefined {
    let next: FakeTimer | undefined;
    for (const timer of this.#timers) if (timer.due <= end && (!next || timer.due < next.due)) next = timer;
    return next;
  }
}

function turnOfEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
