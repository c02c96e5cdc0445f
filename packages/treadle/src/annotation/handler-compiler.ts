import type { Report } from '../foundation/finding.js';
import { reporting } from '../foundation/findings.js';
import type { Placeholders } from '../foundation/placeholders.js';
import type { DestinationSeparator } from '../messaging/destination-pattern.js';
import {
  type DeclaredParameter,
  locationOf,
  NO_TYPES_EMITTED,
  type ParameterResolver,
  type ResolveArgument,
} from './arguments/argument-resolver.js';
import { type HandlerLimits, readHandlerLimits } from './concurrency/handler-limits.js';
import {
  describeArgument,
  describeResult,
  type ParameterDescription,
  type ResultDescription,
} from './handler-description.js';
import { readParameters, readSendAnnotations, resolveParameter } from './handler-annotations.js';
import type { HandlerDeclaration } from './handler-declaration.js';
import type { HandlerInfo } from './handler-info.js';
import { HandlerMethod } from './handler-method.js';
import type { HandlerInterceptorSource } from './interceptors/handler-interceptor.js';
import { compileInterceptors } from './interceptors/interceptor-scan.js';
import { readParameterTypes } from './metadata.js';
import { PayloadArgumentResolver } from './payload/payload-argument.js';
import type { MethodResult } from './results/method-result.js';
import type { DeclaredReturn } from './results/return-value-handler.js';
import type { ReturnValueHandlers } from './results/return-value-handlers.js';

/** What handler methods are compiled with. */
export interface HandlerSeams {
  readonly argumentResolvers: readonly ParameterResolver[];
  readonly returnValueHandlers: ReturnValueHandlers;
  /** Of methods that say nothing themselves. */
  readonly handlerLimits: HandlerLimits;
  /** Around every method with a mapping, outside its own. */
  readonly handlerInterceptors: readonly HandlerInterceptorSource[];
  /** Give `${name}` in what decorators were told its value. */
  readonly placeholders: Placeholders;
  /** What parts the segments of mappings. */
  readonly separator: DestinationSeparator;
}

/** A method that is to be compiled. */
export interface HandlerSource {
  /** One for all mappings of the method. */
  readonly info: HandlerInfo;
  /** How many parameters it declares, for compilers that emit no types. */
  readonly arity: number;
  readonly declaration: HandlerDeclaration;
  /** Whether it answers SUBSCRIBE frames. */
  readonly isSubscription: boolean;
}

/** Gives every parameter its resolver and the result its way; `undefined` when something was reported. */
export function compileHandler(source: HandlerSource, seams: HandlerSeams, report: Report): HandlerMethod | undefined {
  const parameters = parametersOf(source, seams.placeholders, report);
  const resolvers = parameters.map((parameter) => bindParameter(parameter, parameters, seams, report));
  const { info, declaration } = source;
  const bound = bindResult(source, seams, report);
  const method = { controller: info.controller, member: info.method, ...declaration };
  const interceptors = compileInterceptors(method, seams.handlerInterceptors, report);
  const limits = reporting(report, declaration.name, () => readHandlerLimits(method, seams.handlerLimits));
  if (!bound || !limits || !resolvers.every((resolver) => resolver !== undefined)) return undefined;
  const description = { parameters: describeParameters(parameters, seams), results: bound.results };
  return new HandlerMethod({ info, resolvers, interceptors, result: bound.result, limits, description });
}

function parametersOf(
  { info, arity, declaration }: HandlerSource,
  placeholders: Placeholders,
  report: Report,
): readonly DeclaredParameter[] {
  const prototype = info.controller.prototype as object; // a class has a prototype; its type says any
  const emitted = readParameterTypes(prototype, info.method);
  const annotated = readParameters(prototype, info.method);
  const length = emitted?.length ?? Math.max(arity, ...annotated.map(({ index }) => index + 1));
  return Array.from({ length }, (_none, index) => {
    const [first, second] = annotated.filter((each) => each.index === index);
    const parameter = {
      handler: info,
      declaration,
      index,
      annotation: first?.annotation,
      hasTypes: emitted !== undefined,
      type: emitted?.[index],
    };
    const location = locationOf(parameter);
    if (second) report({ location, problem: 'it is decorated twice', cure: 'keep one decorator' });
    const annotation = reporting(report, location, () => resolveParameter(first?.annotation, placeholders));
    return { ...parameter, annotation: annotation ?? first?.annotation };
  });
}

function bindParameter(
  parameter: DeclaredParameter,
  all: readonly DeclaredParameter[],
  { argumentResolvers }: HandlerSeams,
  report: Report,
): ResolveArgument | undefined {
  const resolverOf = (each: DeclaredParameter): ParameterResolver | undefined =>
    argumentResolvers.find((resolver) => resolver.supportsParameter(each));
  const resolver = resolverOf(parameter);
  const isUndecoratedPayload = parameter.annotation === undefined && resolver instanceof PayloadArgumentResolver;
  const payloads = all.filter((each) => resolverOf(each) instanceof PayloadArgumentResolver);
  if (isUnknown(parameter, all)) {
    const cure = `decorate it with ${DECORATORS}, or compile with tsc, swc or oxc`;
    report({ location: locationOf(parameter), problem: `it is not decorated, and ${NO_TYPES_EMITTED}`, cure });
    return undefined;
  }
  if (!resolver || (isUndecoratedPayload && payloads.length > 1)) {
    report({
      location: locationOf(parameter),
      problem: 'it could be anything',
      cure: `decorate it with ${DECORATORS}`,
    });
    return undefined;
  }
  return reporting(report, locationOf(parameter), () => resolver.bind(parameter));
}

function describeParameters(
  parameters: readonly DeclaredParameter[],
  { argumentResolvers }: HandlerSeams,
): readonly ParameterDescription[] {
  return parameters.flatMap((parameter) => {
    const resolver = argumentResolvers.find((each) => each.supportsParameter(parameter));
    return resolver ? describeArgument(parameter, resolver) : []; // all have one when the method was compiled
  });
}

const DECORATORS = '@Payload, @Header, @Headers, @DestinationVariable or @Principal';

/** Neither decorated nor of a type that was emitted; the only such parameter of an exception handler is the error. */
function isUnknown(parameter: DeclaredParameter, all: readonly DeclaredParameter[]): boolean {
  if (parameter.hasTypes || parameter.annotation !== undefined) return false;
  return (
    !parameter.declaration.isExceptionHandler || all.filter(({ annotation }) => annotation === undefined).length > 1
  );
}

function bindResult(
  source: HandlerSource,
  { returnValueHandlers, placeholders }: HandlerSeams,
  report: Report,
): { readonly result: MethodResult; readonly results: readonly ResultDescription[] } | undefined {
  const { info, declaration, isSubscription } = source;
  const { controller, method: member } = info;
  const prototype = controller.prototype as object; // a class has a prototype; its type says any
  return reporting(report, declaration.name, () => {
    const returned: DeclaredReturn = {
      handler: info,
      declaration,
      isSubscription,
      method: readSendAnnotations(prototype, member, placeholders),
      controller: readSendAnnotations(controller, undefined, placeholders),
      type: Reflect.getMetadata('design:returntype', prototype, member) as unknown, // its type says any
    };
    const result = returnValueHandlers.bind(returned);
    return { result, results: describeResult(returned, returnValueHandlers.handlerOf(returned)) };
  });
}
