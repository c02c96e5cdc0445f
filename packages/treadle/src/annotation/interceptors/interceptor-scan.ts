import { prototypeChain } from '../../foundation/class-members.js';
import { ANNOTATIONS, type ControllerClass, type MemberName } from '../metadata.js';
import type { Report } from '../../foundation/finding.js';
import type { HandlerInterceptorSource } from './handler-interceptor.js';
import { HandlerInterceptors } from './handler-interceptors.js';

/** The method that interceptors may stand around. */
export interface InterceptedMethod {
  readonly controller: ControllerClass;
  readonly member: MemberName;
  /** `Class.method`. */
  readonly name: string;
  readonly isExceptionHandler: boolean;
}

/**
 * The interceptors of a method, the outermost first: those of the application, of the classes it inherits from, of its class, of the methods
 * it overrides, its own. `undefined` when there are none; one that is `undefined`, and those of exception handlers, are reported.
 */
export function compileInterceptors(
  method: InterceptedMethod,
  ofApplication: readonly HandlerInterceptorSource[],
  report: Report,
): HandlerInterceptors | undefined {
  const { ofClass, ofMethod } = readInterceptors(method);
  if (method.isExceptionHandler) {
    if (ofMethod.length > 0) {
      const problem = 'it handles exceptions, and interceptors stand around mappings';
      report({ location: method.name, problem, cure: 'drop @UseInterceptors' });
    }
    return undefined;
  }
  const sources = new Set([...ofApplication, ...ofClass, ...ofMethod]);
  if (sources.has(undefined)) {
    report({
      location: method.name,
      problem: 'one of its interceptors is undefined: its file is probably part of a circular import',
      cure: 'break the circle',
    });
  }
  const known = [...sources].filter((source) => source !== undefined);
  return known.length === 0 ? undefined : new HandlerInterceptors(method.name, known);
}

type Sources = readonly (HandlerInterceptorSource | undefined)[];

function readInterceptors({ controller, member }: InterceptedMethod): { ofClass: Sources; ofMethod: Sources } {
  const { useInterceptors } = ANNOTATIONS;
  const prototype = controller.prototype as object; // a class has a prototype; its type says any
  const baseFirst = [...prototypeChain(prototype)].toReversed();
  const ofClass = baseFirst.flatMap(({ constructor }) => useInterceptors.readOwn(constructor) ?? []);
  const ofMethod = baseFirst.flatMap((holder) => useInterceptors.readOwn(holder, member) ?? []);
  return { ofClass: ofClass as Sources, ofMethod: ofMethod as Sources }; // only @UseInterceptors writes them
}
