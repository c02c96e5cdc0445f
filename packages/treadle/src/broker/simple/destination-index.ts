import { MessageRejectedError } from '../../foundation/errors.js';
import { DestinationPattern } from '../../messaging/destination-pattern.js';
import { PatternTrie } from './pattern-trie.js';
import { type Subscription, SubscriptionSet } from './subscription.js';

/** Subscriptions that a message reaches, in groups: arrays that later changes do not touch. */
export type SubscriptionGroups = readonly (readonly Subscription[])[];

interface PatternEntry {
  readonly pattern: DestinationPattern;
  readonly subscriptions: SubscriptionSet;
}

const NOBODY: SubscriptionGroups = [];

/** Characters of a subscription pattern; with what a destination may have it bounds the work that two clients can cause together. */
const LONGEST_PATTERN = 512;

/**
 * Finds the subscriptions of a destination: exact ones in a map, patterns in a tree, and behind a bounded cache from destinations to
 * patterns, which holds until a pattern comes that nobody had subscribed to, or the last subscription of a pattern goes.
 */
export class DestinationIndex {
  readonly #exact = new Map<string, SubscriptionSet>();
  readonly #patterns = new Map<string, PatternEntry>();
  readonly #trie = new PatternTrie<SubscriptionSet>();
  readonly #cache = new Map<string, readonly SubscriptionSet[]>();
  readonly #cacheLimit: number;

  /** @param cacheLimit destinations whose patterns are remembered, the oldest leaving first */
  constructor(cacheLimit: number) {
    this.#cacheLimit = cacheLimit;
  }

  /** @throws TreadleError `DESTINATION_MALFORMED` for a pattern that is none or is longer than 512 characters */
  add(subscription: Subscription): void {
    const { destination } = subscription;
    const existing = this.#exact.get(destination) ?? this.#patterns.get(destination)?.subscriptions;
    (existing ?? this.#addDestination(destination)).add(subscription);
  }

  delete(subscription: Subscription): void {
    const { destination } = subscription;
    const entry = this.#patterns.get(destination);
    const subscriptions = entry?.subscriptions ?? this.#exact.get(destination);
    subscriptions?.delete(subscription);
    if (!subscriptions?.isEmpty) return;
    if (entry) this.#deletePattern(entry);
    else this.#exact.delete(destination);
  }

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
    if (!DestinationPattern.isPattern(destination)) {
      this.#exact.set(destination, subscriptions);
      return subscriptions;
    }
    const pattern = compile(destination);
    this.#patterns.set(destination, { pattern, subscriptions });
    this.#trie.add(pattern.segments, subscriptions);
    this.#cache.clear();
    return subscriptions;
  }

  #deletePattern({ pattern, subscriptions }: PatternEntry): void {
    this.#patterns.delete(pattern.text);
    this.#trie.delete(pattern.segments, subscriptions);
    this.#cache.clear();
  }

  #findPatterns(destination: string): readonly SubscriptionSet[] {
    const known = this.#cache.get(destination);
    if (known) return known;
    const found = this.#trie.find(destination);
    if (this.#cache.size >= this.#cacheLimit) this.#forgetOldest();
    if (this.#cacheLimit > 0) this.#cache.set(destination, found);
    return found;
  }

  #forgetOldest(): void {
    for (const oldest of this.#cache.keys()) {
      this.#cache.delete(oldest);
      return;
    }
  }
}

function compile(destination: string): DestinationPattern {
  if (destination.length > LONGEST_PATTERN) {
    const detail = `a subscription pattern has ${destination.length} characters; ${LONGEST_PATTERN} are allowed`;
    throw new MessageRejectedError(detail, { code: 'DESTINATION_MALFORMED' });
  }
  // Variables mean nothing to a subscription, and no regular expression may come from a client.
  return DestinationPattern.compile(destination, { captures: false });
}
