import { type Awaitable, DONE, isPromise } from '../foundation/awaitable.js';
import type { ResolveArgument } from './arguments/argument-resolver.js';
import type { HandlerCall } from './handler-call.js';
import type { MemberName } from './metadata.js';
import type { SendResult } from './results/return-value-handler.js';

/** What a handler method is compiled from. */
export interface HandlerMethodParts {
  /** `Class.method`. */
  readonly name: string;
  readonly member: MemberName;
  readonly resolvers: readonly ResolveArgument[];
  readonly sendResult: SendResult;
}

/** A handler method, compiled: how to make its arguments and what becomes of its result (Spring: `InvocableHandlerMethod`). */
export class HandlerMethod {
  /** `Class.method`, for logs and errors. */
  readonly name: string;
  readonly #member: MemberName;
  readonly #resolvers: readonly ResolveArgument[];
  readonly #sendResult: SendResult;

  constructor({ name, member, resolvers, sendResult }: HandlerMethodParts) {
    this.name = name;
    this.#member = member;
    this.#resolvers = resolvers;
    this.#sendResult = sendResult;
  }

  /**
   * Makes the arguments in order, calls the method and sends its result; settles when that is done. No promise is made while all of
   * this is synchronous. Fails with whatever arguments, method or sending fail with, at once or as rejection.
   */
  handle(call: HandlerCall): Awaitable<void> {
    return this.#resolveFrom([], call);
  }

  #resolveFrom(values: unknown[], call: HandlerCall): Awaitable<void> {
    const resolvers = this.#resolvers;
    while (values.length < resolvers.length) {
      const value = resolvers[values.length]?.(call);
      // One after the other: a later argument that fails must not leave the promise of an earlier one alone.
      if (isPromise(value)) return value.then((late) => this.#resolveFrom([...values, late], call));
      values.push(value);
    }
    return this.#invoke(values, call);
  }

  #invoke(values: readonly unknown[], call: HandlerCall): Awaitable<void> {
    const instance = call.instance as Record<MemberName, (...given: readonly unknown[]) => unknown>; // looked at below
    if (typeof instance[this.#member] !== 'function') {
      throw new TypeError(`${this.name} is missing in the resolved object`);
    }
    const result = instance[this.#member]?.(...values);
    if (result === DONE) return; // `return template.convertAndSend(…)`, accepted at once
    // A thenable of another library becomes a promise.
    return isPromise(result)
      ? Promise.resolve(result).then((late) => this.#send(late, call))
      : this.#send(result, call);
  }

  #send(result: unknown, call: HandlerCall): Awaitable<void> {
    if (result === undefined || result === null) return;
    return this.#sendResult(result, call);
  }
}
