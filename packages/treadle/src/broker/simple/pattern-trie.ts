import type { DestinationPattern } from '../../messaging/destination-pattern.js';
import type { PatternSegment } from '../../messaging/pattern-segment.js';
import { WildcardSegments } from './wildcard-segments.js';

/** One place in the tree: everything that begins with the segments that lead here. */
class Node<T> {
  readonly literals = new Map<string, Node<T>>();
  readonly wildcards = new WildcardSegments<Node<T>>();
  any: Node<T> | undefined;
  /** What is stored for the patterns that go on with `**`. They are tried one by one. */
  readonly rests = new Map<T, DestinationPattern>();
  /** What is stored for the patterns that end here: several, as `{a}` and `*` mean the same. */
  readonly values = new Set<T>();

  get isEmpty(): boolean {
    const hasChildren = this.literals.size > 0 || !this.wildcards.isEmpty || this.any;
    return this.values.size === 0 && this.rests.size === 0 && !hasChildren;
  }

  child(segment: PatternSegment): Node<T> | undefined {
    if (segment.kind === 'literal') return this.literals.get(segment.text);
    return segment.kind === 'any' ? this.any : this.wildcards.get(segment);
  }

  addChild(segment: PatternSegment): Node<T> {
    const child = new Node<T>();
    if (segment.kind === 'literal') this.literals.set(segment.text, child);
    else if (segment.kind === 'any') this.any = child;
    else this.wildcards.set(segment, child);
    return child;
  }

  deleteChild(segment: PatternSegment): void {
    if (segment.kind === 'literal') this.literals.delete(segment.text);
    else if (segment.kind === 'any') this.any = undefined;
    else this.wildcards.delete(segment);
  }

  addChildrenFor(segment: string, found: Node<T>[]): void {
    const literal = this.literals.get(segment);
    if (literal) found.push(literal);
    if (this.any) found.push(this.any);
    this.wildcards.forEachMatch(segment, (child) => found.push(child));
  }
}

/**
 * Patterns as a tree of the segments before their first `**`: the cost of a lookup grows with the patterns that share the destination's
 * beginning, not with all there are. A lookup visits no place twice, and tries each pattern with `**` at most once.
 */
export class PatternTrie<T> {
  readonly #root = new Node<T>();

  /** Stores `value`, which must be no other pattern's. */
  add(pattern: DestinationPattern, value: T): void {
    let node = this.#root;
    for (const segment of pattern.segments) {
      if (segment.kind === 'rest') {
        node.rests.set(value, pattern);
        return;
      }
      node = node.child(segment) ?? node.addChild(segment);
    }
    node.values.add(value);
  }

  /** Takes `value` out again, and every part of the tree that nothing else needs. */
  delete(pattern: DestinationPattern, value: T): void {
    deleteFrom(this.#root, pattern.segments, 0, value);
  }

  /** The values of all patterns that match a destination, given as its segments; in no particular order. */
  find(destination: readonly string[]): T[] {
    const found: T[] = [];
    let places = [this.#root];
    for (const segment of destination) {
      const next: Node<T>[] = [];
      for (const place of places) {
        addRests(place, destination, found);
        place.addChildrenFor(segment, next);
      }
      if (next.length === 0) return found;
      places = next;
    }
    for (const place of places) {
      addRests(place, destination, found); // `**` may take no segment at all
      found.push(...place.values);
    }
    return found;
  }
}

function addRests<T>(place: Node<T>, destination: readonly string[], found: T[]): void {
  for (const [value, pattern] of place.rests) if (pattern.matchesSegments(destination)) found.push(value);
}

function deleteFrom<T>(node: Node<T>, segments: readonly PatternSegment[], from: number, value: T): void {
  const segment = segments[from];
  if (!segment || segment.kind === 'rest') {
    node.values.delete(value);
    node.rests.delete(value);
    return;
  }
  const child = node.child(segment);
  if (!child) return;
  deleteFrom(child, segments, from + 1, value);
  if (child.isEmpty) node.deleteChild(segment);
}
