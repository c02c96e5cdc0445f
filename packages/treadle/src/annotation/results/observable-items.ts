import { TreadleError } from '../../foundation/errors.js';
import type { StreamItems } from './stream-items.js';

/** What gives its items by itself, as RxJS and other libraries know it (tc39/proposal-observable). */
export interface Subscribable {
  subscribe(observer: {
    next(value: unknown): void;
    error(error: unknown): void;
    complete(): void;
  }): { unsubscribe(): void } | (() => void) | undefined | void;
}

/** Told by its methods, so that no library of Observables is needed. */
export function isSubscribable(value: object): value is Subscribable {
  const given = value as { subscribe?: unknown; pipe?: unknown; '@@observable'?: unknown }; // looked at, not trusted
  if (typeof given.subscribe !== 'function') return false;
  return typeof given.pipe === 'function' || typeof given['@@observable'] === 'function' || hasSymbol(value);
}

/** `Symbol.observable` exists where somebody defined it. */
function hasSymbol(value: object): boolean {
  const { observable } = Symbol as { readonly observable?: symbol }; // unknown to TypeScript
  return observable !== undefined && observable in value;
}

/**
 * The items of an Observable, subscribed to when the first one is asked for. It cannot be told to wait, so what comes too fast is kept; when
 * too much is, the Observable is left and the stream fails behind what was kept.
 */
export class ObservableItems implements StreamItems {
  readonly #observable: Subscribable;
  readonly #atMost: number;
  readonly #kept: unknown[] = [];
  #waiting: PromiseWithResolvers | undefined;
  /** Set when nothing more comes; with the error if that is why. */
  #end: { readonly error?: unknown } | undefined;
  #unsubscribe: (() => void) | undefined;
  #isSubscribed = false;

  /** @param atMost how many items may be kept */
  constructor(observable: Subscribable, atMost: number) {
    this.#observable = observable;
    this.#atMost = atMost;
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.#isSubscribed) this.#subscribe();
    if (this.#kept.length > 0) return Promise.resolve({ done: false, value: this.#kept.shift() });
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#end) this.#settle(this.#end);
    });
  }

  /** @throws what its unsubscribing throws */
  stop(): void {
    this.#kept.length = 0;
    if (this.#end) return;
    this.#end = {};
    try {
      this.#leave();
    } finally {
      this.#settle(this.#end);
    }
  }

  #subscribe(): void {
    this.#isSubscribed = true;
    const subscription = this.#observable.subscribe({
      next: (value) => this.#take(value),
      error: (error) => this.#endWith({ error }),
      complete: () => this.#endWith({}),
    });
    if (subscription) {
      this.#unsubscribe = typeof subscription === 'function' ? subscription : () => subscription.unsubscribe();
    }
    if (this.#end) this.#end = this.#leaveWith(this.#end); // it ended, or was too fast, while it was being subscribed to
  }

  #take(value: unknown): void {
    if (this.#end) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) return waiting.resolve({ done: false, value });
    if (this.#kept.length < this.#atMost) {
      this.#kept.push(value);
      return;
    }
    const detail = `an Observable made more than ${this.#atMost} items before they could be sent: slow it down, or return a generator`;
    this.#endWith({ error: new TreadleError('STREAM_OVERFLOW', detail) });
  }

  #endWith(end: { readonly error?: unknown }): void {
    if (this.#end) return;
    this.#end = end; // it may call again while it is being left
    this.#end = this.#leaveWith(end);
    this.#settle(this.#end);
  }

  /** It is the Observable that runs, and must not meet what its own unsubscribing throws: the stream fails with it. */
  #leaveWith(end: { readonly error?: unknown }): { readonly error?: unknown } {
    try {
      this.#leave();
      return end;
    } catch (error) {
      return 'error' in end ? end : { error };
    }
  }

  #leave(): void {
    const unsubscribe = this.#unsubscribe;
    this.#unsubscribe = undefined;
    unsubscribe?.();
  }

  #settle(end: { readonly error?: unknown }): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if ('error' in end) waiting?.reject(end.error);
    else waiting?.resolve({ done: true, value: undefined });
  }
}

interface PromiseWithResolvers {
  resolve(result: IteratorResult<unknown, undefined>): void;
  reject(error: unknown): void;
}
