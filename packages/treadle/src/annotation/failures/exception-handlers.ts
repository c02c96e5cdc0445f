import { isError } from '../../foundation/error-text.js';
import type { HandlerMethod } from '../handler-method.js';
import type { Class } from '../metadata.js';

/** The exception handlers of one controller, found by the type of an error (Spring: `AnnotationExceptionHandlerMethodResolver`). */
export class ExceptionHandlers {
  readonly #byType = new Map<unknown, HandlerMethod>();

  /** The handler that has the type already; then nothing is added. */
  add(type: Class, handler: HandlerMethod): HandlerMethod | undefined {
    const present = this.#byType.get(type);
    if (!present) this.#byType.set(type, handler);
    return present;
  }

  /** The handler with the nearest type of the error, else of its direct cause (Spring: `AbstractExceptionHandlerMethodResolver`), with the error that fits it. */
  find(error: Error): { readonly handler: HandlerMethod; readonly error: Error } | undefined {
    if (this.#byType.size === 0) return undefined;
    const handler = this.#nearest(error);
    if (handler) return { handler, error };
    const { cause } = error;
    if (!isError(cause)) return undefined;
    const causeHandler = this.#nearest(cause);
    return causeHandler && { handler: causeHandler, error: cause };
  }

  #nearest(error: Error): HandlerMethod | undefined {
    let prototype: unknown = Object.getPrototypeOf(error);
    while (typeof prototype === 'object' && prototype !== null) {
      const handler = this.#byType.get(prototype.constructor);
      if (handler) return handler;
      prototype = Object.getPrototypeOf(prototype);
    }
    return undefined;
  }
}
