import { whyNoTypes } from '../../foundation/erased-types.js';
import type { HandlerCall } from '../handler-call.js';
import type { HandlerDeclaration } from '../handler-declaration.js';
import type { HandlerInfo } from '../handler-info.js';
import type { ParameterAnnotation } from '../metadata.js';

/** One parameter of a handler method. */
export interface HandlerParameter {
  /** Class and method; reads annotations of your own: `Roles.of(handler)`. */
  readonly handler: HandlerInfo;
  readonly index: number;
  /** What its decorator says; `undefined` for an undecorated one. */
  readonly annotation: ParameterAnnotation | undefined;
  /** Whether the compiler emitted types for the method. */
  readonly hasTypes: boolean;
  /** The type it emitted; with `hasTypes`, `undefined` means a class that was not defined yet: a circular import. */
  readonly type: unknown;
}

/**
 * Makes one argument of a call. May answer with a promise when only that will do.
 * @throws TreadleError of a message mistake, such as `ARGUMENT_MISSING`
 */
export type ResolveArgument = (call: HandlerCall) => unknown;

/** Serves one kind of parameter (Spring: `HandlerMethodArgumentResolver`). The first that supports a parameter binds it. */
export interface ArgumentResolver {
  supportsParameter(parameter: HandlerParameter): boolean;
  /**
   * Called at start, so that nothing is decided per message: once for every parameter it supports, and for a method that is a `@MessageMapping` and
   * a `@SubscribeMapping` once for each of the two.
   * @throws ConfigurationError naming method, parameter and cure
   */
  bind(parameter: HandlerParameter): ResolveArgument;
}

/** A parameter with what is known while its method is compiled: for the framework's own resolvers. */
export interface DeclaredParameter extends HandlerParameter {
  readonly declaration: HandlerDeclaration;
}

/** What parameters are bound by: every `ArgumentResolver` is one, those of the framework know more. */
export interface ParameterResolver {
  supportsParameter(parameter: DeclaredParameter): boolean;
  bind(parameter: DeclaredParameter): ResolveArgument;
}

/** Why a parameter without `hasTypes` has none. */
export const NO_TYPES_EMITTED = whyNoTypes();

/** What findings call a function that was given as a type. */
export function nameOfType({ name }: { readonly name: string }): string {
  return name === '' ? 'a function without a name' : name;
}

/** `ChatController.say, parameter 0`: where findings about it are. */
export function locationOf(parameter: HandlerParameter): string {
  return `${parameter.handler.name}, parameter ${parameter.index}`;
}

/** `parameter 0 of ChatController.say`, for what goes wrong with a message. */
export function describeParameter(parameter: HandlerParameter): string {
  return `parameter ${parameter.index} of ${parameter.handler.name}`;
}
