import { isError } from '../../foundation/error-text.js';
import type { HandlerMethod } from '../handler-method.js';
import type { Class } from '../metadata.js';

/** A handler, with the error it is there for: the one that was thrown, or one of its causes. */
export interface FoundExceptionHandler {
  readonly handler: HandlerMethod;
  readonly error: Error;
}

// Whoever builds a chain of causes may build it endless.
const CAUSES_LOOKED_AT = 16;

/** The exception handlers of one class, found by the type of an error (Spring: `AnnotationExceptionHandlerMethodResolver`). */
export class ExceptionHandlers {
  readonly #byType = new Map<unknown, HandlerMethod>();

  /** Every error class with its handler, in the order they were added. */
  get entries(): readonly (readonly [type: string, handler: HandlerMethod])[] {
    return [...this.#byType].map(([type, handler]) => [typeof type === 'function' ? type.name : String(type), handler]);
  }

  /** The handler that has the type already; then nothing is added. */
  add(type: Class, handler: HandlerMethod): HandlerMethod | undefined {
    const present = this.#byType.get(type);
    if (!present) this.#byType.set(type, handler);
    return present;
  }

  /**
   * The handler with the nearest type of the error, else of its cause, the cause's cause and so on, with the error that fits it. (Spring's
   * messaging looks at one cause, its MVC at all of them: `AbstractExceptionHandlerMethodResolver`, `ExceptionHandlerMethodResolver`.)
   */
  find(thrown: Error): FoundExceptionHandler | undefined {
    if (this.#byType.size === 0) return undefined;
    let error: unknown = thrown;
    for (let depth = 0; depth <= CAUSES_LOOKED_AT && isError(error); depth += 1) {
      const handler = this.#nearest(error);
      if (handler) return { handler, error };
      error = error.cause;
    }
    return undefined;
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
