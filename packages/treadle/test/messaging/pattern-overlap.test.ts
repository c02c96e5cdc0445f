import * as fc from 'fast-check';
import { DestinationPattern, type DestinationSeparator } from '../../src/messaging/destination-pattern';
import { findOverlap } from '../../src/messaging/pattern-overlap';

interface Given {
  readonly none?: readonly string[];
  readonly separator?: DestinationSeparator;
  readonly allowsEmptySegments?: boolean;
}

/** A destination that all patterns match and none of `none`. */
function overlapOf(all: readonly string[], given: Given = {}): string | undefined {
  const { none = [], separator = '/', allowsEmptySegments = false } = given;
  const compile = (text: string) => DestinationPattern.compile(text, { separator });
  const { destination, isDecided } = findOverlap({
    all: all.map(compile),
    none: none.map(compile),
    allowsEmptySegments,
  });
  expect(isDecided).toBe(true);
  return destination;
}

describe('what patterns have in common', () => {
  test.each([
    ['/a/*', '/*/a', '/a/a'],
    ['/{x}/b', '/a/{y}', '/a/b'],
    ['/chat.*', '/*.tea', '/chat.tea'],
    ['/a?c', '/?b?', '/abc'],
    ['/**/x', '/a/**', '/a/x'],
    ['/a/**/b/**', '/**/c', '/a/b/c'],
    ['/**', '/{x}', '/x'],
    ['/x*', '/*x', '/x'],
    ['/{a}-{b}', '/*1-2*', '/1-2'],
  ])('%s and %s: %s', (first, second, expected) => {
    expect(overlapOf([first, second])).toBe(expected);
    expect(overlapOf([second, first])).toBe(expected);
  });

  test.each([
    ['/a/*', '/b/*'],
    ['/a', '/a/*'],
    ['/{x}', '/{x}/{y}'],
    ['/a?', '/a'],
    ['/a*', '/b*'],
    ['/*.json', '/*.xml'],
    ['/**/x', '/**/y'],
  ])('%s and %s: nothing', (first, second) => {
    expect(overlapOf([first, second])).toBeUndefined();
  });

  test('a character that no pattern names stands for all the others', () => {
    expect(overlapOf(['/{a}'], { none: ['/x', '/y'] })).toBe('/z');
  });

  test('what others match is left out', () => {
    expect(overlapOf(['/{x}/b', '/a/{y}'], { none: ['/a/b'] })).toBeUndefined();
    expect(overlapOf(['/**'], { none: ['/*', '/*/*'] })).toBe('/x/x/x');
  });

  test('empty segments count on demand only', () => {
    expect(overlapOf(['/a/*'], { none: ['/a/{x}'] })).toBeUndefined();
    expect(overlapOf(['/a/*'], { none: ['/a/{x}'], allowsEmptySegments: true })).toBe('/a/');
    expect(overlapOf(['/{a}/', '/b*/'])).toBeUndefined();
    expect(overlapOf(['/{a}/', '/b*/'], { allowsEmptySegments: true })).toBe('/b/');
  });

  test('dots part segments when they are told to', () => {
    expect(overlapOf(['red.*', '*.blue'], { separator: '.' })).toBe('red.blue');
    expect(overlapOf(['red.*', 'red'], { separator: '.' })).toBeUndefined();
    expect(overlapOf(['**.blue', 'red.**'], { separator: '.' })).toBe('red.blue');
  });

  test('a search that grows beyond all measure is given up and says so', () => {
    const tangled = (letter: string) =>
      `/${Array.from({ length: 12 }, (_none, index) => `*${letter}${'?'.repeat(index % 4)}b`).join('')}*`;
    const all = ['a', 'c', 'd', 'e'].map((letter) => DestinationPattern.compile(tangled(letter)));

    expect(findOverlap({ all, none: [], allowsEmptySegments: false })).toEqual({
      destination: undefined,
      isDecided: false,
    });
  });
});

describe('properties', () => {
  const segment = fc.constantFrom('a', 'b', '*', '**', '?', 'a*', '*b', 'a?', '{v}');
  const pattern = fc
    .array(segment, { minLength: 1, maxLength: 4 })
    .map((segments) => `/${segments.map((each, index) => each.replace('{v}', `{v${index}}`)).join('/')}`)
    .map((text) => DestinationPattern.compile(text));
  // Long enough for every pair of patterns above that has anything in common.
  const destinations = allTexts(['/', 'a', 'b', 'x'], 7)
    .map((text) => `/${text}`)
    .filter((text) => !text.includes('//') && !text.endsWith('/'));

  test('a destination is found exactly when there is one, and all match it', () => {
    fc.assert(
      fc.property(pattern, pattern, pattern, (first, second, other) => {
        const { destination } = findOverlap({ all: [first, second], none: [other], allowsEmptySegments: false });
        const fits = (text: string) => first.matches(text) && second.matches(text) && !other.matches(text);

        const isWrong = destination === undefined ? destinations.some(fits) : !fits(destination);
        expect(isWrong).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

/** All texts of these characters up to a length. */
function allTexts(characters: readonly string[], length: number): string[] {
  if (length === 0) return [''];
  const shorter = allTexts(characters, length - 1);
  return [...new Set([...shorter, ...shorter.flatMap((text) => characters.map((character) => text + character))])];
}
