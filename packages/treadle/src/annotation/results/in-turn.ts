import { type Awaitable, isPromise } from '../../foundation/awaitable.js';

/** Does one after the other; what is left when one fails is not done. No promise is made while all are synchronous. */
export function inTurn<T>(all: readonly T[], action: (each: T) => Awaitable<void>, from = 0): Awaitable<void> {
  for (let index = from; index < all.length; index += 1) {
    const done = action(all[index] as T); // an index below its length
    if (isPromise(done)) return done.then(() => inTurn(all, action, index + 1));
  }
}
