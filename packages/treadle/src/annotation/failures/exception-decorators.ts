import { type HandlerDecorator, noteMember } from '../decorate.js';
import { ANNOTATIONS, type Class } from '../metadata.js';

/**
 * Lets a method handle errors of the controller's other methods: of their arguments, the call and the result. The nearest type counts,
 * first for the error, then for its `cause`. Without types they are those of the parameters that are errors. Takes the same arguments
 * as other handlers and an undecorated parameter of an error class, or of a union of some; its result is sent by the same rules.
 */
export function MessageExceptionHandler(...errorTypes: readonly Class<Error>[]): HandlerDecorator {
  return (target, method) => {
    ANNOTATIONS.messageExceptionHandler.write(errorTypes, target, method);
    noteMember(target, method);
  };
}
