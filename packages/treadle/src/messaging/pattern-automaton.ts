import type { DestinationPattern } from './destination-pattern.js';
import { type Part, partsOf, type PatternSegment } from './pattern-segment.js';

/**
 * One step of a pattern, read from the left. `character` and `one` take a character and go on; `gap` takes any number of them within its
 * segment; `rest` and the `inside` behind it are a `**`: a separator leads inside, from where every end of a segment leads on.
 */
type Step =
  { readonly kind: 'character'; readonly character: string } | { readonly kind: 'one' | 'gap' | 'rest' | 'inside' };

/** The steps a pattern may stand at after some text, in order; none: the text leads nowhere. */
export type Places = readonly number[];

/**
 * A pattern as a machine that reads a destination character by character, so that what several patterns have in common can be searched.
 * It reads destinations with a separator put before them: then every segment begins with one, which makes `**` an ordinary loop.
 */
export class PatternAutomaton {
  readonly separator: string;
  readonly #steps: readonly Step[];

  /** @param pattern one without expressions, see `isRegular` */
  constructor({ segments, separator }: DestinationPattern) {
    this.separator = separator;
    this.#steps = segments.flatMap((segment) => stepsOf(segment, separator));
  }

  /** Whether a pattern can be read this way: what an expression matches is known to its engine alone. */
  static isRegular({ segments }: DestinationPattern): boolean {
    return segments
      .filter(({ kind }) => kind === 'wildcard')
      .every((segment) => partsOf(segment).every((part) => part.kind === 'text' || part.expression === undefined));
  }

  /** The characters it names. */
  get characters(): readonly string[] {
    return this.#steps.flatMap((step) => (step.kind === 'character' ? step.character : []));
  }

  /** Where it stands before anything was read. */
  get start(): Places {
    return this.#closure([0]);
  }

  /** Whether what was read is a whole destination of the pattern. */
  accepts(places: Places): boolean {
    return places.includes(this.#steps.length);
  }

  /** Where it may stand after one character more. */
  read(places: Places, character: string): Places {
    return this.#closure(places.flatMap((place) => this.#next(place, character) ?? []));
  }

  #next(place: number, character: string): number | undefined {
    const step = this.#steps[place];
    if (step?.kind === 'character') return step.character === character ? place + 1 : undefined;
    const isSeparator = character === this.separator;
    if (step?.kind === 'rest') return isSeparator ? place + 1 : undefined;
    if (!step || isSeparator) return undefined;
    return step.kind === 'one' ? place + 1 : place;
  }

  /** With the places that are reached without reading anything. */
  #closure(places: Places): Places {
    const reached = new Set(places);
    for (const place of reached) {
      const kind = this.#steps[place]?.kind;
      if (kind === 'gap') reached.add(place + 1);
      if (kind === 'rest') reached.add(place + 2);
      if (kind === 'inside') reached.add(place - 1);
    }
    return [...reached].toSorted((first, second) => first - second);
  }
}

function stepsOf(segment: PatternSegment, separator: string): readonly Step[] {
  if (segment.kind === 'rest') return [{ kind: 'rest' }, { kind: 'inside' }];
  // A literal of RabbitMQ's may hold what would mean something in another pattern.
  if (segment.kind === 'literal') return (separator + segment.text).split('').map(stepOfCharacter);
  const parts = partsOf(segment);
  const [only] = parts;
  // A variable that is the whole segment is never empty (Spring: `AntPathMatcher`).
  const isNeverEmpty = parts.length === 1 && only?.kind === 'gap' && only.variable !== undefined;
  const start: readonly Step[] = [{ kind: 'character', character: separator }];
  return [...start, ...(isNeverEmpty ? [{ kind: 'one' } as const] : []), ...parts.flatMap(stepsOfPart)];
}

function stepsOfPart(part: Part): readonly Step[] {
  if (part.kind === 'gap') return [{ kind: 'gap' }];
  return part.text.split('').map((character) => (character === '?' ? { kind: 'one' } : stepOfCharacter(character)));
}

function stepOfCharacter(character: string): Step {
  return { kind: 'character', character };
}
