import { type Awaitable, DONE, isPromise } from '../foundation/awaitable.js';
import type { ResolveArgument } from './arguments/argument-resolver.js';
import type { HandlerLimits } from './concurrency/handler-limits.js';
import type { RunningCall } from './handler-call.js';
import type { ParameterDescription, ResultDescription } from './handler-description.js';
import type { HandlerInfo } from './handler-info.js';
import type { HandlerInterceptors } from './interceptors/handler-interceptors.js';
import type { MemberName } from './metadata.js';
import type { MethodResult } from './results/method-result.js';

/** Where a method's arguments come from, in order, and where its results go. */
export interface HandlerDescription {
  readonly parameters: readonly ParameterDescription[];
  readonly results: readonly ResultDescription[];
}

/** What a handler method is compiled from. */
export interface HandlerMethodParts {
  readonly info: HandlerInfo;
  readonly resolvers: readonly ResolveArgument[];
  /** What stands around it; `undefined` for nothing. */
  readonly interceptors: HandlerInterceptors | undefined;
  readonly result: MethodResult;
  readonly limits: HandlerLimits;
  readonly description: HandlerDescription;
}

/** A handler method, compiled: how to make its arguments and what becomes of its result (Spring: `InvocableHandlerMethod`). */
export class HandlerMethod {
  readonly info: HandlerInfo;
  /** Whoever calls it keeps them. */
  readonly limits: HandlerLimits;
  /** For people: nothing is decided by it. */
  readonly description: HandlerDescription;
  /** `undefined` when there are none; they must be resolved before the first message. */
  readonly interceptors: HandlerInterceptors | undefined;
  readonly #resolvers: readonly ResolveArgument[];
  readonly #result: MethodResult;

  constructor({ info, resolvers, interceptors, result, limits, description }: HandlerMethodParts) {
    this.info = info;
    this.interceptors = interceptors;
    this.#resolvers = resolvers;
    this.#result = result;
    this.limits = limits;
    this.description = description;
  }

  /** `Class.method`, for logs and errors. */
  get name(): string {
    return this.info.name;
  }

  /**
   * Makes the arguments in order, calls the method, interceptors around both, and sends the result; settles when that is done. No promise
   * is made while all of this is synchronous. Fails with whatever one of them fails with, at once or as rejection.
   */
  handle(call: RunningCall): Awaitable<void> {
    this.#result.check(call);
    const result = this.interceptors ? this.interceptors.around(call, this.#invokeWith) : this.#resolveFrom([], call);
    if (result === DONE) return this.#send(undefined, call); // `return template.convertAndSend(…)`, accepted at once
    // A thenable of another library becomes a promise.
    return isPromise(result)
      ? Promise.resolve(result).then((late) => this.#send(late, call))
      : this.#send(result, call);
  }

  readonly #invokeWith = (call: RunningCall): unknown => this.#resolveFrom([], call);

  /** The result of the method, or a promise of it. */
  #resolveFrom(values: unknown[], call: RunningCall): unknown {
    const resolvers = this.#resolvers;
    while (values.length < resolvers.length) {
      const value = resolvers[values.length]?.(call);
      // One after the other: a later argument that fails must not leave the promise of an earlier one alone.
      if (isPromise(value)) return value.then((late) => this.#resolveFrom([...values, late], call));
      values.push(value);
    }
    return this.#invoke(values, call);
  }

  #invoke(values: readonly unknown[], call: RunningCall): unknown {
    if (call.isExpired) return undefined; // its failure has been told: nothing may happen any more
    const instance = call.instance as Record<MemberName, (...given: readonly unknown[]) => unknown>; // looked at below
    const { method } = this.info;
    if (typeof instance[method] !== 'function') {
      throw new TypeError(`${this.name} is missing in the resolved object`);
    }
    return instance[method]?.(...values);
  }

  #send(result: unknown, call: RunningCall): Awaitable<void> {
    return call.isExpired ? this.#result.discard(result) : this.#result.send(result, call);
  }
}
