import { isPromise } from '../foundation/awaitable.js';

/**
 * How to dispose of a value: the first of `[Symbol.asyncDispose]`, `[Symbol.dispose]` and `dispose` (tsyringe's `Disposable`) that it has; for a
 * promise, how to dispose of what it brings. `undefined` when there is nothing to do.
 */
export function disposalOf(value: unknown): (() => unknown) | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isPromise(value)) return () => value.then((late: unknown) => disposalOf(late)?.(), nothingToDispose);
  if (Symbol.asyncDispose in value && isMethod(value[Symbol.asyncDispose])) {
    return () => (value as AsyncDisposable)[Symbol.asyncDispose](); // looked at in the condition
  }
  if (Symbol.dispose in value && isMethod(value[Symbol.dispose])) {
    return () => (value as Disposable)[Symbol.dispose](); // looked at in the condition
  }
  if ('dispose' in value && isMethod(value.dispose)) {
    return () => (value as { dispose(): unknown }).dispose(); // looked at in the condition
  }
  return undefined;
}

/** What was to be made has failed, and whoever asked for it was told. */
function nothingToDispose(): void {}

/** As tsyringe has it, a method that wants arguments means something else. */
function isMethod(member: unknown): boolean {
  return typeof member === 'function' && member.length === 0;
}
