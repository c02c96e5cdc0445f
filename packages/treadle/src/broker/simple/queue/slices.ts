import type { Awaitable } from '../../../foundation/awaitable.js';

/** About a millisecond of work. */
const VALUES_PER_SLICE = 1000;

/**
 * Visits the values one after the other, so many per turn of the event loop: clients make as many queues as they are allowed. Done at once when
 * there are few. Rejects with what `visit` throws, and visits no more then.
 */
export function visitInSlices<T>(values: Iterator<T>, visit: (value: T) => void): Awaitable<void> {
  if (!visitSlice(values, visit)) return visitRest(values, visit);
}

/** @returns whether it was the last slice */
function visitSlice<T>(values: Iterator<T>, visit: (value: T) => void): boolean {
  for (let count = 0; count < VALUES_PER_SLICE; count += 1) {
    const next = values.next();
    if (next.done) return true;
    visit(next.value);
  }
  return false;
}

async function visitRest<T>(values: Iterator<T>, visit: (value: T) => void): Promise<void> {
  do {
    await new Promise(setImmediate); // that other work has its turn is the point
  } while (!visitSlice(values, visit));
}
