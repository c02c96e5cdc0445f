import { DestinationPattern, type PatternSyntax } from '../../messaging/destination-pattern.js';
import { RecentDestinations } from '../../messaging/recent-destinations.js';
import { PatternTrie } from './pattern-trie.js';
import { type Subscription, SubscriptionSet } from './subscription.js';
import { compileSubscriptionPattern, matchableSegments } from './subscription-pattern.js';

/** Subscriptions that a message reaches, in groups: arrays that later changes do not touch. */
export type SubscriptionGroups = readonly (readonly Subscription[])[];

interface PatternEntry {
  readonly pattern: DestinationPattern;
  readonly subscriptions: SubscriptionSet;
}

const NOBODY: SubscriptionGroups = [];
const NO_PATTERNS: readonly SubscriptionSet[] = [];

/** Of more patterns a destination is not remembered: to find them is little beside delivering to them, and clients could fill the memory with such lists. */
const MOST_REMEMBERED_PATTERNS = 64;

/**
 * Finds the subscriptions of a destination: exact ones in a map, patterns in a tree, and behind a bounded cache from destinations to
 * patterns. It holds until a pattern comes that nobody had subscribed to, or the last subscription of a pattern goes; then each destination is
 * looked up in the tree once more, when it is asked for.
 */
export class DestinationIndex {
  readonly #exact = new Map<string, SubscriptionSet>();
  readonly #patterns = new Map<string, PatternEntry>();
  readonly #trie = new PatternTrie<SubscriptionSet>();
  readonly #cache: RecentDestinations<readonly SubscriptionSet[]>;
  readonly #syntax: PatternSyntax;

  /** @param cacheLimit destinations whose patterns are remembered */
  constructor(cacheLimit: number, syntax: PatternSyntax = {}) {
    this.#cache = new RecentDestinations(cacheLimit);
    this.#syntax = syntax;
  }

  /**
   * @param destination what `find` is to be asked for, in the end
   * @throws TreadleError `DESTINATION_MALFORMED` for a pattern that is none or exceeds the limits of patterns
   */
  add(subscription: Subscription, destination: string): void {
    const existing = this.#exact.get(destination) ?? this.#patterns.get(destination)?.subscriptions;
    (existing ?? this.#addDestination(destination)).add(subscription);
  }

  /** @param destination as it was added with */
  delete(subscription: Subscription, destination: string): void {
    const entry = this.#patterns.get(destination);
    const subscriptions = entry?.subscriptions ?? this.#exact.get(destination);
    subscriptions?.delete(subscription);
    if (!subscriptions?.isEmpty) return;
    if (entry) this.#deletePattern(entry);
    else this.#exact.delete(destination);
  }

  /** The pattern that subscriptions to this text were made with; `undefined` when it is a destination. */
  patternOf(text: string): DestinationPattern | undefined {
    return this.#patterns.get(text)?.pattern;
  }

  /** Destinations with more than 64 segments or 1024 characters match no pattern; exact subscriptions are found for all. */
  find(destination: string): SubscriptionGroups {
    const exact = this.#exact.get(destination);
    if (this.#patterns.size === 0) return exact ? [exact.snapshot()] : NOBODY;
    const patterns = this.#findPatterns(destination);
    if (patterns.length === 0) return exact ? [exact.snapshot()] : NOBODY;
    const groups = patterns.map((subscriptions) => subscriptions.snapshot());
    return exact ? [exact.snapshot(), ...groups] : groups;
  }

  #addDestination(destination: string): SubscriptionSet {
    const subscriptions = new SubscriptionSet();
    if (!DestinationPattern.isPattern(destination, this.#syntax.wildcards)) {
      this.#exact.set(destination, subscriptions);
      return subscriptions;
    }
    const pattern = compileSubscriptionPattern(destination, this.#syntax);
    this.#patterns.set(destination, { pattern, subscriptions });
    this.#trie.add(pattern, subscriptions);
    this.#cache.clear();
    return subscriptions;
  }

  #deletePattern({ pattern, subscriptions }: PatternEntry): void {
    this.#patterns.delete(pattern.text);
    this.#trie.delete(pattern, subscriptions);
    this.#cache.clear();
  }

  #findPatterns(destination: string): readonly SubscriptionSet[] {
    const known = this.#cache.get(destination);
    if (known) return known;
    const segments = matchableSegments(destination, this.#syntax);
    if (!segments) return NO_PATTERNS;
    const patterns = this.#trie.find(segments);
    if (patterns.length <= MOST_REMEMBERED_PATTERNS) this.#cache.remember(destination, patterns);
    return patterns;
  }
}
