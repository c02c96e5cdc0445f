import type { ControllerDecorator } from '../decorate.js';
import { ANNOTATIONS, type ControllerAdviceOptions, THIS_COPY } from '../metadata.js';

/**
 * Marks a class whose `@MessageExceptionHandler` methods handle what controllers leave unhandled (Spring: `@ControllerAdvice`). List it among
 * the `controllers` of the application; it is resolved from the container as they are.
 */
export function ControllerAdvice(options: ControllerAdviceOptions = {}): ControllerDecorator {
  return (target) => {
    ANNOTATIONS.controllerAdvice.write(options, target);
    ANNOTATIONS.copy.write(THIS_COPY, target);
  };
}
