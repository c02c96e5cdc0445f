import type { MemberName } from '../metadata.js';

/**
 * Fits parameters of methods whose type takes a `V`; on any other the compiler reports `DoesNotFitTheParameter`. The check sees public methods; a
 * private or protected one, and one that is decorated by hand, goes unchecked.
 */
export type FittingParameterDecorator<V> = <T extends object, M extends MemberName, I extends number>(
  target: T,
  method: M,
  // The only place where target, method and index are known together: a number is not assignable to what is added when it does not fit.
  index: I & FitOf<V, ParameterAt<T, M, I>>,
) => void;

/** What the compiler shows of a decorator whose value the parameter does not take. */
export interface DoesNotFitTheParameter<V, P> {
  readonly argument: V;
  readonly parameter: P;
}

/** What the compiler shows of a decorator that must name the type: text, or what the compiler emits, is not what the parameter declares. */
export interface NameTheTypeInTheDecorator<P> {
  readonly parameter: P;
}

declare const ABSENT: unique symbol;

/** Stands for the value of a decorator that names no type: what the compiler emits for the parameter, or what an absent one is. */
export interface Emitted<AbsentValue> {
  readonly [ABSENT]: AbsentValue;
}

/** The type of a method's parameter; `unknown` where it cannot be seen. */
type ParameterAt<T, M, I> = M extends keyof T
  ? T[M] extends (...args: infer P) => unknown
    ? `${I & number}` extends keyof P
      ? P[`${I & number}`]
      : unknown
    : unknown
  : unknown;

type FitOf<V, P> =
  IsAny<V> extends true
    ? unknown
    : [V] extends [Emitted<infer AbsentValue>]
      ? FitOfEmitted<P, AbsentValue>
      : [V] extends [P]
        ? unknown
        : [Extract<V, undefined>, IsBrandOf<Exclude<V, undefined>, NonNullable<P>>] extends [P, true]
          ? unknown
          : DoesNotFitTheParameter<V, P>;

type FitOfEmitted<P, AbsentValue> = [AbsentValue] extends [P]
  ? IsEmitted<NonNullable<P>> extends true
    ? unknown
    : NameTheTypeInTheDecorator<P>
  : DoesNotFitTheParameter<AbsentValue, P>;

/** Whether conversion by the emitted type gives a `P`: literals and enums leave `String` or `Number` behind, lists only `Array`. */
type IsEmitted<P> = [P] extends [readonly unknown[]]
  ? Takes<P, string[]>
  : [P] extends [number]
    ? [`${number}`] extends [`${P}`] // every number is assignable to a numeric enum, but not its text
      ? true
      : IsBrandOf<number, P>
    : [P] extends [string | number]
      ? Takes<P, string> extends true
        ? true
        : IsBrandOf<string, P>
      : true;

type Takes<P, V> = [V] extends [P] ? true : false;

/** `string & { … }` says more of a text than can be checked; whoever declares it answers for it. */
type IsBrandOf<V, P> = [V] extends [string]
  ? IsMoreThan<P, string>
  : [V] extends [number]
    ? IsMoreThan<P, number>
    : [V] extends [bigint]
      ? IsMoreThan<P, bigint>
      : false;

type IsMoreThan<P, Base> = [P] extends [Base] ? ([Exclude<keyof P, keyof Base>] extends [never] ? false : true) : false;

type IsAny<V> = 0 extends 1 & V ? true : false;
