/** Time as the framework sees it: tests replace it (`FakeClock` of `@treadle/testing`). */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Milliseconds since 1970-01-01T00:00Z, as `Date.now()`: for dates. May jump when the machine's time is set; measure with `now`. */
  wallTime(): number;
  /** Calls once after `milliseconds`. Does not keep the process alive. */
  setTimeout(callback: () => void, milliseconds: number): Timer;
  /** Calls every `milliseconds` until cancelled. Does not keep the process alive. */
  setInterval(callback: () => void, milliseconds: number): Timer;
}

/** The longest time a timer of Node takes, in milliseconds; above it one fires at once. */
export const LONGEST_TIME_MS = 2 ** 31 - 1;

/** A running timer. */
export interface Timer {
  /** Stops it; harmless when it has fired or was cancelled. */
  cancel(): void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimeout(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  setInterval(callback, milliseconds) {
    const timer = setInterval(callback, milliseconds).unref();
    return { cancel: () => clearInterval(timer) };
  },
};
