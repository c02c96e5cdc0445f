import type { DestinationPattern } from '../../messaging/destination-pattern.js';
import type { PatternSegment } from '../../messaging/pattern-segment.js';
import { WildcardSegments } from './wildcard-segments.js';

/** One place in the tree: everything whose segments lead here. What few places need is made when it is needed. */
class Place<T> {
  literals: Map<string, Place<T>> | undefined;
  any: Place<T> | undefined;
  wildcards: WildcardSegments<Place<T>> | undefined;
  /** For the patterns that go on with `**`: what stands behind their last one, read from the end of the destination. */
  tails: Place<T> | undefined;
  /** What is stored for the patterns that end here (several: `{a}` and `*` mean the same), with a pattern that must be tried still. */
  values: Map<T, DestinationPattern | undefined> | undefined;

  get isEmpty(): boolean {
    return !this.values && !this.tails && !this.any && !this.literals && !this.wildcards;
  }

  child(step: Step): Place<T> | undefined {
    if (step === TAILS) return this.tails;
    if (step.kind === 'literal') return this.literals?.get(step.text);
    return step.kind === 'any' ? this.any : this.wildcards?.get(step);
  }

  addChild(step: Step): Place<T> {
    const child = new Place<T>();
    if (step === TAILS) this.tails = child;
    else if (step.kind === 'literal') (this.literals ??= new Map<string, Place<T>>()).set(step.text, child);
    else if (step.kind === 'any') this.any = child;
    else (this.wildcards ??= new WildcardSegments<Place<T>>()).set(step, child);
    return child;
  }

  deleteChild(step: Step): void {
    if (step === TAILS) this.tails = undefined;
    else if (step.kind === 'literal') this.literals = withoutKey(this.literals, step.text);
    else if (step.kind === 'any') this.any = undefined;
    else {
      this.wildcards?.delete(step);
      if (this.wildcards?.isEmpty) this.wildcards = undefined;
    }
  }

  addValue(value: T, pattern: DestinationPattern | undefined): void {
    (this.values ??= new Map<T, DestinationPattern | undefined>()).set(value, pattern);
  }

  deleteValue(value: T): void {
    this.values = withoutKey(this.values, value);
  }
}

/** Leads to the places behind a `**`. */
const TAILS = Symbol('tails');
type Step = PatternSegment | typeof TAILS;

/**
 * Patterns as a tree of the segments before their first `**`, and at such a place a second tree of those behind their last one, read from the
 * end. The cost of a lookup grows with the patterns that share beginning and end with the destination, not with all there are. A lookup visits
 * no place twice; only patterns with two `**` are tried one by one, where both their ends fit.
 */
export class PatternTrie<T> {
  readonly #root = new Place<T>();

  /** Stores `value`, which must be no other pattern's. */
  add(pattern: DestinationPattern, value: T): void {
    let place = this.#root;
    for (const step of stepsOf(pattern)) place = place.child(step) ?? place.addChild(step);
    // With one `**` a destination that has both ends, one behind the other, matches.
    place.addValue(value, pattern.segments.filter(isRest).length > 1 ? pattern : undefined);
  }

  /** Takes `value` out again, and every part of the tree that nothing else needs. */
  delete(pattern: DestinationPattern, value: T): void {
    deleteFrom(this.#root, stepsOf(pattern), 0, value);
  }

  /** The values of all patterns that match a destination, given as its segments; in no particular order. */
  find(destination: readonly string[]): T[] {
    const found: T[] = [];
    collect(this.#root, destination, 0, found);
    return found;
  }
}

/** @param from the first segment that was not taken on the way here */
function collect<T>(place: Place<T>, destination: readonly string[], from: number, found: T[]): void {
  if (place.tails) collectTails(place.tails, destination, { from, end: destination.length }, found);
  const segment = destination[from];
  if (segment === undefined) {
    if (place.values) found.push(...place.values.keys());
    return;
  }
  const literal = place.literals?.get(segment);
  if (literal) collect(literal, destination, from + 1, found);
  if (place.any) collect(place.any, destination, from + 1, found);
  place.wildcards?.forEachMatch(segment, (child) => collect(child, destination, from + 1, found));
}

/** The segments that no place on the way here has taken: the `**` takes them, however many. */
interface Middle {
  readonly from: number;
  readonly end: number;
}

function collectTails<T>(place: Place<T>, destination: readonly string[], { from, end }: Middle, found: T[]): void {
  if (place.values) {
    for (const [value, pattern] of place.values) {
      if (!pattern || pattern.matchesSegments(destination)) found.push(value);
    }
  }
  const segment = end > from ? destination[end - 1] : undefined;
  if (segment === undefined) return;
  const rest = { from, end: end - 1 };
  const literal = place.literals?.get(segment);
  if (literal) collectTails(literal, destination, rest, found);
  if (place.any) collectTails(place.any, destination, rest, found);
  place.wildcards?.forEachMatch(segment, (child) => collectTails(child, destination, rest, found));
}

function deleteFrom<T>(place: Place<T>, steps: readonly Step[], at: number, value: T): void {
  const step = steps[at];
  if (step === undefined) return place.deleteValue(value);
  const child = place.child(step);
  if (!child) return;
  deleteFrom(child, steps, at + 1, value);
  if (child.isEmpty) place.deleteChild(step);
}

/** The way from the root to the place of a pattern. */
function stepsOf({ segments }: DestinationPattern): readonly Step[] {
  const first = segments.findIndex(isRest);
  if (first < 0) return segments;
  const last = segments.findLastIndex(isRest);
  return [...segments.slice(0, first), TAILS, ...segments.slice(last + 1).toReversed()];
}

function isRest({ kind }: PatternSegment): boolean {
  return kind === 'rest';
}

/** The map, or `undefined` when that was all it had. */
function withoutKey<K, V>(map: Map<K, V> | undefined, key: K): Map<K, V> | undefined {
  map?.delete(key);
  return map?.size === 0 ? undefined : map;
}
