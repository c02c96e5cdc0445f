/** True when each of two types is assignable to the other, and neither is `any`. */
type Same<A, B> = [A, B] extends [B, A] ? (IsAny<A> extends IsAny<B> ? true : false) : false;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** Compiles when `value` is of exactly the type `Expected`: `expectType<string>()(text)`. */
export function expectType<Expected>(): <Actual>(
  value: Actual,
  ...sameness: Same<Actual, Expected> extends true ? [] : [never]
) => void {
  return () => undefined;
}
