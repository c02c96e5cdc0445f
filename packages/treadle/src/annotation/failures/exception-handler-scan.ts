import { isErrorClass } from '../arguments/argument-resolvers.js';
import { nameOfMember } from '../../foundation/decorated-methods.js';
import type { Report } from '../../foundation/finding.js';
import type { HandlerMethod } from '../handler-method.js';
import { ANNOTATIONS, type Class, type ControllerClass, type MemberName, readParameterTypes } from '../metadata.js';
import type { ExceptionHandlers } from './exception-handlers.js';

/** A method that may be an exception handler. */
export interface ExceptionHandlerSource {
  /** The controller, or the advice. */
  readonly type: ControllerClass;
  readonly member: MemberName;
  /** Compiles it; `undefined` when something was reported. */
  readonly compile: () => HandlerMethod | undefined;
}

/**
 * Adds a method to the exception handlers of its class if it has `@MessageExceptionHandler`. Its types are those of the decorator, else those
 * of its parameters that are errors; none at all and one that is taken already are reported (Spring: `AnnotationExceptionHandlerMethodResolver`).
 */
export function scanExceptionHandler(
  { type, member, compile }: ExceptionHandlerSource,
  handlers: ExceptionHandlers,
  report: Report,
): void {
  const prototype = type.prototype as object; // a class has a prototype; its type says any
  const given = ANNOTATIONS.messageExceptionHandler.read(prototype, member);
  if (!given) return;
  const emitted = readParameterTypes(prototype, member) ?? [];
  const errorTypes = given.length > 0 ? given : emitted.filter(isErrorClass);
  if (errorTypes.length === 0) {
    const cure = 'write @MessageExceptionHandler(Error), or type a parameter';
    report({ location: nameOfMember(type, member), problem: 'its @MessageExceptionHandler() names no error', cure });
  }
  const handler = compile();
  if (handler) for (const each of errorTypes) addHandler(each, handler, handlers, report);
}

function addHandler(
  type: Class | undefined,
  handler: HandlerMethod,
  handlers: ExceptionHandlers,
  report: Report,
): void {
  if (!type) {
    const problem = 'a type of its @MessageExceptionHandler is undefined';
    report({ location: handler.name, problem, cure: 'break the circular import' });
    return;
  }
  const present = handlers.add(type, handler);
  if (!present) return;
  const problem = `it handles ${type.name}, as ${present.name} does`;
  report({ location: handler.name, problem, cure: 'leave it to one of them' });
}
