import type { Report } from '../foundation/finding.js';
import { reporting } from '../foundation/findings.js';
import { Placeholders } from '../foundation/placeholders.js';
import type { DestinationSeparator } from '../messaging/destination-pattern.js';
import {
  type ArgumentResolver,
  type HandlerParameter,
  locationOf,
  NO_TYPES_EMITTED,
  type ResolveArgument,
} from './arguments/argument-resolver.js';
import { type HandlerLimits, NO_HANDLER_LIMITS, readHandlerLimits } from './concurrency/handler-limits.js';
import {
  describeArgument,
  describeResult,
  type ParameterDescription,
  type ResultDescription,
} from './handler-description.js';
import { readParameters, readSendAnnotations, resolveParameter } from './handler-annotations.js';
import type { HandlerDeclaration } from './handler-declaration.js';
import { HandlerInfo } from './handler-info.js';
import { HandlerMethod } from './handler-method.js';
import type { HandlerInterceptorSource } from './interceptors/handler-interceptor.js';
import { compileInterceptors } from './interceptors/interceptor-scan.js';
import { type ControllerClass, type MemberName, readParameterTypes } from './metadata.js';
import { PayloadArgumentResolver } from './payload/payload-argument.js';
import type { MethodResult } from './results/method-result.js';
import type { HandlerReturn } from './results/return-value-handler.js';
import type { ReturnValueHandlers } from './results/return-value-handlers.js';

/** What handler methods are compiled with. */
export interface HandlerSeams {
  readonly argumentResolvers: readonly ArgumentResolver[];
  readonly returnValueHandlers: ReturnValueHandlers;
  /** Of methods that say nothing themselves; default none. */
  readonly handlerLimits?: HandlerLimits;
  /** Around every method with a mapping, outside its own; default none. */
  readonly handlerInterceptors?: readonly HandlerInterceptorSource[];
  /** Give `${name}` in what decorators were told its value; default: the environment variables do. */
  readonly placeholders?: Placeholders;
  /** What parts the segments of mappings; default `/`. */
  readonly separator?: DestinationSeparator;
}

/** A method that is to be compiled. */
export interface HandlerSource {
  readonly controller: ControllerClass;
  readonly member: MemberName;
  /** How many parameters it declares, for compilers that emit no types. */
  readonly arity: number;
  readonly declaration: HandlerDeclaration;
  /** Whether it answers SUBSCRIBE frames. */
  readonly isSubscription: boolean;
}

/** Gives every parameter its resolver and the result its way; `undefined` when something was reported. */
export function compileHandler(source: HandlerSource, seams: HandlerSeams, report: Report): HandlerMethod | undefined {
  const { placeholders = new Placeholders() } = seams;
  const parameters = parametersOf(source, placeholders, report);
  const resolvers = parameters.map((parameter) => bindParameter(parameter, parameters, seams, report));
  const { controller, member, declaration } = source;
  const info = new HandlerInfo(controller, member);
  const bound = bindResult(source, info, { ...seams, placeholders }, report);
  const method = { controller, member, ...declaration };
  const interceptors = compileInterceptors(method, seams.handlerInterceptors ?? [], report);
  const limits = reporting(report, declaration.name, () =>
    readHandlerLimits(method, seams.handlerLimits ?? NO_HANDLER_LIMITS),
  );
  if (!bound || !limits || !resolvers.every((resolver) => resolver !== undefined)) return undefined;
  const description = { parameters: describeParameters(parameters, seams), results: bound.results };
  return new HandlerMethod({ info, resolvers, interceptors, result: bound.result, limits, description });
}

function parametersOf(
  { controller, member, arity, declaration }: HandlerSource,
  placeholders: Placeholders,
  report: Report,
): readonly HandlerParameter[] {
  const prototype = controller.prototype as object; // a class has a prototype; its type says any
  const emitted = readParameterTypes(prototype, member);
  const annotated = readParameters(prototype, member);
  const length = emitted?.length ?? Math.max(arity, ...annotated.map(({ index }) => index + 1));
  return Array.from({ length }, (_none, index) => {
    const [first, second] = annotated.filter((each) => each.index === index);
    const parameter = {
      handler: declaration,
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
  parameter: HandlerParameter,
  all: readonly HandlerParameter[],
  { argumentResolvers }: HandlerSeams,
  report: Report,
): ResolveArgument | undefined {
  const resolverOf = (each: HandlerParameter): ArgumentResolver | undefined =>
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
    report({ location: locationOf(parameter), problem: 'it could be anything', cure: `decorate it with ${DECORATORS}` });
    return undefined;
  }
  return reporting(report, locationOf(parameter), () => resolver.bind(parameter));
}

function describeParameters(
  parameters: readonly HandlerParameter[],
  { argumentResolvers }: HandlerSeams,
): readonly ParameterDescription[] {
  return parameters.flatMap((parameter) => {
    const resolver = argumentResolvers.find((each) => each.supportsParameter(parameter));
    return resolver ? describeArgument(parameter, resolver) : []; // all have one when the method was compiled
  });
}

const DECORATORS = '@Payload, @Header, @Headers, @DestinationVariable or @Principal';

/** Neither decorated nor of a type that was emitted; the only such parameter of an exception handler is the error. */
function isUnknown(parameter: HandlerParameter, all: readonly HandlerParameter[]): boolean {
  if (parameter.hasTypes || parameter.annotation !== undefined) return false;
  return !parameter.handler.isExceptionHandler || all.filter(({ annotation }) => annotation === undefined).length > 1;
}

function bindResult(
  source: HandlerSource,
  info: HandlerInfo,
  { returnValueHandlers, placeholders }: HandlerSeams & { readonly placeholders: Placeholders },
  report: Report,
): { readonly result: MethodResult; readonly results: readonly ResultDescription[] } | undefined {
  const { controller, member, declaration, isSubscription } = source;
  const prototype = controller.prototype as object; // a class has a prototype; its type says any
  return reporting(report, declaration.name, () => {
    const returned: HandlerReturn = {
      handler: declaration,
      info,
      isSubscription,
      method: readSendAnnotations(prototype, member, placeholders),
      controller: readSendAnnotations(controller, undefined, placeholders),
      type: Reflect.getMetadata('design:returntype', prototype, member) as unknown, // its type says any
    };
    const result = returnValueHandlers.bind(returned);
    return { result, results: describeResult(returned, returnValueHandlers.handlerOf(returned)) };
  });
}
