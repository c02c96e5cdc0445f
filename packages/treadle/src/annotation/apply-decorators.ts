import type {
  ControllerDecorator,
  ControllerOrHandlerDecorator,
  HandlerDecorator,
  HandlerParameterDecorator,
} from './decorate.js';
import type { ControllerClass, MemberName } from './metadata.js';

/** Fits classes that are not abstract, as decorators of containers do. */
export type ConcreteClassDecorator = (target: ControllerClass) => void;

/** A decorator of methods that asks for the property's descriptor, as those of other libraries do. */
export type DescribedMethodDecorator = (target: object, method: MemberName, descriptor: PropertyDescriptor) => unknown;

/**
 * One decorator of several, the counterpart of Spring's composed annotations:
 *
 * ```ts
 * const Announced = (pattern: string) => applyDecorators(MessageMapping(pattern), SendTo('/topic/news'));
 * ```
 *
 * Stands where all of them may stand: on a class, a method or a parameter. They are applied as if they stood one above the other, the last one
 * first. What they return (another class, another property descriptor) counts. Of parameter decorators, the first says what fits.
 */
export function applyDecorators(...decorators: readonly ControllerOrHandlerDecorator[]): ControllerOrHandlerDecorator;
export function applyDecorators(...decorators: readonly HandlerDecorator[]): HandlerDecorator;
export function applyDecorators(
  ...decorators: readonly (HandlerDecorator | DescribedMethodDecorator)[]
): (target: object, method: MemberName, descriptor: PropertyDescriptor) => void;
export function applyDecorators(...decorators: readonly ControllerDecorator[]): ControllerDecorator;
export function applyDecorators(...decorators: readonly ConcreteClassDecorator[]): ConcreteClassDecorator;
export function applyDecorators<D extends HandlerParameterDecorator>(
  first: D,
  ...others: readonly HandlerParameterDecorator[]
): D;
export function applyDecorators(...decorators: readonly Decorate[]): Decorate {
  return (target: unknown, method?: MemberName, descriptorOrIndex?: unknown) => {
    let replaced: unknown;
    for (const decorate of decorators.toReversed()) {
      replaced = applyOne(decorate, { target, method, descriptorOrIndex, replaced }) ?? replaced;
    }
    return replaced;
  };
}

type Decorate = (...given: any[]) => unknown; // whatever can be called with what the compiler gives: the overloads say what fits where

interface Application {
  readonly target: unknown;
  readonly method: MemberName | undefined;
  /** Of a method its property descriptor, of a parameter its index; of a class neither. */
  readonly descriptorOrIndex: unknown;
  /** What the decorators before this one made of class or descriptor. */
  readonly replaced: unknown;
}

function applyOne(decorate: Decorate, { target, method, descriptorOrIndex, replaced }: Application): unknown {
  if (typeof descriptorOrIndex === 'number') return decorate(target, method, descriptorOrIndex);
  if (method === undefined) return decorate(replaced ?? target);
  return decorate(target, method, replaced ?? descriptorOrIndex);
}
