import { DestinationPattern, type PatternSyntax } from '../../../messaging/destination-pattern.js';
import type { Message } from '../../../messaging/message.js';
import { keptOctetsOf } from '../policy/message-octets.js';
import type { KeptLimits } from './kept-limits.js';

/** The last message of one destination. */
export interface Retained {
  readonly published: Message;
  /** Counts what is retained, of all destinations: the later one has the greater number. */
  readonly sequence: number;
}

interface Entry extends Retained {
  /** `undefined` when it has too many for a pattern. */
  readonly segments: readonly string[] | undefined;
  readonly octets: number;
}

/**
 * The last message of each destination that retains it, within limits: the one that was published longest ago goes first. A message with an
 * empty payload is none and clears what there is (MQTT 5.0 § 3.3.1.3).
 */
export class RetainedMessages {
  readonly #limits: KeptLimits;
  readonly #syntax: PatternSyntax;
  readonly #byDestination = new Map<string, Entry>();
  #sequence = 0;
  #octets = 0;

  constructor(limits: KeptLimits, syntax: PatternSyntax) {
    this.#limits = limits;
    this.#syntax = syntax;
  }

  /** Of the message that was retained last. */
  get sequence(): number {
    return this.#sequence;
  }

  /** @param destination that of the message */
  keep(destination: string, published: Message): void {
    const segments = this.#byDestination.get(destination)?.segments;
    this.#delete(destination); // so that it goes to the end of the map, which is ordered by age
    this.#sequence += 1;
    if (published.payload.length === 0) return;
    const octets = keptOctetsOf(published) + destination.length;
    this.#octets += octets;
    const entry = { published, octets, sequence: this.#sequence, segments: segments ?? this.#cut(destination) };
    this.#byDestination.set(destination, entry);
    while (this.#isTooMuch) this.#deleteOldest();
  }

  get(destination: string): Retained | undefined {
    return this.#byDestination.get(destination);
  }

  /** How many there are. */
  get size(): number {
    return this.#byDestination.size;
  }

  /** A destination, if it has one. */
  only(destination: string): readonly string[] {
    return this.#byDestination.has(destination) ? [destination] : [];
  }

  /** The destinations that a pattern matches, the one published to longest ago first. Looks at every one. */
  matching(pattern: DestinationPattern): readonly string[] {
    const found: string[] = [];
    for (const [destination, { segments }] of this.#byDestination) {
      if (segments && pattern.matchesSegments(segments)) found.push(destination);
    }
    return found;
  }

  clear(): void {
    this.#byDestination.clear();
    this.#octets = 0;
  }

  /** Patterns match no destination of more than 64 segments or 1024 characters, here as in `DestinationIndex`: clients choose both. */
  #cut(destination: string): readonly string[] | undefined {
    if (destination.length > 1024) return undefined;
    const segments = DestinationPattern.segmentsOf(destination, this.#syntax);
    return segments.length > 64 ? undefined : segments;
  }

  get #isTooMuch(): boolean {
    const { size } = this.#byDestination;
    return size > this.#limits.destinations || (size > 1 && this.#octets > this.#limits.octets);
  }

  #deleteOldest(): void {
    for (const destination of this.#byDestination.keys()) return this.#delete(destination);
  }

  #delete(destination: string): void {
    this.#octets -= this.#byDestination.get(destination)?.octets ?? 0;
    this.#byDestination.delete(destination);
  }
}
