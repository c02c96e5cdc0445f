import { Message } from '../../messaging/message.js';
import type { CallAnnotation } from '../metadata.js';
import { PayloadArgumentResolver } from '../payload/payload-argument.js';
import type { PayloadConversionOptions } from '../payload/payload-conversion.js';
import type { ArgumentResolver, ParameterResolver, ResolveArgument } from './argument-resolver.js';
import { destinationVariableResolver } from './destination-variable-resolver.js';
import { handlerInfoResolver } from './handled-by.js';
import { headerResolver, headersResolver } from './header-resolvers.js';

/** What arguments are made with. */
export interface ArgumentResolverOptions extends PayloadConversionOptions {
  /** The application's own. */
  readonly argumentResolvers?: readonly ArgumentResolver[];
}

/**
 * The resolvers of an application, in the order they are asked: the application's own after the framework's and before the payload, which takes
 * what nobody else does (Spring: `SimpAnnotationMethodMessageHandler`).
 */
export function createArgumentResolvers(options: ArgumentResolverOptions): readonly ParameterResolver[] {
  return [
    headerResolver,
    headersResolver,
    destinationVariableResolver,
    callResolver,
    errorResolver,
    messageResolver,
    handlerInfoResolver,
    signalResolver,
    ...(options.argumentResolvers ?? []),
    new PayloadArgumentResolver(options),
  ];
}

/** `@Principal`, `@Session` …, and what `createParameterDecorator` made. */
const callResolver: ArgumentResolver = {
  supportsParameter: ({ annotation }) => annotation?.kind === 'call',
  bind: ({ annotation }) => (annotation as CallAnnotation).resolve as ResolveArgument, // as supportsParameter found; it takes a HandlerCall
};

/**
 * In exception handlers, an undecorated parameter of an error class is the error (Spring: `InvocableHandlerMethod`); so is one whose type left nothing
 * behind, such as `A | B`.
 */
const errorResolver: ParameterResolver = {
  supportsParameter: ({ annotation, type, declaration }) =>
    annotation === undefined &&
    declaration.isExceptionHandler &&
    (isErrorClass(type) || type === Object || type === undefined),
  bind: () => (call) => call.error,
};

const messageResolver: ArgumentResolver = {
  supportsParameter: ({ annotation, type }) => annotation === undefined && type === Message,
  bind: () => (call) => call.message,
};

const signalResolver: ArgumentResolver = {
  supportsParameter: ({ annotation, type }) => annotation === undefined && type === AbortSignal,
  bind: () => (call) => call.signal,
};

/** `Error` or a class that extends it. */
export function isErrorClass(type: unknown): type is new (message?: string) => Error {
  return typeof type === 'function' && (type === Error || type.prototype instanceof Error);
}
