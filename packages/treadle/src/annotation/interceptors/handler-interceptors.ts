import { type Awaitable, isPromise, whenDone } from '../../foundation/awaitable.js';
import { asError } from '../../foundation/error-text.js';
import { ConfigurationError, MessageRejectedError } from '../../foundation/errors.js';
import type { Message } from '../../messaging/message.js';
import type { HandlerCall, InstanceSource, RunningCall } from '../handler-call.js';
import {
  type HandlerInterceptor,
  type HandlerInterceptorClass,
  type HandlerInterceptorSource,
  isInterceptorClass,
} from './handler-interceptor.js';

/** The method inside: makes the arguments and answers with the result, or a promise of it. */
export type Invoke = (call: RunningCall) => unknown;

/** The interceptors around one method, the outermost first. Classes among them are resolved once, when the application starts. */
export class HandlerInterceptors {
  readonly sources: readonly HandlerInterceptorSource[];
  readonly #method: string;
  #interceptors: readonly ((message: Message) => HandlerInterceptor)[] = [];

  /** @param method `Class.method`, for errors */
  constructor(method: string, sources: readonly HandlerInterceptorSource[]) {
    this.#method = method;
    this.sources = sources;
  }

  /**
   * Gets the instances of the classes; must come before the first message.
   * @param instances how to get those of a class; one that is scoped has its own for each message
   * @throws ConfigurationError for one without any hook; of a scoped one when the message comes
   */
  resolve(instances: (type: HandlerInterceptorClass) => HandlerInterceptor | InstanceSource): void {
    this.#interceptors = this.sources.map((source) => {
      const found = isInterceptorClass(source) ? instances(source) : source;
      if (typeof found === 'function') return (message) => this.#requireHook(found(message));
      const interceptor = this.#requireHook(found);
      return () => interceptor;
    });
  }

  #requireHook(interceptor: object): HandlerInterceptor {
    if (HOOKS.some((hook) => hook in interceptor)) return interceptor;
    throw new ConfigurationError({
      location: this.#method,
      problem: `its interceptor ${nameOf(interceptor)} has no hook`,
      cure: `give it ${HOOKS.join(', ')} or drop it`,
    });
  }

  /** The result of the method, or what the interceptors made of it; fails as they or the method fail, at once or as rejection. */
  around(call: RunningCall, invoke: Invoke): unknown {
    return this.#from(0, call, invoke);
  }

  #from(index: number, call: RunningCall, invoke: Invoke): unknown {
    const interceptor = this.#interceptors[index]?.(call.message);
    if (!interceptor) return invoke(call);
    return whenDone(interceptor.beforeHandle?.(call), (allowed) => {
      if (allowed === false) throw this.#refusal(interceptor);
      return this.#within(interceptor, call, () => this.#from(index + 1, call, invoke));
    });
  }

  #refusal(interceptor: HandlerInterceptor): MessageRejectedError {
    return new MessageRejectedError(`${nameOf(interceptor)} refused a message to ${this.#method}`, {
      code: 'ACCESS_DENIED',
    });
  }

  #within(interceptor: HandlerInterceptor, call: HandlerCall, inner: () => unknown): unknown {
    let result: unknown;
    try {
      result = inner();
    } catch (error) {
      return tellError(interceptor, call, error);
    }
    if (!isPromise(result)) return offerResult(interceptor, call, result);
    return Promise.resolve(result).then(
      (late) => offerResult(interceptor, call, late),
      (error: unknown) => tellError(interceptor, call, error),
    );
  }
}

const HOOKS = ['beforeHandle', 'afterHandle', 'onError'] as const satisfies readonly (keyof HandlerInterceptor)[];

function offerResult(interceptor: HandlerInterceptor, call: HandlerCall, result: unknown): unknown {
  const replaced = interceptor.afterHandle?.(call, result);
  return whenDone(replaced, (late) => (late === undefined ? result : late));
}

/** Always fails: with the error, or with what the hook throws instead. */
function tellError(interceptor: HandlerInterceptor, call: HandlerCall, thrown: unknown): Awaitable<never> {
  const error = asError(thrown);
  return whenDone(interceptor.onError?.(call, error), () => {
    throw error;
  });
}

function nameOf(interceptor: object): string {
  return interceptor.constructor.name;
}
