import * as fc from 'fast-check';
import { compileLike } from '../../../../src/broker/delivery/selector/like-pattern.js';
import { Selectors } from '../../../../src/broker/delivery/selector/selectors.js';
import { codeOf, createMessage } from '../../broker-under-test.js';

type Truth = boolean | undefined;

/** A selector as text, and what it is by the book: with SQL's three values, the simplest way. */
interface Expected {
  readonly text: string;
  readonly of: (headers: Readonly<Record<string, string>>) => Truth;
}

interface ExpectedNumber {
  readonly text: string;
  readonly of: (headers: Readonly<Record<string, string>>) => number | undefined;
}

const name = fc.constantFrom('a', 'b', 'c');
const headers = fc.record(
  {
    a: fc.constantFrom('0', '1', '-2.5', 'x', 'true', ''),
    b: fc.constantFrom('1', '1.0', 'xyx', 'false', '10'),
    c: fc.constantFrom('x', 'y', '3'),
  },
  { requiredKeys: [] },
);

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);

const { number } = fc.letrec<{ number: ExpectedNumber }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: 0, max: 12 }).map((value): ExpectedNumber => ({ text: String(value), of: () => value })),
    name.map((header): ExpectedNumber => ({ text: header, of: (given) => numberOf(given[header]) })),
    fc
      .tuple(fc.constantFrom('+', '-', '*', '/'), tie('number'), tie('number'))
      .map(([operator, left, right]): ExpectedNumber => ({
        text: `(${left.text} ${operator} ${right.text})`,
        of: (given) => calculated(operator, left.of(given), right.of(given)),
      })),
    tie('number').map((inner): ExpectedNumber => ({
      text: `(-${inner.text})`,
      of: (given) => calculated('-', 0, inner.of(given)),
    })),
  ),
}));

function calculated(operator: string, left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  const results: Record<string, number> = {
    '+': left + right,
    '-': left - right,
    '*': left * right,
    '/': left / right,
  };
  const result = results[operator];
  return Number.isFinite(result) ? result : undefined;
}

function compared(comparison: string, left: number | undefined, right: number | undefined): Truth {
  if (left === undefined || right === undefined) return undefined;
  const results: Record<string, boolean> = {
    '=': left === right,
    '<>': left !== right,
    '<': left < right,
    '<=': left <= right,
    '>': left > right,
    '>=': left >= right,
  };
  return results[comparison];
}

const negated = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);
const both = (left: Truth, right: Truth): Truth => {
  if (left === false || right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
};

/** A test of a header's text, with and without NOT. */
function ofText(header: string, operator: string, rest: string, test: (value: string) => boolean): Expected[] {
  const of = (given: Readonly<Record<string, string>>): Truth => {
    const value = given[header];
    return value === undefined ? undefined : test(value);
  };
  return [
    { text: `${header} ${operator} ${rest}`, of },
    { text: `${header} NOT ${operator} ${rest}`, of: (given) => negated(of(given)) },
  ];
}

const text = fc.string({ unit: fc.constantFrom('x', 'y', "'", '1'), maxLength: 3 });
const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const pattern = fc.string({ unit: fc.constantFrom('x', 'y', '%', '_'), maxLength: 5 });

const { condition } = fc.letrec<{ condition: Expected }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(fc.constantFrom('=', '<>', '<', '<=', '>', '>='), number, number)
      .map(([comparison, left, right]): Expected => ({
        // Two headers alone would be compared as texts too.
        text: `${left.text} ${comparison} (${right.text} + 0)`,
        of: (given) => compared(comparison, left.of(given), right.of(given)),
      })),
    fc.tuple(name, text).map(([header, value]): Expected => ({
      text: `${header} = ${quoted(value)}`,
      of: (given) => (given[header] === undefined ? undefined : given[header] === value),
    })),
    fc.tuple(number, number, number, fc.boolean()).map(([value, low, high, isNegated]): Expected => ({
      text: `${value.text} ${isNegated ? 'NOT ' : ''}BETWEEN ${low.text} AND ${high.text}`,
      of: (given) => {
        const truth = both(
          compared('>=', value.of(given), low.of(given)),
          compared('<=', value.of(given), high.of(given)),
        );
        return isNegated ? negated(truth) : truth;
      },
    })),
    fc
      .tuple(name, fc.array(text, { minLength: 1, maxLength: 3 }))
      .map(([header, list]) =>
        ofText(header, 'IN', `(${list.map(quoted).join(', ')})`, (value) => list.includes(value)),
      )
      .chain((pair) => fc.constantFrom(...pair)),
    fc
      .tuple(name, pattern)
      .map(([header, like]) => ofText(header, 'LIKE', quoted(like), (value) => likeByExpression(like, value)))
      .chain((pair) => fc.constantFrom(...pair)),
    name.map((header): Expected => ({ text: `${header} IS NULL`, of: (given) => given[header] === undefined })),
    tie('condition').map((inner): Expected => ({
      text: `NOT (${inner.text})`,
      of: (given) => negated(inner.of(given)),
    })),
    fc.tuple(tie('condition'), tie('condition')).map(([left, right]): Expected => ({
      text: `(${left.text}) and (${right.text})`,
      of: (given) => both(left.of(given), right.of(given)),
    })),
    fc.tuple(tie('condition'), tie('condition')).map(([left, right]): Expected => ({
      text: `(${left.text}) OR (${right.text})`,
      of: (given) => negated(both(negated(left.of(given)), negated(right.of(given)))),
    })),
  ),
}));

/** A regular expression, character by character. */
function likeByExpression(like: string, value: string): boolean {
  const source = [...like].map((each) => {
    if (each === '%') return '.*';
    return each === '_' ? '.' : each; // the patterns hold no other special character
  });
  return new RegExp(`^${source.join('')}$`, 'su').test(value);
}

describe('selectors and their meaning by the book', () => {
  test('agree on any selector and any headers', () => {
    fc.assert(
      fc.property(condition, fc.array(headers, { minLength: 1, maxLength: 4 }), (expected, messages) => {
        fc.pre(expected.text.length <= 2048);
        const select = new Selectors().compile(expected.text);
        for (const [index, given] of messages.entries()) {
          const message = createMessage('MESSAGE', { headers: given, id: String(index) });
          expect(select(message)).toBe(expected.of(given) === true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('LIKE agrees with a regular expression', () => {
    const unit = fc.constantFrom('a', 'b', '%', '_', '😀');
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '😀'), maxLength: 10 }),
        (like, value) => {
          const matches = compileLike(like, undefined, (problem) => {
            throw new Error(problem);
          });
          expect(matches(value)).toBe(likeByExpression(like, value));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('any text is a selector or is refused as malformed', () => {
    const word = fc.constantFrom(
      'a',
      "'x'",
      '1',
      '(',
      ')',
      'AND',
      'OR',
      'NOT',
      '=',
      '<',
      '-',
      'IS',
      'NULL',
      'LIKE',
      'IN',
      ',',
      '"b"',
      'BETWEEN',
    );
    const given = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(given, (selector) => {
        const code = codeOf(() => new Selectors().compile(selector)(createMessage('MESSAGE')));

        expect(code === undefined || code === 'SELECTOR_MALFORMED').toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});
