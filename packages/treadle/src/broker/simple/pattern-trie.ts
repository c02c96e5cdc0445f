import type { PatternSegment } from '../../messaging/pattern-segment.js';
import { WildcardSegments } from './wildcard-segments.js';

/** One place in the tree: everything that begins with the segments that lead here. */
class Node<T> {
  /** Whether a `**` leads here: it may take further segments and stay. */
  readonly isRest: boolean;
  readonly literals = new Map<string, Node<T>>();
  readonly wildcards = new WildcardSegments<Node<T>>();
  any: Node<T> | undefined;
  rest: Node<T> | undefined;
  /** What is stored for the patterns that end here: several, as `{a}` and `*` mean the same. */
  readonly values = new Set<T>();

  constructor(isRest: boolean) {
    this.isRest = isRest;
  }

  get isEmpty(): boolean {
    const hasChildren = this.literals.size > 0 || !this.wildcards.isEmpty || this.any || this.rest;
    return this.values.size === 0 && !hasChildren;
  }

  child(segment: PatternSegment): Node<T> | undefined {
    if (segment.kind === 'literal') return this.literals.get(segment.text);
    if (segment.kind === 'any') return this.any;
    return segment.kind === 'rest' ? this.rest : this.wildcards.get(segment);
  }

  addChild(segment: PatternSegment): Node<T> {
    const child = new Node<T>(segment.kind === 'rest');
    if (segment.kind === 'literal') this.literals.set(segment.text, child);
    else if (segment.kind === 'any') this.any = child;
    else if (segment.kind === 'rest') this.rest = child;
    else this.wildcards.set(segment, child);
    return child;
  }

  deleteChild(segment: PatternSegment): void {
    if (segment.kind === 'literal') this.literals.delete(segment.text);
    else if (segment.kind === 'any') this.any = undefined;
    else if (segment.kind === 'rest') this.rest = undefined;
    else this.wildcards.delete(segment);
  }
}

/**
 * Patterns as a tree of segments: the cost of a lookup grows with the patterns that share the destination's beginning, not with
 * all there are. All branches are followed at once, segment by segment, and no place is visited twice for the same segment, so that no
 * combination of `**` makes it slow.
 */
export class PatternTrie<T> {
  readonly #root = new Node<T>(false);

  /** Stores `value` under a pattern's segments. */
  add(segments: readonly PatternSegment[], value: T): void {
    let node = this.#root;
    for (const segment of essential(segments)) node = node.child(segment) ?? node.addChild(segment);
    node.values.add(value);
  }

  /** Takes `value` out again, and every part of the tree that nothing else needs. */
  delete(segments: readonly PatternSegment[], value: T): void {
    deleteFrom(this.#root, essential(segments), 0, value);
  }

  /** The values of all patterns that match, in no particular order. */
  find(destination: string): T[] {
    let places = new Set<Node<T>>();
    enter(this.#root, places);
    for (const segment of destination.split('/')) {
      if (places.size === 0) return [];
      places = step(places, segment);
    }
    const found: T[] = [];
    for (const place of places) found.push(...place.values);
    return found;
  }
}

/** `**` directly behind `**` adds nothing. */
function essential(segments: readonly PatternSegment[]): readonly PatternSegment[] {
  return segments.filter(({ kind }, index) => kind !== 'rest' || segments[index - 1]?.kind !== 'rest');
}

function deleteFrom<T>(node: Node<T>, segments: readonly PatternSegment[], from: number, value: T): void {
  const segment = segments[from];
  if (!segment) {
    node.values.delete(value);
    return;
  }
  const child = node.child(segment);
  if (!child) return;
  deleteFrom(child, segments, from + 1, value);
  if (child.isEmpty) node.deleteChild(segment);
}

function step<T>(places: ReadonlySet<Node<T>>, segment: string): Set<Node<T>> {
  const next = new Set<Node<T>>();
  const found = (node: Node<T>): void => enter(node, next);
  for (const place of places) {
    if (place.isRest) enter(place, next);
    const literal = place.literals.get(segment);
    if (literal) enter(literal, next);
    if (place.any) enter(place.any, next);
    place.wildcards.forEachMatch(segment, found);
  }
  return next;
}

/** A `**` below may take no segment at all, so its place is reached together with the one above. */
function enter<T>(node: Node<T>, places: Set<Node<T>>): void {
  places.add(node);
  if (node.rest) places.add(node.rest);
}
