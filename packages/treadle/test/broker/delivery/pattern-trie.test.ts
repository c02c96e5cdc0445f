import { PatternTrie } from '../../../src/broker/delivery/pattern-trie.js';
import { DestinationPattern } from '../../../src/messaging/destination-pattern.js';

/** A destination that counts how often one of its segments is looked at. */
function counted(destination: string): { readonly segments: readonly string[]; readonly looks: () => number } {
  let looks = 0;
  const segments = new Proxy(destination.split('/'), {
    get: (target, name, receiver): unknown => {
      if (typeof name === 'string' && /^\d+$/.test(name)) looks += 1;
      return Reflect.get(target, name, receiver);
    },
  });
  return { segments, looks: () => looks };
}

function trieOf(patterns: readonly string[]): PatternTrie<string> {
  const trie = new PatternTrie<string>();
  for (const text of patterns) trie.add(DestinationPattern.compile(text, { captures: false }), text);
  return trie;
}

const thousand = Array.from({ length: 1000 }, (_, index) => index);

describe('PatternTrie, the work of a lookup', () => {
  test.each([
    ['one segment open', (index: number) => `/topic/group${index}/*`, '/topic/group7/x'],
    ['the beginning fixed', (index: number) => `/topic/group${index}/**`, '/topic/group7/x/y'],
    ['the end fixed', (index: number) => `/topic/**/member${index}`, '/topic/x/y/member7'],
    ['both ends fixed', (index: number) => `/topic/group${index}/**/member${index}`, '/topic/group7/x/y/member7'],
    ['the end fixed behind an open segment', (index: number) => `/topic/**/*/member${index}`, '/topic/x/y/member7'],
    ['a name that begins', (index: number) => `/topic/name${index}.*`, '/topic/name7.x'],
    ['a name that ends', (index: number) => `/topic/**/*.name${index}`, '/topic/x/y.name7'],
  ])('is the same with one pattern and with a thousand that have %s', (_what, patternOf, destination) => {
    const alone = counted(destination);
    const amongMany = counted(destination);

    expect(trieOf([patternOf(7)]).find(alone.segments)).toEqual([patternOf(7)]);
    expect(trieOf(thousand.map(patternOf)).find(amongMany.segments)).toEqual([patternOf(7)]);

    expect(amongMany.looks()).toBe(alone.looks());
  });

  test('is done once for a place, however many ways the wildcards leave open', () => {
    const destination = counted(`/topic${'/a'.repeat(40)}`);

    trieOf(['/topic/**/*/*/*/b/**/*/*/b', '/topic/**/*/*/*/*/*/*/c']).find(destination.segments);

    expect(destination.looks()).toBeLessThan(100);
  });
});

describe('PatternTrie, patterns with **', () => {
  test.each([
    ['/a/**', ['/a', '/a/b', '/a/b/c'], ['/b', '/ab']],
    ['/**/z', ['/z', '/a/z', '/a/b/z'], ['/z/a', '/zz']],
    ['/a/**/z', ['/a/z', '/a/b/z'], ['/a', '/z', '/az']],
    ['/a/**/a', ['/a/a', '/a/b/a'], ['/a']],
    ['/a/*/**/*/z', ['/a/b/c/z', '/a/b/x/c/z'], ['/a/b/z', '/a/z']],
    ['/**/m/**', ['/m', '/a/m', '/m/z', '/a/m/z'], ['/a/z']],
    ['/a/**/m/**/z', ['/a/m/z', '/a/x/m/y/z'], ['/a/z', '/a/x/z']],
    ['/a/**/**/z', ['/a/z', '/a/x/z'], ['/a']],
    ['**', ['', 'a', '/a/b'], []],
  ])('%s', (pattern, matching, others) => {
    const trie = trieOf([pattern, '/else/**', '/**/else']);

    expect(matching.filter((destination) => trie.find(destination.split('/')).length === 1)).toEqual(matching);
    expect(others.filter((destination) => trie.find(destination.split('/')).length > 0)).toEqual([]);
  });

  test('leave the others alone when they go', () => {
    const texts = ['/a/**', '/a/**/z', '/a/**/y/z', '/a/*/z', '/a/{x}/z'];
    const trie = trieOf(texts);

    for (const [index, text] of texts.entries()) {
      trie.delete(DestinationPattern.compile(text, { captures: false }), text);
      expect(trie.find(['', 'a', 'y', 'z']).toSorted()).toEqual(texts.slice(index + 1).toSorted());
    }
  });
});
