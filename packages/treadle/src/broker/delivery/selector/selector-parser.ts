import { compileLike } from './like-pattern.js';
import {
  and,
  between,
  calculate,
  compare,
  type Comparison,
  type Condition,
  conditionOf,
  decimalOf,
  isIn,
  isLike,
  negative,
  not,
  type Operand,
  or,
  type Quantity,
  quantityOf,
} from './selector-conditions.js';
import { malformed, tokensOf } from './selector-tokens.js';
import { TokenReader } from './token-reader.js';

/** What a selector may have: clients choose it, and it is asked about every message. */
const LIMITS = { characters: 2048, nesting: 32, parts: 256, likes: 8 };

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['=', '<>', '<', '<=', '>', '>=']);

/**
 * Reads a selector: the conditional expressions of SQL-92 that Jakarta Messaging has (§ Message Selector Syntax), by recursive descent. Beside
 * them a header whose name is no identifier can be written in double quotes, as SQL-92 does it: `"content-type"`.
 * @throws MessageRejectedError `SELECTOR_MALFORMED` with what is wrong and where
 */
export function parseSelector(text: string): Condition {
  const { characters } = LIMITS;
  if (text.length > characters) malformed(`it has ${text.length} characters; ${characters} are allowed`, characters);
  return new SelectorParser(new TokenReader(tokensOf(text))).parse();
}

/** One method for each rule of the grammar, from the operators that bind weakest to those that bind strongest. */
class SelectorParser {
  readonly #tokens: TokenReader;
  #depth = 0;
  #parts = 0;
  #likes = 0;

  constructor(tokens: TokenReader) {
    this.#tokens = tokens;
  }

  parse(): Condition {
    const { position } = this.#tokens.next;
    const selector = this.#asCondition(this.#disjunction(), position);
    this.#tokens.requireEnd();
    return selector;
  }

  #disjunction(): Operand {
    return this.#series('OR', or, () => this.#series('AND', and, () => this.#negation()));
  }

  /** One operand, or several with the same word between them. */
  #series(word: string, combine: (all: readonly Condition[]) => Condition, operand: () => Operand): Operand {
    let { position } = this.#tokens.next;
    const first = operand();
    if (!this.#tokens.isNext('word', word)) return first;
    const conditions = [this.#asCondition(first, position)];
    while (this.#tokens.takes('word', word)) {
      position = this.#tokens.next.position;
      conditions.push(this.#asCondition(operand(), position));
    }
    return { kind: 'condition', of: combine(conditions) };
  }

  #negation(): Operand {
    if (!this.#tokens.takes('word', 'NOT')) return this.#predicate();
    return this.#nested(() => {
      const { position } = this.#tokens.next;
      return { kind: 'condition', of: not(this.#asCondition(this.#negation(), position)) };
    });
  }

  #predicate(): Operand {
    const { position } = this.#tokens.next;
    const left = this.#sum();
    const { value, kind } = this.#tokens.next;
    if (kind === 'symbol' && isComparison(value)) return this.#comparison(left, value);
    if (this.#tokens.takes('word', 'IS')) return this.#isNull(left, position);
    const isNegated = this.#tokens.takes('word', 'NOT');
    const test = this.#test(left, position);
    if (test) return { kind: 'condition', of: isNegated ? not(test) : test };
    if (isNegated) malformed(`BETWEEN, IN or LIKE is missing before ${this.#tokens.found}`, this.#tokens.next.position);
    return left;
  }

  #test(left: Operand, position: number): Condition | undefined {
    if (this.#tokens.takes('word', 'BETWEEN')) return this.#between(left, position);
    if (this.#tokens.takes('word', 'IN')) return this.#in(left, position);
    return this.#tokens.takes('word', 'LIKE') ? this.#like(left, position) : undefined;
  }

  #comparison(left: Operand, comparison: Comparison): Operand {
    const { position } = this.#tokens.take();
    const condition = compare(comparison, left, this.#sum());
    return { kind: 'condition', of: condition ?? malformed(incomparable(comparison), position) };
  }

  #isNull(left: Operand, position: number): Operand {
    const name = this.#asHeader(left, 'IS NULL', position);
    const isNegated = this.#tokens.takes('word', 'NOT');
    this.#tokens.require('word', 'NULL');
    return { kind: 'condition', of: (headers) => headers.has(name) === isNegated };
  }

  #between(left: Operand, position: number): Condition {
    const value = this.#asQuantity(left, position);
    const low = this.#quantity();
    this.#tokens.require('word', 'AND');
    return between(value, low, this.#quantity());
  }

  #in(left: Operand, position: number): Condition {
    const name = this.#asHeader(left, 'IN', position);
    this.#tokens.require('symbol', '(');
    const texts = new Set<string>();
    do texts.add(this.#tokens.takeText('IN lists texts'));
    while (this.#tokens.takes('symbol', ','));
    this.#tokens.require('symbol', ')');
    return isIn(name, texts);
  }

  #like(left: Operand, start: number): Condition {
    const name = this.#asHeader(left, 'LIKE', start);
    const { position } = this.#tokens.next;
    this.#likes += 1;
    if (this.#likes > LIMITS.likes) malformed(`it has more than ${LIMITS.likes} times LIKE`, position);
    const pattern = this.#tokens.takeText('the pattern of LIKE is a text');
    const escape = this.#tokens.takes('word', 'ESCAPE') ? this.#escape() : undefined;
    return isLike(
      name,
      compileLike(pattern, escape, (problem) => malformed(problem, position)),
    );
  }

  #escape(): string {
    const { position } = this.#tokens.next;
    const escape = this.#tokens.takeText('ESCAPE is followed by a text');
    return [...escape].length === 1 ? escape : malformed('ESCAPE takes one character', position);
  }

  #sum(): Operand {
    return this.#calculation(['+', '-'], () => this.#calculation(['*', '/'], () => this.#signed()));
  }

  /** One operand, or several with operators of one rank between them, from the left. */
  #calculation(operators: readonly ('+' | '-' | '*' | '/')[], operand: () => Operand): Operand {
    const { position } = this.#tokens.next;
    let left = operand();
    for (;;) {
      const operator = operators.find((each) => this.#tokens.takes('symbol', each));
      if (!operator) return left;
      const first = this.#asQuantity(left, position);
      const second = this.#tokens.next.position;
      left = { kind: 'number', of: calculate(operator, first, this.#asQuantity(operand(), second)) };
    }
  }

  #signed(): Operand {
    const isNegative = this.#tokens.takes('symbol', '-');
    if (!isNegative && !this.#tokens.takes('symbol', '+')) return this.#primary();
    return this.#nested(() => {
      const { position } = this.#tokens.next;
      const quantity = this.#asQuantity(this.#signed(), position);
      return { kind: 'number', of: isNegative ? negative(quantity) : quantity };
    });
  }

  #primary(): Operand {
    const { kind, value, position } = this.#tokens.next;
    this.#parts += 1;
    if (this.#parts > LIMITS.parts) malformed(`it has more than ${LIMITS.parts} names and values`, position);
    if (this.#tokens.takes('symbol', '(')) return this.#nested(() => this.#inParentheses());
    if (kind === 'word' && (value === 'TRUE' || value === 'FALSE')) {
      this.#tokens.take();
      return { kind: 'condition', of: () => value === 'TRUE' };
    }
    if (kind === 'header') return { kind, name: this.#tokens.take().value };
    if (kind === 'text') return { kind, value: this.#tokens.take().value };
    if (kind !== 'number') return malformed(`a name or value is missing before ${this.#tokens.found}`, position);
    const number = decimalOf(this.#tokens.take().value) ?? malformed('the number is too large', position);
    return { kind, of: () => number };
  }

  #inParentheses(): Operand {
    const inside = this.#disjunction();
    this.#tokens.require('symbol', ')');
    return inside;
  }

  /** Reading and asking go as deep as the selector does. */
  #nested(read: () => Operand): Operand {
    this.#depth += 1;
    const { position } = this.#tokens.next;
    if (this.#depth > LIMITS.nesting) malformed(`it is nested more than ${LIMITS.nesting} deep`, position);
    const operand = read();
    this.#depth -= 1;
    return operand;
  }

  #quantity(): Quantity {
    const { position } = this.#tokens.next;
    return this.#asQuantity(this.#sum(), position);
  }

  #asQuantity(operand: Operand, position: number): Quantity {
    return quantityOf(operand) ?? malformed('a number or the name of a header is expected', position);
  }

  #asCondition(operand: Operand, position: number): Condition {
    return conditionOf(operand) ?? malformed('a condition is expected', position);
  }

  #asHeader(operand: Operand, test: string, position: number): string {
    return operand.kind === 'header' ? operand.name : malformed(`${test} asks about the name of a header`, position);
  }
}

function isComparison(symbol: string): symbol is Comparison {
  return COMPARISONS.has(symbol);
}

function incomparable(comparison: Comparison): string {
  if (comparison !== '=' && comparison !== '<>') return `${comparison} compares numbers; texts know = and <> alone`;
  return `${comparison} compares values of two kinds; a header with '-' in its name is written "in-quotes"`;
}
