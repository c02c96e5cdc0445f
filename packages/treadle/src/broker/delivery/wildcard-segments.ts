import type { PatternSegment } from '../../messaging/pattern-segment.js';

interface Entry<T> {
  readonly segment: PatternSegment;
  readonly value: T;
}

/** Segments whose fixed beginnings have one length and whose fixed ends have one length. */
interface Shape<T> {
  readonly startLength: number;
  readonly endLength: number;
  readonly byAffixes: Map<string, Entry<T>[]>;
}

/**
 * Values by wildcard segment (`price.*`, `*-userA`, `a?c`). A thousand of them that differ in what stands before or behind the
 * wildcard are found with one map lookup per shape; only those that share both are tried one by one.
 */
export class WildcardSegments<T> {
  readonly #shapes = new Map<string, Shape<T>>();

  get isEmpty(): boolean {
    return this.#shapes.size === 0;
  }

  /** The value of exactly this segment. */
  get(segment: PatternSegment): T | undefined {
    const { shapeKey, affixKey } = keysOf(segment.text);
    const entries = this.#shapes.get(shapeKey)?.byAffixes.get(affixKey);
    return entries?.find((entry) => entry.segment.text === segment.text)?.value;
  }

  set(segment: PatternSegment, value: T): void {
    const { startLength, endLength, shapeKey, affixKey } = keysOf(segment.text);
    let shape = this.#shapes.get(shapeKey);
    if (!shape) {
      shape = { startLength, endLength, byAffixes: new Map() };
      this.#shapes.set(shapeKey, shape);
    }
    const entries = shape.byAffixes.get(affixKey);
    if (entries) entries.push({ segment, value });
    else shape.byAffixes.set(affixKey, [{ segment, value }]);
  }

  delete(segment: PatternSegment): void {
    const { shapeKey, affixKey } = keysOf(segment.text);
    const byAffixes = this.#shapes.get(shapeKey)?.byAffixes;
    const left = byAffixes?.get(affixKey)?.filter((entry) => entry.segment.text !== segment.text);
    if (!byAffixes || !left) return;
    if (left.length > 0) byAffixes.set(affixKey, left);
    else byAffixes.delete(affixKey);
    if (byAffixes.size === 0) this.#shapes.delete(shapeKey);
  }

  /** Calls `found` with the value of every segment that matches `text`. */
  forEachMatch(text: string, found: (value: T) => void): void {
    for (const { startLength, endLength, byAffixes } of this.#shapes.values()) {
      if (startLength + endLength > text.length) continue;
      const entries = byAffixes.get(affixKeyOf(text, startLength, endLength));
      if (!entries) continue;
      for (const { segment, value } of entries) if (segment.matches(text)) found(value);
    }
  }
}

interface Keys {
  readonly startLength: number;
  readonly endLength: number;
  readonly shapeKey: string;
  readonly affixKey: string;
}

/** What stands before the first and behind the last special character is matched as it is written. */
function keysOf(text: string): Keys {
  const startLength = text.search(/[*?{]/);
  const endLength = text.length - 1 - Math.max(text.lastIndexOf('*'), text.lastIndexOf('?'), text.lastIndexOf('}'));
  return {
    startLength,
    endLength,
    shapeKey: `${startLength}:${endLength}`,
    affixKey: affixKeyOf(text, startLength, endLength),
  };
}

/** Unambiguous within one shape, where both lengths are fixed. */
function affixKeyOf(text: string, startLength: number, endLength: number): string {
  return text.slice(0, startLength) + text.slice(text.length - endLength);
}
