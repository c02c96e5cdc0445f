import type { DestinationPattern } from '../../../messaging/destination-pattern.js';
import type { Message } from '../../../messaging/message.js';

/** The last message of one destination. */
export interface Retained {
  readonly published: Message;
  /** Counts what is retained, of all destinations: the later one has the greater number. */
  readonly sequence: number;
}

/**
 * The last message of each destination that retains it, of at most so many: the one that was published longest ago goes first. A message with an
 * empty payload is none and clears what there is (MQTT 5.0 § 3.3.1.3).
 */
export class RetainedMessages {
  readonly #most: number;
  readonly #byDestination = new Map<string, Retained & { readonly segments: readonly string[] }>();
  #sequence = 0;

  /** @param most destinations at one time */
  constructor(most: number) {
    this.#most = most;
  }

  /** Of the message that was retained last. */
  get sequence(): number {
    return this.#sequence;
  }

  /** @param destination that of the message */
  keep(destination: string, published: Message, separator: string): void {
    const known = this.#byDestination.get(destination);
    this.#byDestination.delete(destination); // to the end of the map, which is ordered by age
    this.#sequence += 1;
    if (published.payload.length === 0) return;
    const segments = known?.segments ?? destination.split(separator);
    this.#byDestination.set(destination, { published, sequence: this.#sequence, segments });
    if (this.#byDestination.size > this.#most) this.delete(this.#byDestination.keys().next().value ?? '');
  }

  get(destination: string): Retained | undefined {
    return this.#byDestination.get(destination);
  }

  delete(destination: string): void {
    this.#byDestination.delete(destination);
  }

  /** The destinations that a pattern matches, the one published to longest ago first. Looks at every one. */
  matching(pattern: DestinationPattern): readonly string[] {
    const found: string[] = [];
    for (const [destination, { segments }] of this.#byDestination) {
      if (pattern.matchesSegments(segments)) found.push(destination);
    }
    return found;
  }

  clear(): void {
    this.#byDestination.clear();
  }
}
