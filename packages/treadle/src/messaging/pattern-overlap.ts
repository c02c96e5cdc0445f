import type { DestinationPattern } from './destination-pattern.js';
import { type Places, PatternAutomaton } from './pattern-automaton.js';
import type { PatternSegment } from './pattern-segment.js';

/** What is searched. */
export interface OverlapSearch {
  /** All of these are to match; none of them with an expression. */
  readonly all: readonly DestinationPattern[];
  /** None of these is to match; none of them with an expression. */
  readonly none: readonly DestinationPattern[];
  /** Whether a destination counts that holds an empty segment behind its first, as `/a//b` and `/a/` do. */
  readonly allowsEmptySegments: boolean;
}

/** What a search found. */
export interface Overlap {
  /** One of the shortest such destinations; `undefined` when there is none. */
  readonly destination: string | undefined;
  /** False when the search was given up because the patterns are too entangled. */
  readonly isDecided: boolean;
}

/** Places of all patterns together that a search looks at before it gives up. */
const MOST_STATES = 5_000;

/**
 * Searches a destination that all of some patterns match and none of others. Exact: patterns without expressions are regular languages, so
 * this walks their machines together, breadth first. All characters that no pattern names behave alike, so one stands for them.
 */
export function findOverlap({ all, none, allowsEmptySegments }: OverlapSearch): Overlap {
  if (!mayOverlap(all)) return { destination: undefined, isDecided: true };
  const required = all.map((pattern) => new PatternAutomaton(pattern));
  const refused = none.map((pattern) => new PatternAutomaton(pattern));
  return new Walk(required, refused, allowsEmptySegments).run();
}

/** Cheap and mostly enough: false when it can be seen that no destination fits all of them. */
export function mayOverlap(patterns: readonly DestinationPattern[]): boolean {
  const [first, ...others] = patterns;
  return first === undefined || others.every(({ segments }) => mayMeet(first.segments, segments));
}

/** Compares segments from both ends, up to the first and the last `**`. */
function mayMeet(segments: readonly PatternSegment[], others: readonly PatternSegment[]): boolean {
  const hasRest = [...segments, ...others].some(({ kind }) => kind === 'rest');
  if (!hasRest && segments.length !== others.length) return false;
  return mayBeginAlike(segments, others) && mayBeginAlike(segments.toReversed(), others.toReversed());
}

function mayBeginAlike(segments: readonly PatternSegment[], others: readonly PatternSegment[]): boolean {
  for (const [index, segment] of segments.entries()) {
    const other = others[index];
    if (!other || segment.kind === 'rest' || other.kind === 'rest') return true;
    if (!mayBeSame(segment, other)) return false;
  }
  return true;
}

/** Compares what stands before the first and behind the last special character. */
function mayBeSame(segment: PatternSegment, other: PatternSegment): boolean {
  if (segment.kind === 'literal') return other.matches(segment.text);
  if (other.kind === 'literal') return segment.matches(other.text);
  const [start = '', end = ''] = fixedTexts(segment);
  const [otherStart = '', otherEnd = ''] = fixedTexts(other);
  const beginsAlike = start.startsWith(otherStart) || otherStart.startsWith(start);
  return beginsAlike && (end.endsWith(otherEnd) || otherEnd.endsWith(end));
}

function fixedTexts({ text }: PatternSegment): readonly string[] {
  return [text.slice(0, text.search(/[*?{]/)), text.replace(/^.*[*?}]/s, '')];
}

/** What has been read, and where it leads every machine. */
interface State {
  /** With the separator before the destination. */
  readonly text: string;
  readonly required: readonly Places[];
  readonly refused: readonly Places[];
}

class Walk {
  readonly #required: readonly PatternAutomaton[];
  readonly #refused: readonly PatternAutomaton[];
  readonly #allowsEmptySegments: boolean;
  readonly #separator: string;
  readonly #characters: readonly string[];
  readonly #seen = new Set<string>();

  constructor(
    required: readonly PatternAutomaton[],
    refused: readonly PatternAutomaton[],
    allowsEmptySegments: boolean,
  ) {
    this.#required = required;
    this.#refused = refused;
    this.#allowsEmptySegments = allowsEmptySegments;
    this.#separator = required[0]?.separator ?? '/';
    const named = new Set([...required, ...refused].flatMap((automaton) => automaton.characters));
    this.#characters = [...named.add(this.#separator).add(characterBeside(named))];
  }

  run(): Overlap {
    let states: readonly State[] = [
      {
        text: '',
        required: this.#required.map((automaton) => automaton.start),
        refused: this.#refused.map((automaton) => automaton.start),
      },
    ];
    while (states.length > 0) {
      const found = states.find((state) => this.#isWanted(state));
      if (found) return { destination: found.text.slice(1), isDecided: true };
      if (this.#seen.size > MOST_STATES) return { destination: undefined, isDecided: false };
      states = states.flatMap((state) => this.#characters.flatMap((character) => this.#read(state, character) ?? []));
    }
    return { destination: undefined, isDecided: true };
  }

  /** The state after one character more, unless it leads nowhere or nowhere new. */
  #read({ text, required, refused }: State, character: string): State | undefined {
    if (character === this.#separator && this.#endsEmpty(text)) return undefined;
    const next: State = {
      text: text + character,
      required: required.map((places, index) => this.#required[index]?.read(places, character) ?? []),
      refused: refused.map((places, index) => this.#refused[index]?.read(places, character) ?? []),
    };
    if (next.required.some((places) => places.length === 0)) return undefined;
    const key = `${this.#endsEmpty(next.text)} ${next.required.join(';')} ${next.refused.join(';')}`;
    if (this.#seen.has(key)) return undefined;
    this.#seen.add(key);
    return next;
  }

  #isWanted({ text, required, refused }: State): boolean {
    if (text.length < 2 || this.#endsEmpty(text)) return false; // no destination is empty
    const fits = required.every((places, index) => this.#required[index]?.accepts(places));
    return fits && !refused.some((places, index) => this.#refused[index]?.accepts(places));
  }

  /** Whether the text ends with an empty segment that is not to be; where slashes part them, the first is: it stands before `/a`. */
  #endsEmpty(text: string): boolean {
    const first = this.#separator === '/' ? 1 : 0;
    return !this.#allowsEmptySegments && text.length > first && text.endsWith(this.#separator);
  }
}

const LETTERS = 'xyzabcdefghijklmnopqrstuvw';

/** A character that is not named, a letter when one is left. */
function characterBeside(named: ReadonlySet<string>): string {
  const letter = LETTERS.split('').find((each) => !named.has(each));
  if (letter !== undefined) return letter;
  let code = 0xe000; // Unicode's private use area
  while (named.has(String.fromCharCode(code))) code += 1;
  return String.fromCharCode(code);
}
