import { Selectors } from '../../../../src/broker/delivery/selector/selectors.js';
import { TreadleError } from '../../../../src/foundation/errors.js';
import type { HeaderRecord } from '../../../../src/messaging/native-headers.js';
import { createMessage } from '../../broker-under-test.js';

/** Whether a selector is true of a message with these headers. */
function isWanted(selector: string, headers: HeaderRecord = {}): boolean {
  return new Selectors().compile(selector)(createMessage('MESSAGE', { headers, id: 'm-1', destination: '/topic/t' }));
}

/** What is said about a selector that is malformed. */
function problemOf(selector: string): string {
  try {
    new Selectors().compile(selector);
  } catch (error) {
    if (error instanceof TreadleError && error.code === 'SELECTOR_MALFORMED') return error.message;
    throw error;
  }
  throw new Error(`it is well formed: ${selector}`);
}

const T = true;
const F = false;

describe('a selector compares headers', () => {
  test.each<[string, HeaderRecord, boolean]>([
    ["color = 'red'", { color: 'red' }, T],
    ["color = 'red'", { color: 'RED' }, F],
    ["Color = 'red'", { color: 'red' }, F],
    ["color <> 'red'", { color: 'blue' }, T],
    ["color <> 'red'", { color: 'red' }, F],
    ["'red' = color", { color: 'red' }, T],
    ["quote = 'it''s'", { quote: "it's" }, T],
    ["empty = ''", { empty: '' }, T],
    ["name = 'Zoë 😀'", { name: 'Zoë 😀' }, T],
  ])('with texts: %s of %j is %s', (selector, headers, expected) => {
    expect(isWanted(selector, headers)).toBe(expected);
  });

  test.each<[string, HeaderRecord, boolean]>([
    ['price = 10', { price: '10' }, T],
    ['price = 10', { price: '10.0' }, T],
    ['price = 1e1', { price: '+10' }, T],
    ['price <> 10', { price: '11' }, T],
    ['price > 9', { price: '10' }, T],
    ['price >= 10', { price: '10' }, T],
    ['price < 9', { price: '10' }, F],
    ['price <= 9', { price: '-10' }, T],
    ['price > .5', { price: '.75' }, T],
    ['price < 7.', { price: '6.999' }, T],
    ['2 < price', { price: '10' }, T],
    ['price > -5', { price: '-4' }, T],
    ['id = 9007199254740993', { id: '9007199254740993' }, T],
    ['id = 9007199254740993', { id: '9007199254740992' }, F],
    ['id = 9007199254740993', { id: '+009007199254740993' }, T],
    ['id <> 9007199254740993', { id: '9007199254740992' }, T],
    ['id > 9007199254740992', { id: '9007199254740993' }, T],
    ['id >= 9007199254740993', { id: '9007199254740992' }, F],
    ['id = -9007199254740993', { id: '-9007199254740993' }, T],
    ['id = -9007199254740993', { id: '-9007199254740992' }, F],
    ['id BETWEEN 9007199254740993 AND 9007199254740995', { id: '9007199254740992' }, F],
    ['id = 1e17', { id: '100000000000000000' }, T],
    ['id = 5', { id: '9007199254740993' }, F],
    ['id + 1 > 9007199254740993', { id: '9007199254740995' }, T],
    ['low = high', { low: '9007199254740993', high: '9007199254740992' }, F],
    ['low = high', { low: '9007199254740993', high: '+9007199254740993' }, T],
    ['low < high', { low: '9', high: '10' }, T],
    ['low = high', { low: '1.0', high: '1' }, T],
    ['low = high', { low: 'a', high: 'a' }, T],
    ['low <> high', { low: 'a', high: 'b' }, T],
  ])('with numbers: %s of %j is %s', (selector, headers, expected) => {
    expect(isWanted(selector, headers)).toBe(expected);
  });

  test.each(['abc', '', ' 10', '0x10', '1_0', 'Infinity', 'NaN', '1e999', '--1', '9'.repeat(65)])(
    'what is no decimal number, such as %j, makes a comparison with a number unknown, and its negation too',
    (price) => {
      expect(isWanted('price > 1', { price })).toBe(false);
      expect(isWanted('NOT (price > 1)', { price })).toBe(false);
      expect(isWanted('price <> 1', { price })).toBe(false);
    },
  );

  test.each<[string, HeaderRecord, boolean]>([
    ['urgent', { urgent: 'true' }, T],
    ['urgent', { urgent: 'false' }, F],
    ['NOT urgent', { urgent: 'false' }, T],
    ['urgent = TRUE', { urgent: 'true' }, T],
    ['urgent <> TRUE', { urgent: 'false' }, T],
    ['urgent = (price > 1)', { urgent: 'true', price: '2' }, T],
    ['urgent', { urgent: 'yes' }, F],
    ['NOT urgent', { urgent: 'yes' }, F],
    ['TRUE', {}, T],
    ['false', {}, F],
  ])('with truths: %s of %j is %s', (selector, headers, expected) => {
    expect(isWanted(selector, headers)).toBe(expected);
  });
});

describe('a selector calculates', () => {
  test.each<[string, boolean]>([
    ['a + b = 9', T],
    ['a - b = 5', T],
    ['a * b = 14', T],
    ['a / b = 3.5', T],
    ['a + b * 2 = 11', T],
    ['(a + b) * 2 = 18', T],
    ['a - b - 1 = 4', T],
    ['a / b / 7 = 0.5', T],
    ['-a = -7', T],
    ['- -a = +7', T],
    ['a-b = 5', T],
    ['a -1 = 6', T],
    ['a / 0 = 1', F],
    ['NOT (a / 0 = 1)', F],
    ['a / 0 <> 1', F],
    ['missing + 1 = 1', F],
    ['1e308 * 10 > 1', F],
  ])('%s is %s', (selector, expected) => {
    expect(isWanted(selector, { a: '7', b: '2' })).toBe(expected);
  });
});

describe('a selector knows true, false and unknown', () => {
  const of: Readonly<Record<string, string>> = { T: 'yes', F: 'no', U: 'unknown' };
  const headers = { yes: 'true', no: 'false' };

  test.each([
    ['T AND T', T, F],
    ['T AND F', F, T],
    ['T AND U', F, F],
    ['F AND U', F, T],
    ['U AND F', F, T],
    ['U AND U', F, F],
    ['T OR F', T, F],
    ['F OR F', F, T],
    ['U OR T', T, F],
    ['T OR U', T, F],
    ['F OR U', F, F],
    ['U OR U', F, F],
  ])('%s is wanted: %s, its negation: %s', (expression, expected, negated) => {
    const selector = expression.replaceAll(/\b[TFU]\b/g, (letter) => of[letter] ?? letter);

    expect(isWanted(selector, headers)).toBe(expected);
    expect(isWanted(`NOT (${selector})`, headers)).toBe(negated);
  });

  test('what is missing makes a comparison unknown, whatever it is compared with', () => {
    for (const test of ["x = 'a'", "x <> 'a'", 'x > 1', 'x = y', 'x BETWEEN 1 AND 2', "x IN ('a')", "x LIKE '%'"]) {
      expect(isWanted(test)).toBe(false);
      expect(isWanted(`NOT (${test})`)).toBe(false);
    }
  });

  test.each<[string, boolean]>([
    ['x IS NULL', T],
    ['x IS NOT NULL', F],
    ['there IS NULL', F],
    ['there is not null', T],
    ['NOT there IS NULL', T],
  ])('%s is never unknown: %s', (selector, expected) => {
    expect(isWanted(selector, { there: '' })).toBe(expected);
  });

  test('NOT binds stronger than AND, and AND stronger than OR', () => {
    expect(isWanted('TRUE OR FALSE AND FALSE')).toBe(true);
    expect(isWanted('(TRUE OR FALSE) AND FALSE')).toBe(false);
    expect(isWanted('NOT FALSE AND FALSE')).toBe(false);
    expect(isWanted('NOT a = 1 AND TRUE', { a: '2' })).toBe(true);
  });
});

describe('BETWEEN and IN', () => {
  test.each<[string, boolean]>([
    ['age BETWEEN 15 AND 19', T],
    ['age BETWEEN 17 AND 17', T],
    ['age BETWEEN 18 AND 20', F],
    ['age NOT BETWEEN 18 AND 20', T],
    ['age NOT BETWEEN 15 AND 19', F],
    ['age + 1 BETWEEN 9 * 2 AND 18', T],
    ['age between 15 and 19 AND TRUE', T],
    ["country IN ('UK', 'US')", T],
    ["country NOT IN ('UK', 'US')", F],
    ["country in ('France')", F],
    ["country NOT IN ('France')", T],
  ])('%s is %s', (selector, expected) => {
    expect(isWanted(selector, { age: '17', country: 'UK' })).toBe(expected);
  });
});

describe('LIKE', () => {
  test.each<[string, string, boolean]>([
    ["'12%3'", '123', T],
    ["'12%3'", '12993', T],
    ["'12%3'", '1234', F],
    ["'l_se'", 'lose', T],
    ["'l_se'", 'loose', F],
    ["'\\_%' ESCAPE '\\'", '_foo', T],
    ["'\\_%' ESCAPE '\\'", 'bar', F],
    ["'100!%' ESCAPE '!'", '100%', T],
    ["'100!%' ESCAPE '!'", '100x', F],
    ["'!!' ESCAPE '!'", '!', T],
    ["'%'", '', T],
    ["''", '', T],
    ["''", 'a', F],
    ["'_'", '', F],
    ["'_'", '😀', T],
    ["'%_😀'", 'a😀😀', T],
    ["'a%a'", 'a', F],
    ["'a%b%c'", 'a-b-b-c', T],
    ["'a%b%c'", 'acb', F],
    ["'%a%a'", 'a', F],
    ["'%ab%b'", 'ab', F],
    ["'%ab%b'", 'abb', T],
    ["'%a_%b'", 'ab', F],
    ["'%a_c%'", 'xxabcxx', T],
    ["'%a_c%'", 'xxacxx', F],
    ["'a_%_c'", 'abc', F],
    ["'a_%_c'", 'abbc', T],
    ["'.*'", 'abc', F],
    ["'[a]+'", '[a]+', T],
    ["'%\n%'", 'a\nb', T],
  ])('x LIKE %s of %j is %s', (pattern, x, expected) => {
    expect(isWanted(`x LIKE ${pattern}`, { x })).toBe(expected);
    expect(isWanted(`x NOT LIKE ${pattern}`, { x })).toBe(!expected);
  });
});

describe('the headers a selector sees', () => {
  test('are those of the message, with its destination and id; of repeated ones the first', () => {
    expect(isWanted("destination = '/topic/t' AND \"message-id\" = 'm-1'")).toBe(true);
    expect(isWanted("a = '1'", { a: ['1', '2'] })).toBe(true);
    expect(isWanted("a = '2'", { a: ['1', '2'] })).toBe(false);
  });

  test('are named in double quotes when their name is no identifier or a reserved word', () => {
    const headers = { 'content-type': 'application/json', in: 'x', 'a"b': 'y' };

    expect(isWanted(`"content-type" LIKE 'application/%' AND "in" = 'x' AND "a""b" = 'y'`, headers)).toBe(true);
  });

  test.each(['__proto__', 'constructor', 'toString', '$a_1', 'größe'])('%s is a name like any other', (name) => {
    expect(isWanted(`${name} IS NULL`)).toBe(true);
    expect(isWanted(`${name} = 'x'`, Object.fromEntries([[name, 'x']]))).toBe(true);
  });

  test('of a user destination the destination is the one the client knows', () => {
    const select = new Selectors().compile("destination = '/user/queue/a'");

    expect(select(createMessage('MESSAGE', { destination: '/queue/a-user1', userDestination: '/user/queue/a' }))).toBe(
      true,
    );
  });
});

describe('a malformed selector', () => {
  test.each<[string, number, string]>([
    ['color =', 7, 'a name or value is missing before its end'],
    ["color = 'red", 8, 'the text is never closed'],
    ['"" = 1', 0, 'the name is empty or never closed'],
    ['color # 1', 6, '"#" begins nothing'],
    ['a != 1', 2, '"!" begins nothing'],
    ['a = 1 b', 6, '"b" stands where the selector could end'],
    ['a = 5abc', 5, '"abc" stands where the selector could end'],
    ['(a = 1', 6, ') is missing before its end'],
    ['a = NULL', 4, 'a name or value is missing before "NULL"'],
    ['a IS 1', 5, 'NULL is missing before "1"'],
    ['a NOT 1', 6, 'BETWEEN, IN or LIKE is missing before "1"'],
    ['1', 0, 'a condition is expected'],
    ["'true'", 0, 'a condition is expected'],
    ['a AND 1', 6, 'a condition is expected'],
    ['NOT 1', 4, 'a condition is expected'],
    ["a > 'b'", 2, '> compares numbers; texts know = and <> alone'],
    ["content-type = 'x'", 13, 'a header with \'-\' in its name is written "in-quotes"'],
    ["1 = 'x'", 2, '= compares values of two kinds'],
    ["TRUE = 'x'", 5, '= compares values of two kinds'],
    ["a + 'x' = 1", 4, 'a number or the name of a header is expected'],
    ["-'x' = 1", 1, 'a number or the name of a header is expected'],
    ['a = 1e999', 4, 'the number is too large'],
    ['a BETWEEN 1 OR 2', 12, 'AND is missing before "OR"'],
    ["a BETWEEN 'x' AND 2", 10, 'a number or the name of a header is expected'],
    ['a IN (1)', 6, "IN lists texts, such as 'this'"],
    ['a IN ()', 6, 'IN lists texts'],
    ["1 IN ('a')", 0, 'IN asks about the name of a header'],
    ["'a' LIKE 'a'", 0, 'LIKE asks about the name of a header'],
    ['(a = 1) IS NULL', 0, 'IS NULL asks about the name of a header'],
    ['a LIKE b', 7, 'the pattern of LIKE is a text'],
    ["a LIKE 'b' ESCAPE 'xy'", 18, 'ESCAPE takes one character'],
    ["a LIKE 'bx' ESCAPE 'x'", 7, 'the escape character at the end of the pattern escapes nothing'],
  ])('%s is refused at position %d: %s', (selector, position, problem) => {
    expect(problemOf(selector)).toContain(`malformed at position ${position}: `);
    expect(problemOf(selector)).toContain(problem);
  });

  test('that is code in another language is refused, not run', () => {
    for (const code of ['process.exit(1)', 'this.constructor', "headers['a'] == 'b'", "a = 'b'; c = 'd'"]) {
      expect(problemOf(code)).toContain('malformed');
    }
  });
});

describe('the limits of selectors', () => {
  const repeated = (text: string, count: number, joint: string): string => Array(count).fill(text).join(joint);

  test('2048 characters are allowed', () => {
    const pattern = 'x'.repeat(2048 - "a = ''".length);

    expect(isWanted(`a = '${pattern}'`, { a: pattern })).toBe(true);
    expect(problemOf(`a = '${pattern}x'`)).toContain('it has 2049 characters; 2048 are allowed');
  });

  test('256 names and values are allowed', () => {
    expect(isWanted(repeated('a=1', 128, ' OR '), { a: '1' })).toBe(true);
    expect(problemOf(repeated('a=1', 129, ' OR '))).toContain('it has more than 256 names and values');
  });

  test.each([
    ['parentheses', (depth: number) => `${'('.repeat(depth)}TRUE${')'.repeat(depth)}`],
    ['NOT', (depth: number) => `${'NOT '.repeat(depth)}TRUE`],
    ['signs', (depth: number) => `1 = ${'- '.repeat(depth)}1`],
  ])('32 %s within each other are allowed', (_what, nested) => {
    expect(isWanted(nested(32))).toBe(true);
    expect(problemOf(nested(33))).toContain('it is nested more than 32 deep');
  });

  test('8 times LIKE is allowed', () => {
    expect(isWanted(repeated("a LIKE '%'", 8, ' AND '), { a: '' })).toBe(true);
    expect(problemOf(repeated("a LIKE '%'", 9, ' AND '))).toContain('it has more than 8 times LIKE');
  });

  test('16 characters in texts with _ between two % are allowed', () => {
    expect(isWanted(`a LIKE '%${'_'.repeat(8)}%b${'_'.repeat(7)}%'`, { a: `b${'x'.repeat(40)}` })).toBe(false);
    expect(isWanted(`a LIKE '${'_'.repeat(40)}%${'_'.repeat(40)}'`, { a: 'x'.repeat(80) })).toBe(true);
    expect(problemOf(`a LIKE '%${'_'.repeat(8)}%b${'_'.repeat(8)}%'`)).toContain(
      "17 characters stand in texts with '_' between two '%'; 16 are allowed",
    );
  });
});

describe('a long header', () => {
  test('of more than 1024 characters is not searched: LIKE is unknown', () => {
    expect(isWanted("a LIKE '%'", { a: 'x'.repeat(1024) })).toBe(true);
    expect(isWanted("a LIKE '%'", { a: 'x'.repeat(1025) })).toBe(false);
    expect(isWanted("a NOT LIKE 'y%'", { a: 'x'.repeat(1025) })).toBe(false);
    expect(isWanted("a <> 'x'", { a: 'x'.repeat(1025) })).toBe(true);
  });
});

describe('Selectors', () => {
  test('compiles a text once for all who ask with it', () => {
    const selectors = new Selectors();

    expect(selectors.compile("a = 'b'")).toBe(selectors.compile("a = 'b'"));
  });

  test('answers for each message by itself', () => {
    const select = new Selectors().compile("a = 'b'");
    const message = (id: string | undefined, a: string) => createMessage('MESSAGE', { id, headers: { a } });

    expect([message('1', 'b'), message('1', 'b'), message('2', 'c'), message('3', 'b')].map(select)).toEqual([
      T,
      T,
      F,
      T,
    ]);
    expect([message(undefined, 'b'), message(undefined, 'c'), message(undefined, 'b')].map(select)).toEqual([T, F, T]);
  });

  test('shares the 256 texts that were asked for last, and the others go on with those who have them', () => {
    const selectors = new Selectors();
    const first = selectors.compile('a = 0');
    const second = selectors.compile('a = 1');
    selectors.compile('a = 0');

    for (let index = 2; index < 257; index += 1) selectors.compile(`a = ${index}`);

    expect(selectors.compile('a = 0')).toBe(first);
    expect(selectors.compile('a = 1')).not.toBe(second);
    expect(second(createMessage('MESSAGE', { headers: { a: '1' } }))).toBe(true);
  });
});
