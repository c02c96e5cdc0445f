import * as fc from 'fast-check';
import { DestinationPattern } from '../../src/messaging/destination-pattern';

const matches = (pattern: string, destination: string): boolean =>
  DestinationPattern.compile(pattern).matches(destination);

describe('Spring F6: what a pattern matches', () => {
  test.each([
    // exact
    ['/test', '/test', true],
    ['/test', '/Test', false],
    ['/test', 'test', false],
    ['test', '/test', false],
    ['/test', '/test/', false],
    ['/test/', '/test', false],
    ['', '', true],
    ['', '/', false],
    // `?` is exactly one character
    ['/t?st', '/test', true],
    ['/te??', '/test', true],
    ['/tes?', '/tes', false],
    ['/tes?', '/testt', false],
    ['/?', '/a', true],
    ['/?', '/', false],
    // `*` stays within its segment
    ['/*', '/test', true],
    ['/*', '/', true],
    ['/*', '/a/b', false],
    ['/test*', '/test', true],
    ['/test*', '/testTest', true],
    ['/test*', '/test/t', false],
    ['/*test', '/AnothertestTest', false],
    ['/*test*', '/AnothertestTest', true],
    ['/*.*', '/test.', true],
    ['/*.*', '/testtest', false],
    ['/test*aaa', '/testblaaaa', true],
    ['/test*aaa', '/testblaaab', false],
    ['/a/*/b', '/a/x/b', true],
    ['/a/*', '/a', false],
    ['/topic/PRICE.STOCK.*.IBM', '/topic/PRICE.STOCK.NASDAQ.IBM', true],
    // `**` takes any number of whole segments
    ['/**', '/a/b/c', true],
    ['/**', '/', true],
    ['/a/**', '/a', true],
    ['/a/**', '/a/', true],
    ['/a/**', '/a/b/c', true],
    ['/a/**', '/ab', false],
    ['/**/x', '/x', true],
    ['/**/x', '/a/b/x', true],
    ['/**/x', '/a/x/b', false],
    ['/a/**/b/**/c', '/a/b/c', true],
    ['/a/**/b/**/c', '/a/1/b/2/3/c', true],
    ['/a/**/b/**/c', '/a/b/b/c/b', false],
    ['/bla/**/**/bla', '/bla/bla', true],
    ['/bla*bla/test', '/blaXXXbla/test', true],
    ['/*bla*/**/bla/**', '/XXXblaXXXX/testing/testing/bla/testing/testing/', true],
    ['/*bla*/**/bla/*', '/XXXblaXXXX/testing/testing/bla/testing/testing/', false],
    // a `**` inside a segment is a `*`
    ['/a**b', '/axxb', true],
    ['/a**b', '/a/b', false],
    // variables
    ['/{x}', '/tea', true],
    ['/{x}', '/', false],
    ['/{x}', '/a/b', false],
    ['/echo.{id}', '/echo.', true],
    ['/echo.{id}', '/echo', false],
    // text that looks like an expression is text
    ['/a.c/*', '/abc/x', false],
    ['/(a|b)/*', '/a/x', false],
    ['/a+*', '/a+b', true],
  ])('%s on %s gives %s', (pattern, destination, expected) => {
    const isMatch = matches(pattern, destination);

    expect(isMatch).toBe(expected);
  });

  test('an empty segment is a segment that only wildcards match', () => {
    expect(matches('/a/b', '/a//b')).toBe(false);
    expect(matches('/a/{x}/b', '/a//b')).toBe(false);
    expect(matches('/a/*/b', '/a//b')).toBe(true);
    expect(matches('/a/**/b', '/a//b')).toBe(true);
  });

  test('nothing is trimmed', () => {
    expect(matches('/a/b', '/a/ b')).toBe(false);
  });

  test('another separator parts segments instead of the slash', () => {
    const pattern = DestinationPattern.compile('red.*.{shade}', { separator: '.' });

    expect(pattern.match('red.x.dark/er')).toEqual({ shade: 'dark/er' });
    expect(pattern.matches('red.x.y.z')).toBe(false);
  });
});

describe('variables', () => {
  const variablesOf = (pattern: string, destination: string) => DestinationPattern.compile(pattern).match(destination);

  test('a variable catches its segment', () => {
    expect(variablesOf('/chat/{room}/{user}', '/chat/tea/alice')).toEqual({ room: 'tea', user: 'alice' });
  });

  test('a variable catches its part of a segment', () => {
    expect(variablesOf('/echo.{id}', '/echo.17')).toEqual({ id: '17' });
  });

  test('of several in one segment the first takes the most', () => {
    expect(variablesOf('/{a}-{b}', '/x-y-z')).toEqual({ a: 'x-y', b: 'z' });
  });

  test('variables beside wildcards and rests are caught', () => {
    expect(variablesOf('/*/{a}/**/{b}.json', '/x/1/2/3/4.json')).toEqual({ a: '1', b: '4' });
  });

  test('a variable after a rest has the value of the match, not of an earlier try', () => {
    expect(variablesOf('/**/{a}/end', '/1/end/2/end')).toEqual({ a: '2' });
  });

  test('an expression says what a variable may be', () => {
    expect(variablesOf('/{year:\\d{4}}-{rest:[a-z]+}', '/2026-abc')).toEqual({ year: '2026', rest: 'abc' });
    expect(variablesOf('/{year:\\d{4}}', '/20266')).toBeUndefined();
  });

  test('an expression may have alternatives and groups of its own', () => {
    expect(variablesOf('/{x:(A|B)}', '/B')).toEqual({ x: 'B' });
    expect(variablesOf('/{x:A|B}', '/C')).toBeUndefined();
    expect(variablesOf('/{x:A|B}c?', '/Acd')).toEqual({ x: 'A' });
  });

  test('the variables have no prototype', () => {
    const variables = variablesOf('/{__proto__}', '/x');

    expect(Object.getPrototypeOf(variables)).toBeNull();
    expect(Object.entries(variables ?? {})).toEqual([['__proto__', 'x']]);
  });

  test('the names are known in order', () => {
    expect(DestinationPattern.compile('/{b}/{a}.{c}').variableNames).toEqual(['b', 'a', 'c']);
  });

  test('a pattern without variables answers with none', () => {
    expect(variablesOf('/a/*', '/a/b')).toEqual({});
    expect(variablesOf('/a/*', '/b')).toBeUndefined();
  });
});

describe('what is a pattern', () => {
  test.each([
    ['/topic/a', false],
    ['/topic/*', true],
    ['/topic/a?', true],
    ['/topic/{x}', true],
    ['/topic/{x', false],
    ['/topic/}x{', false],
  ])('isPattern(%s) is %s', (text, expected) => {
    expect(DestinationPattern.isPattern(text)).toBe(expected);
  });

  test('a pattern that matches one text only is exact', () => {
    expect(DestinationPattern.compile('/a/b').isExact).toBe(true);
    expect(DestinationPattern.compile('/a/{b}').isExact).toBe(false);
  });

  test('the segments say their kind, the leading separator gives an empty one', () => {
    const kinds = DestinationPattern.compile('/a/*/b*/{c}/**').segments.map(({ text, kind }) => [text, kind]);

    expect(kinds).toEqual([
      ['', 'literal'],
      ['a', 'literal'],
      ['*', 'any'],
      ['b*', 'wildcard'],
      ['{c}', 'wildcard'],
      ['**', 'rest'],
    ]);
  });

  test('without captures braces are wildcards, whatever is inside', () => {
    const pattern = DestinationPattern.compile('/{x:(a+)+}/b{1}', { captures: false });

    expect(pattern.segments.map((segment) => segment.kind)).toEqual(['literal', 'any', 'wildcard']);
    expect(pattern.variableNames).toEqual([]);
    expect(pattern.matches('/anything/bcd')).toBe(true);
  });
});

describe('malformed patterns', () => {
  test.each([
    ['/chat/{room', "'/chat/{room' is malformed at position 6: '{' is never closed"],
    ['/chat/room}', "position 10: '}' closes nothing"],
    ['/a/{b/c}', "position 3: '{' is never closed within its segment"],
    ['/{}', "'' is not a variable name"],
    ['/{1x}', "'1x' is not a variable name"],
    ['/{a}/{a}', "position 5: the variable 'a' is there twice"],
    ['/{a:[}', 'no regular expression'],
  ])('%s is refused: %s', (text, detail) => {
    const compile = () => DestinationPattern.compile(text);

    expect(compile).toThrow(expect.objectContaining({ code: 'DESTINATION_MALFORMED' }));
    expect(compile).toThrow(detail);
  });
});

describe('Spring F7: a class pattern before a method pattern', () => {
  test.each([
    ['', '', ''],
    ['/hotels', '', '/hotels'],
    ['', '/hotels', '/hotels'],
    ['/hotels', '/bookings', '/hotels/bookings'],
    ['/hotels', 'bookings', '/hotels/bookings'],
    ['/hotels/', '/bookings', '/hotels/bookings'],
    ['/hotels/*', '/bookings', '/hotels/bookings'],
    ['/hotels/*', 'bookings', '/hotels/bookings'],
    ['/hotels/**', '/bookings', '/hotels/**/bookings'],
    ['/hotels', '{hotel}', '/hotels/{hotel}'],
    ['/hotels/*', '{hotel}', '/hotels/{hotel}'],
    ['/hotels/**', '{hotel}', '/hotels/**/{hotel}'],
    ['/{hotel}', '/*', '/{hotel}/*'],
    ['/*', '/hotel', '/hotel'],
    ['/{foo}', '/bar', '/{foo}/bar'],
    ['/**', '/hotel', '/hotel'],
    ['/user', '/user', '/user/user'],
  ])('%s and %s give %s', (parent, child, expected) => {
    const combined = DestinationPattern.compile(parent).combine(DestinationPattern.compile(child));

    expect(combined.text).toBe(expected);
  });

  test.each([
    ['red', 'blue', 'red.blue'],
    ['red.*', 'blue', 'red.blue'],
    ['red.**', 'blue', 'red.**.blue'],
    ['*', 'blue', 'blue'],
    ['*', 'blue.green', '*.blue.green'],
    ['red/', 'blue', 'red/.blue'],
  ])('where dots part segments, %s and %s give %s', (parent, child, expected) => {
    const compile = (text: string) => DestinationPattern.compile(text, { separator: '.' });

    expect(compile(parent).combine(compile(child)).text).toBe(expected);
  });

  test('one variable on both levels is refused', () => {
    const combine = () => DestinationPattern.compile('/{a}').combine(DestinationPattern.compile('/{a}'));

    expect(combine).toThrow("the variable 'a' is there twice");
  });
});

describe('Spring F9: which pattern says more about a destination', () => {
  const order = (first: string, second: string, destination = '/hotels/new'): number =>
    Math.sign(DestinationPattern.compile(first).compareTo(DestinationPattern.compile(second), destination));

  test.each([
    ['/hotels/new', '/hotels/new', 0],
    ['/hotels/new', '/hotels/*', -1],
    ['/hotels/*', '/hotels/new', 1],
    ['/hotels/{hotel}', '/hotels/*', -1],
    ['/hotels/*', '/hotels/*', 0],
    ['/hotels/*', '/hotels/*/bookings', 1],
    ['/hotels/{hotel}', '/hotels/{other}', 0],
    ['/hotels/new.*', '/hotels/{hotel}', -1],
    ['/hotels/{hotel}.*', '/hotels/{hotel}', 1],
    ['/hotels/**', '/**', -1],
    ['/**', '/hotels/{hotel}', 1],
    ['/hotels/foo/bar/**', '/hotels/{hotel}', 1],
    ['/hotels/**', '/hotels/foo/**', 1],
    ['/hotels/**/bar', '/hotels/**', -1],
    ['/**', '/**', 0],
    ['/{a}/{b}', '/{a}/*', -1],
    ['/{year:\\d{4}}', '/{year}', 0],
    ['/**/{id}', '/a/b/**', 1],
  ])('%s against %s gives %s', (first, second, expected) => {
    expect(order(first, second)).toBe(expected);
    expect(order(second, first) + expected).toBe(0);
  });
});

describe('where dots part segments', () => {
  const compile = (text: string) => DestinationPattern.compile(text, { separator: '.' });

  test('an expression may hold dots, and its braces may nest', () => {
    const pattern = compile('in.{year:\\d.{2}\\d}.{rest:[a-z.]+}');

    expect(pattern.segments.map(({ text }) => text)).toEqual(['in', '{year:\\d.{2}\\d}', '{rest:[a-z.]+}']);
    expect(pattern.match('in.2026.tea')).toEqual({ year: '2026', rest: 'tea' });
    expect(pattern.matches('in.2026.tea.leaf')).toBe(false);
  });

  test('a brace that is escaped in an expression does not count', () => {
    expect(compile('{brace:\\{.}.x').match('{a.x')).toEqual({ brace: '{a' });
  });

  test('a brace without its partner is refused at its place', () => {
    expect(() => compile('red.{blue.green')).toThrow("at position 4: '{' is never closed within its segment");
  });

  test('the pattern of a client is cut at every dot, braces or not', () => {
    const pattern = DestinationPattern.compile('a.{b.c}', { separator: '.', captures: true });
    const fromClient = () => DestinationPattern.compile('a.{b.c}', { separator: '.', captures: false });

    expect(pattern.variableNames).toEqual(['b.c']);
    expect(fromClient).toThrow("'{' is never closed within its segment");
  });

  test('the catch-all and what ends in a rest come last too', () => {
    expect(compile('**').compareTo(compile('red.**'), 'red.blue')).toBeGreaterThan(0);
    expect(compile('red.**').compareTo(compile('{a}.{b}'), 'red.blue')).toBeGreaterThan(0);
  });
});

describe('properties', () => {
  const piece = fc.constantFrom('a', 'b', '.', '*', '?', '**', '{x}', '/');
  const clientPattern = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);
  const destination = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/'), maxLength: 16 }).map((text) => `/${text}`);

  test('a client pattern matches what the equal regular expression matches', () => {
    fc.assert(
      fc.property(clientPattern, destination, (pattern, text) => {
        const isMatch = DestinationPattern.compile(pattern, { captures: false }).matches(text);

        expect(isMatch).toBe(segmentsMatch(pattern.split('/'), text.split('/')));
      }),
      { numRuns: 2000 },
    );
  });

  test('no pattern and destination of a client take longer than their lengths allow', () => {
    const pattern = DestinationPattern.compile(`/${'*a'.repeat(2000)}b/${'**/a/'.repeat(500)}b`, { captures: false });
    const text = `/${'a'.repeat(8000)}/${'a/'.repeat(4000)}`;

    const started = process.cpuUsage();
    const isMatch = pattern.matches(text);
    const { user } = process.cpuUsage(started);

    expect(isMatch).toBe(false);
    expect(user).toBeLessThan(2_000_000);
  });
});

/** The plainest way to say it. */
function segmentsMatch(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...others] = pattern;
  if (first === undefined) return path.length === 0;
  const tails = [...path.map((_each, index) => path.slice(index)), []];
  if (first === '**') return tails.some((tail) => segmentsMatch(others, tail));
  const [segment, ...rest] = path;
  if (segment === undefined) return false;
  const source = first.replaceAll('{x}', '*').replaceAll('.', '\\.').replaceAll('?', '.').replaceAll('*', '.*');
  return new RegExp(`^${source}$`).test(segment) && segmentsMatch(others, rest);
}
