import type { LikeTest } from './like-pattern.js';

/** The headers a selector asks about, by name. */
export type SelectableHeaders = ReadonlyMap<string, string>;

/** SQL's three values: `undefined` is "unknown". */
export type Truth = boolean | undefined;

/** A part of a selector that is true, false or unknown of a message. */
export type Condition = (headers: SelectableHeaders) => Truth;

/** An integer that doubles do not have exactly is a `bigint`, so that ids of many digits are compared as they are. */
export type SelectorNumber = number | bigint;

/** A part of a selector that is a number; `undefined` where a header is missing or none. */
export type Quantity = (headers: SelectableHeaders) => SelectorNumber | undefined;

/** What operators work on. A header is text on the wire; what it is compared with decides what it is taken for. */
export type Operand =
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly of: Quantity }
  | { readonly kind: 'condition'; readonly of: Condition };

/** Of two values. */
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** A longer text is no number, and LIKE is not asked about a longer text: clients choose them, and each message is asked about. */
const LONGEST = { number: 64, searched: 1024 };

/** An operand as a number; `undefined` for what can be none. */
export function quantityOf(operand: Operand): Quantity | undefined {
  if (operand.kind === 'number') return operand.of;
  if (operand.kind !== 'header') return undefined;
  const { name } = operand;
  return (headers) => {
    const value = headers.get(name);
    return value === undefined || value.length > LONGEST.number ? undefined : decimalOf(value);
  };
}

/** An operand as a condition, a header by `true` and `false`; `undefined` for what can be none. */
export function conditionOf(operand: Operand): Condition | undefined {
  if (operand.kind === 'condition') return operand.of;
  if (operand.kind !== 'header') return undefined;
  const { name } = operand;
  return (headers) => {
    const value = headers.get(name);
    if (value === 'true') return true;
    return value === 'false' ? false : undefined;
  };
}

/** The result of an arithmetic operator, in doubles; unknown when an operand is, or when there is none, as of a division by zero. */
export function calculate(operator: '+' | '-' | '*' | '/', left: Quantity, right: Quantity): Quantity {
  const operation = OPERATIONS[operator];
  return ofBoth(left, right, (first, second) => finite(operation(Number(first), Number(second))));
}

/** The number with the other sign. */
export function negative(quantity: Quantity): Quantity {
  return (headers) => {
    const value = quantity(headers);
    return value === undefined ? undefined : -value;
  };
}

/**
 * Compares two operands: as numbers when one of them is a number or the comparison is one of size, as truths when one is a condition, else as texts.
 * Two headers are equal numbers when both are numbers. What is missing or not of that kind makes it unknown.
 * @returns `undefined` when the operands can never be compared so
 */
export function compare(comparison: Comparison, left: Operand, right: Operand): Condition | undefined {
  const isOfSize = comparison !== '=' && comparison !== '<>';
  if (isOfSize || left.kind === 'number' || right.kind === 'number') {
    return ofBothIfAny(quantityOf(left), quantityOf(right), NUMBER_TESTS[comparison]);
  }
  const isEqual = comparison === '=';
  if (left.kind === 'condition' || right.kind === 'condition') {
    return ofBothIfAny(conditionOf(left), conditionOf(right), (first, second) => (first === second) === isEqual);
  }
  const isSame = left.kind === 'header' && right.kind === 'header' ? isSameValue : isSameText;
  return ofBothIfAny(textOf(left), textOf(right), (first, second) => isSame(first, second) === isEqual);
}

/** Both ends belong to it. */
export function between(value: Quantity, low: Quantity, high: Quantity): Condition {
  return and([ofBoth(value, low, NUMBER_TESTS['>=']), ofBoth(value, high, NUMBER_TESTS['<='])]);
}

/** Unknown when the header is missing. */
export function isIn(name: string, texts: ReadonlySet<string>): Condition {
  return (headers) => {
    const value = headers.get(name);
    return value === undefined ? undefined : texts.has(value);
  };
}

/** Unknown when the header is missing or too long to be searched. */
export function isLike(name: string, test: LikeTest): Condition {
  return (headers) => {
    const value = headers.get(name);
    return value === undefined || value.length > LONGEST.searched ? undefined : test(value);
  };
}

/** False if one is false, true if all are, else unknown. */
export function and(conditions: readonly Condition[]): Condition {
  return (headers) => decide(conditions, headers, false);
}

/** True if one is true, false if all are, else unknown. */
export function or(conditions: readonly Condition[]): Condition {
  return (headers) => decide(conditions, headers, true);
}

/** What is unknown stays so. */
export function not(condition: Condition): Condition {
  return (headers) => {
    const truth = condition(headers);
    return truth === undefined ? undefined : !truth;
  };
}

/** @param decisive what one of them needs to be for the answer to be that */
function decide(conditions: readonly Condition[], headers: SelectableHeaders, decisive: boolean): Truth {
  let answer: Truth = !decisive;
  for (const condition of conditions) {
    const truth = condition(headers);
    if (truth === decisive) return decisive;
    if (truth === undefined) answer = undefined;
  }
  return answer;
}

type ValueOf<T> = (headers: SelectableHeaders) => T | undefined;

/** What `operation` makes of two values; `undefined` when one is missing. */
function ofBoth<T, R>(
  left: ValueOf<T>,
  right: ValueOf<T>,
  operation: (left: T, right: T) => R | undefined,
): ValueOf<R> {
  return (headers) => {
    const first = left(headers);
    if (first === undefined) return undefined;
    const second = right(headers);
    return second === undefined ? undefined : operation(first, second);
  };
}

/** The same of operands that may be of another kind. */
function ofBothIfAny<T>(
  left: ValueOf<T> | undefined,
  right: ValueOf<T> | undefined,
  test: (left: T, right: T) => boolean,
): Condition | undefined {
  return left && right && ofBoth(left, right, test);
}

function textOf(operand: Operand): ValueOf<string> | undefined {
  if (operand.kind === 'text') return () => operand.value;
  return operand.kind === 'header' ? (headers) => headers.get(operand.name) : undefined;
}

const OPERATIONS: Readonly<Record<'+' | '-' | '*' | '/', (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

const NUMBER_TESTS: Readonly<Record<Comparison, (left: SelectorNumber, right: SelectorNumber) => boolean>> = {
  '=': (left, right) => orderOf(left, right) === 0,
  '<>': (left, right) => orderOf(left, right) !== 0,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** A number and a bigint are compared exactly by `<` and `>`, where `===` would say that they differ. */
function orderOf(left: SelectorNumber, right: SelectorNumber): number {
  if (left < right) return -1;
  return left > right ? 1 : 0;
}

const isSameText = (first: string, second: string): boolean => first === second;

function isSameValue(first: string, second: string): boolean {
  if (first === second) return true;
  if (first.length > LONGEST.number || second.length > LONGEST.number) return false;
  const [left, right] = [decimalOf(first), decimalOf(second)];
  return left !== undefined && right !== undefined && orderOf(left, right) === 0;
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;

/** What a text says in decimals; `undefined` for any other, and for what is too large. */
export function decimalOf(text: string): SelectorNumber | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const number = finite(Number(text));
  if (number === undefined || Number.isSafeInteger(number) || !INTEGER.test(text)) return number;
  return BigInt(text);
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}
