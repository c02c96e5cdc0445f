import type { ControllerClass } from '../metadata.js';
import type { AdviceDefinition } from './advice-scan.js';
import type { ExceptionHandlers, FoundExceptionHandler } from './exception-handlers.js';

/** A controller whose method failed. */
export interface FailedController {
  readonly type: ControllerClass;
  readonly exceptionHandlers: ExceptionHandlers;
}

/** A handler found for an error, and the class it belongs to: the controller's, or an advice's. */
export interface LookedUpExceptionHandler extends FoundExceptionHandler {
  readonly type: ControllerClass;
}

/**
 * Finds who handles an error of a controller: its own exception handlers first, then those of the advices about it, in their order. Each is
 * asked for the nearest type and the causes before the next one, so that an advice never takes what a controller handles itself (Spring:
 * `AbstractMethodMessageHandler`).
 */
export class ExceptionHandlerLookup {
  readonly #advices: readonly AdviceDefinition[];

  /** @param advices in their order */
  constructor(advices: readonly AdviceDefinition[]) {
    this.#advices = advices;
  }

  find(controller: FailedController, error: Error): LookedUpExceptionHandler | undefined {
    const own = controller.exceptionHandlers.find(error);
    if (own) return { ...own, type: controller.type };
    for (const { type, controllers, exceptionHandlers } of this.#advices) {
      const found = controllers.has(controller.type) ? exceptionHandlers.find(error) : undefined;
      if (found) return { ...found, type };
    }
    return undefined;
  }
}
