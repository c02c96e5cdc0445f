import type { Awaitable } from '../../foundation/awaitable.js';

/** What a stream gives, one by one. */
export interface StreamItems {
  /** The next item; never asked for while another one is on its way. */
  next(): Awaitable<IteratorResult<unknown, unknown>>;
  /** Nothing more is wanted: runs the `finally` blocks of a generator, unsubscribes an Observable. May be called while an item is on its way. */
  stop(): Awaitable<unknown>;
}
