import * as fc from 'fast-check';
import { DestinationPattern } from '../../src/messaging/destination-pattern.js';
import { findOverlap } from '../../src/messaging/pattern-overlap.js';

const compile = (text: string): DestinationPattern => DestinationPattern.compile(text, { wildcards: 'rabbitmq' });

/** AMQP 0-9-1 § The Topic Exchange Type, as it is written: `#` tries every number of words. */
function isMatchByTheBook(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...others] = pattern;
  if (first === undefined) return words.length === 0;
  if (first === '#') return [...words, ''].some((_, taken) => isMatchByTheBook(others, words.slice(taken)));
  const [word, ...rest] = words;
  return word !== undefined && (first === '*' || first === word) && isMatchByTheBook(others, rest);
}

const wordsOf = (name: string): readonly string[] => (name === '' ? [] : name.split('.'));

describe('RabbitMQ wildcards', () => {
  test.each([
    ['/topic/price.*', '/topic/price.ibm', true],
    ['/topic/price.*', '/topic/price', false],
    ['/topic/price.*', '/topic/price.ibm.us', false],
    ['/topic/*.ibm', '/topic/price.ibm', true],
    ['/topic/price.#', '/topic/price', true],
    ['/topic/price.#', '/topic/price.stock.ibm', true],
    ['/topic/price.#', '/topic/prices', false],
    ['/topic/price.*.#', '/topic/price', false],
    ['/topic/price.*.#', '/topic/price.stock.ibm', true],
    ['/topic/#.ibm', '/topic/ibm', true],
    ['/topic/#.ibm', '/topic/a.b.ibm', true],
    ['/topic/#', '/topic/a.b', true],
    ['/topic/#', '/topic/', true],
    ['/topic/*', '/topic/', false],
    ['/topic/#', '/topic', false],
    ['/topic/a.*.c', '/topic/a..c', true],
    ['/topic/rooms/*', '/topic/rooms/tea', true],
    ['/topic/#', '/topic/rooms/tea', false],
    ['/topic/*/tea', '/topic/rooms/tea', false],
    ['/topic/*/tea', '/topic/*/tea', true],
    ['topic.*.ibm', 'topic.price.ibm', true],
    ['/topic/pri*', '/topic/price', false],
    ['/topic/pri*.#', '/topic/pri*.a', true],
    ['/topic/{a}.*', '/topic/{a}.b', true],
    ['/topic/{a}.*', '/topic/x.b', false],
    ['/topic/a?.*', '/topic/ab.c', false],
    ['/topic/**', '/topic/a', false],
  ])('%s matches %s: %s', (pattern, destination, expected) => {
    expect(compile(pattern).matches(destination)).toBe(expected);
  });

  test.each([
    ['/topic/a.*', true],
    ['/topic/#', true],
    ['topic.*', true],
    ['/topic/a*', false],
    ['/topic/*/a', false],
    ['/topic/a?b', false],
    ['/topic/{a}', false],
    ['/topic/**', false],
    ['/topic/', false],
  ])('%s is a pattern: %s', (text, expected) => {
    expect(DestinationPattern.isPattern(text, 'rabbitmq')).toBe(expected);
    expect(compile(text).isExact).toBe(!expected);
  });

  test('match as the topic exchange of AMQP does', () => {
    const word = fc.constantFrom('a', 'b', '');
    const pattern = fc.array(fc.oneof(word, fc.constantFrom('*', '#')), { maxLength: 6 });

    fc.assert(
      fc.property(pattern, fc.array(word, { maxLength: 6 }), (patternWords, words) => {
        const [text, name] = [patternWords.join('.'), words.join('.')];
        const expected = isMatchByTheBook(wordsOf(text), wordsOf(name));

        expect(compile(`/topic/${text}`).matches(`/topic/${name}`)).toBe(expected);
        expect(compile(`/topic/${text}`).matches(`/queue/${name}`)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  test('many # are no reason to try for long', () => {
    const pattern = compile(`/topic/${'#.a.'.repeat(500)}b`);

    expect(pattern.matches(`/topic/${'a.'.repeat(5000)}a`)).toBe(false);
  });

  test('are known to the search for destinations that several patterns match', () => {
    const search = (all: string, none: string) =>
      findOverlap({ all: [compile(all)], none: [compile(none)], allowsEmptySegments: true });

    expect(search('/topic/a.*', '/topic/#')).toEqual({ destination: undefined, isDecided: true });
    expect(search('/topic/#', '/topic/a.*').destination).toBeDefined();
    expect(search('/topic/a?}.*', '/topic/ab}.*').destination).toBeDefined();
  });
});
