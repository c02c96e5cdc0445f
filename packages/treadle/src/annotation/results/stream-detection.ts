import { Readable } from 'node:stream';
import type { Awaitable } from '../../foundation/awaitable.js';
import { isSubscribable, ObservableItems } from './observable-items.js';
import type { StreamItems } from './stream-items.js';

/**
 * The items of a result that is a stream: an async iterable, a generator or another iterator, an Observable. `undefined` for anything else:
 * lists, sets, maps and strings are iterable too, and are one payload.
 * @param observableBuffer how many items of an Observable may wait
 */
export function itemsOf(value: object, observableBuffer: number): StreamItems | undefined {
  const stream = value as MaybeIterable; // looked at, not trusted
  if (typeof stream[Symbol.asyncIterator] === 'function') {
    const iterable = value as AsyncIterable<unknown>; // it says so
    return new IteratorItems(iterable[Symbol.asyncIterator](), value);
  }
  if (isIterator(stream)) {
    return new IteratorItems(value as Iterator<unknown>, value); // it says so
  }
  return isSubscribable(value) ? new ObservableItems(value, observableBuffer) : undefined;
}

/** Whether a result is a stream, which `itemsOf` takes apart. */
export function isStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const stream = value as MaybeIterable; // looked at, not trusted
  return typeof stream[Symbol.asyncIterator] === 'function' || isIterator(stream) || isSubscribable(value);
}

function isIterator(value: MaybeIterable): boolean {
  return typeof value.next === 'function' && typeof value[Symbol.iterator] === 'function';
}

/** Any object may have any of them. */
interface MaybeIterable {
  readonly [Symbol.asyncIterator]?: unknown;
  readonly [Symbol.iterator]?: unknown;
  readonly next?: unknown;
}

class IteratorItems implements StreamItems {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #source: object;

  constructor(iterator: Iterator<unknown> | AsyncIterator<unknown>, source: object) {
    this.#iterator = iterator;
    this.#source = source;
  }

  next(): Awaitable<IteratorResult<unknown, unknown>> {
    return this.#iterator.next();
  }

  stop(): Awaitable<unknown> {
    // The iterator of a Node stream would wait for the next chunk first.
    if (this.#source instanceof Readable) this.#source.destroy();
    return this.#iterator.return?.();
  }
}
