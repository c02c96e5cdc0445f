/** A value, or a promise of it: what a hook or handler may return, so that synchronous work costs no promise. */
export type Awaitable<T> = T | Promise<T>;

/** The promise of what is done already: shared, and known on sight to whoever would otherwise wait a turn for it. */
export const DONE: Promise<void> = Promise.resolve();

/** True for promises and other thenables. */
export function isPromise<T>(value: Awaitable<T> | PromiseLike<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'; // narrowing unknown
}

/** Runs `next` with the value, at once when it is there already; errors of either pass through. */
export function whenDone<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Throws what was thrown, as it is; nothing when it is `undefined`, as `whenSettled` tells success. */
export function rethrow(error: unknown): void {
  if (error !== undefined) throw error as Error; // whatever was thrown goes on as it is
}

/**
 * Runs `action`, then `done` with its error or `undefined`, whether it ended at once or later.
 * The error is not passed on: `done` decides what becomes of it.
 */
export function whenSettled(action: () => Awaitable<void>, done: (error: unknown) => Awaitable<void>): Awaitable<void> {
  let result: Awaitable<void>;
  try {
    result = action();
  } catch (error) {
    return done(error ?? new Error('a nullish value was thrown'));
  }
  if (!isPromise(result)) return done(undefined);
  return result.then(
    () => done(undefined),
    (error: unknown) => done(error ?? new Error('a nullish value was thrown')),
  );
}
