import { PayloadArgumentResolver } from './payload/payload-argument.js';
import { isStandardSchema } from './payload/standard-schema.js';
import type { DeclaredParameter, ParameterResolver } from './arguments/argument-resolver.js';
import { isErrorClass } from './arguments/argument-resolvers.js';
import type { DeclaredReturn, ResultHandler } from './results/return-value-handler.js';
import { DefaultReturnValueHandler } from './results/default-return-value-handler.js';
import {
  destinationBeneath,
  effectiveAnnotations,
  SendToReturnValueHandler,
} from './results/send-to-return-value-handler.js';
import { SubscriptionReturnValueHandler } from './results/subscription-return-value-handler.js';

/** Where one argument of a handler comes from. */
export interface ParameterDescription {
  /**
   * `payload`, `header`, `headers`, `destinationVariable`, what a parameter decorator is called (`principal`, `sessionId` …), or, for an
   * undecorated parameter, the class it is recognised by: `Message`, `AbortSignal` …
   */
  readonly kind: string;
  /** Of a header, destination variable or payload path. */
  readonly name?: string;
  /** What it is made into: a class, `[Class]`, `schema (vendor)`, an enum's values. */
  readonly type?: string;
  /** Whether the message fails without it. */
  readonly required: boolean;
}

/** Where one message with a handler's result goes. */
export interface ResultDescription {
  /** `subscription`: to the one that asked. `everybody`: to all subscribers. `user`: to all sessions of the user who asked; `session`: to the asking one. */
  readonly to: 'everybody' | 'user' | 'session' | 'subscription' | 'custom';
  /** As written, `{variables}` included; for `custom` the class of the return value handler. */
  readonly destination?: string;
  /** Whether the method or its class says so, or it follows from the pattern. */
  readonly isDeclared: boolean;
}

/** Describes one parameter. @param resolver the one that makes the argument */
export function describeArgument(parameter: DeclaredParameter, resolver: ParameterResolver): ParameterDescription {
  const { annotation, type } = parameter;
  if (annotation === undefined) return describeUndecorated(parameter, resolver);
  if (annotation.kind === 'call') return { kind: annotation.name ?? 'custom', ...typed(type), required: true };
  if (annotation.kind === 'headers') return { kind: 'headers', ...typed(annotation.type ?? type), required: true };
  const named = typed(annotation.hasType ? annotation.type : type);
  if (annotation.kind === 'payload') {
    const part = annotation.path === undefined ? {} : { name: annotation.path };
    return { kind: 'payload', ...part, ...named, required: isRequired(annotation) };
  }
  const { kind, name } = annotation;
  return { kind, name, ...named, required: kind === 'header' ? isRequired(annotation) : annotation.required };
}

function describeUndecorated(
  { type, declaration }: DeclaredParameter,
  resolver: ParameterResolver,
): ParameterDescription {
  if (resolver instanceof PayloadArgumentResolver) return { kind: 'payload', ...typed(type), required: true };
  if (declaration.isExceptionHandler && (type === undefined || type === Object || isErrorClass(type))) {
    return { kind: 'error', ...typed(type), required: true };
  }
  return { kind: nameOfType(type) ?? 'custom', required: true };
}

function isRequired({ required, defaultValue }: { required: boolean | undefined; defaultValue: unknown }): boolean {
  return required ?? defaultValue === undefined;
}

function typed(type: unknown): { readonly type?: string } {
  const name = nameOfType(type);
  return name === undefined ? {} : { type: name };
}

function nameOfType(type: unknown): string | undefined {
  if (isStandardSchema(type)) return `schema (${type['~standard'].vendor})`;
  if (Array.isArray(type)) return `[${nameOfType((type as readonly unknown[])[0]) ?? 'unknown'}]`; // what decorators were given
  if (typeof type === 'function') return type.name;
  if (typeof type !== 'object' || type === null) return undefined;
  return [...new Set(Object.values(type))].filter((value) => typeof value === 'string').join(' | ');
}

/** Describes where the results of a method go. @param handler the one that sends them */
export function describeResult(result: DeclaredReturn, handler: ResultHandler): readonly ResultDescription[] {
  if (handler instanceof SubscriptionReturnValueHandler) return [{ to: 'subscription', isDeclared: false }];
  if (handler instanceof DefaultReturnValueHandler) return beneath('/topic', result, 'everybody', false);
  if (!(handler instanceof SendToReturnValueHandler)) {
    return [{ to: 'custom', destination: handler.constructor.name, isDeclared: true }];
  }
  const { sendTo, sendToUser } = effectiveAnnotations(result.method, result.controller);
  const user = sendToUser?.broadcast === false ? 'session' : 'user';
  return [
    ...declared(sendToUser?.destinations, user, beneath('/queue', result, user, true)),
    ...declared(sendTo, 'everybody', beneath('/topic', result, 'everybody', true)),
  ];
}

function declared(
  destinations: readonly string[] | undefined,
  to: ResultDescription['to'],
  ofPatterns: readonly ResultDescription[],
): readonly ResultDescription[] {
  if (!destinations) return [];
  if (destinations.length === 0) return ofPatterns;
  return destinations.map((destination) => ({ to, destination, isDeclared: true }));
}

/** The destination that follows from the one that was asked; an exception handler has as many as there are patterns, which says nothing. */
function beneath(
  prefix: string,
  { declaration }: DeclaredReturn,
  to: ResultDescription['to'],
  isDeclared: boolean,
): readonly ResultDescription[] {
  if (declaration.isExceptionHandler) return [{ to, destination: `${prefix}/…`, isDeclared }];
  return declaration.patterns.map(({ text }) => ({ to, destination: destinationBeneath(prefix, text), isDeclared }));
}
