import { TreadleError } from '../foundation/errors.js';
import {
  type ArgumentResolver,
  describeParameter,
  type HandlerParameter,
  NO_TYPES_EMITTED,
  type ResolveArgument,
} from './arguments/argument-resolver.js';
import type { HandlerDeclaration } from './handler-declaration.js';
import { HandlerMethod } from './handler-method.js';
import { ANNOTATIONS, type ControllerClass, type MemberName, readParameterTypes } from './metadata.js';
import { PayloadArgumentResolver } from './payload/payload-argument.js';
import type { ReturnValueHandler, SendResult } from './results/return-value-handler.js';

/** What handler methods are compiled with. */
export interface HandlerSeams {
  readonly argumentResolvers: readonly ArgumentResolver[];
  readonly returnValueHandlers: readonly ReturnValueHandler[];
}

/** Takes one mistake of a controller: class, method and cure. */
export type Report = (finding: string) => void;

/** Where a scan tells what it finds. */
export interface Findings {
  /** What fails the start. */
  readonly report: Report;
  /** What works but is probably not meant. */
  readonly warn: Report;
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
  const parameters = parametersOf(source, report);
  const resolvers = parameters.map((parameter) => bindParameter(parameter, parameters, seams, report));
  const sendResult = bindResult(source, seams, report);
  if (!sendResult || !resolvers.every((resolver) => resolver !== undefined)) return undefined;
  return new HandlerMethod({ name: source.declaration.name, member: source.member, resolvers, sendResult });
}

/** The result of `compile`, or `undefined` when it found a mistake, which is then reported. */
export function reporting<T>(report: Report, compile: () => T): T | undefined {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof TreadleError)) throw error;
    report(error.message);
    return undefined;
  }
}

function parametersOf(
  { controller, member, arity, declaration }: HandlerSource,
  report: Report,
): readonly HandlerParameter[] {
  const prototype = controller.prototype as object; // a class has a prototype; its type says any
  const emitted = readParameterTypes(prototype, member);
  const annotated = ANNOTATIONS.parameters.read(prototype, member) ?? [];
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
    if (second) report(`${describeParameter(parameter)} is decorated twice: keep one decorator`);
    return parameter;
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
    report(`${describeParameter(parameter)} is not decorated, and ${NO_TYPES_EMITTED}: ${cure}`);
    return undefined;
  }
  if (!resolver || (isUndecoratedPayload && payloads.length > 1)) {
    report(`${describeParameter(parameter)} could be anything: decorate it with ${DECORATORS}`);
    return undefined;
  }
  return reporting(report, () => resolver.bind(parameter));
}

const DECORATORS = '@Payload, @Header, @Headers, @DestinationVariable or @Principal';

/** Neither decorated nor of a type that was emitted; the only such parameter of an exception handler is the error. */
function isUnknown(parameter: HandlerParameter, all: readonly HandlerParameter[]): boolean {
  if (parameter.hasTypes || parameter.annotation !== undefined) return false;
  return !parameter.handler.isExceptionHandler || all.filter(({ annotation }) => annotation === undefined).length > 1;
}

function bindResult(
  source: HandlerSource,
  { returnValueHandlers }: HandlerSeams,
  report: Report,
): SendResult | undefined {
  const { controller, member, declaration, isSubscription } = source;
  const { sendTo, sendToUser } = ANNOTATIONS;
  const prototype = controller.prototype as object; // a class has a prototype; its type says any
  const result = {
    handler: declaration,
    isSubscription,
    method: { sendTo: sendTo.read(prototype, member), sendToUser: sendToUser.read(prototype, member) },
    controller: { sendTo: sendTo.read(controller), sendToUser: sendToUser.read(controller) },
  };
  const handler = returnValueHandlers.find((each) => each.supportsReturn(result));
  if (!handler) report(`the result of ${declaration.name} has no return value handler: add one that supports it`);
  return handler && reporting(report, () => handler.bind(result));
}
