import { MessageRejectedError } from '../../../foundation/errors.js';
import { DestinationPattern, type DestinationSeparator } from '../../../messaging/destination-pattern.js';
import type { PatternSegment } from '../../../messaging/pattern-segment.js';
import { RecentDestinations } from '../../../messaging/recent-destinations.js';
import { compileSubscriptionPattern, matchableSegments } from '../../delivery/subscription-pattern.js';
import type { DestinationKind } from './dialect.js';
import { harmlessWord, segmentOf, wordOf } from './name-words.js';
import { type NameRoot, nameRoots } from './name-roots.js';

/** How an application names its destinations. */
export interface ApplicationNames {
  readonly destinationSeparator: DestinationSeparator;
  /** Those of the relay. */
  readonly destinationPrefixes: readonly string[];
}

/** A place of the broker: a topic or a queue, and its name, words parted by dots. */
export interface BrokerName {
  readonly kind: DestinationKind;
  readonly name: string;
}

/** One word of a wildcard subscription: text, or what stands for exactly one (`any`) or any number of words (`rest`). */
export type PatternWord = string | { readonly stands: 'any' | 'rest' };

/** A wildcard subscription, in words. */
export interface NamePattern {
  readonly kind: DestinationKind;
  /** They cover what the pattern does, and perhaps more: `a*` becomes one word of any text. */
  readonly words: readonly PatternWord[];
  /** Whether it covers a destination of the application. */
  matches(destination: string): boolean;
}

/** Stands first where a destination goes on with the other border than its root usually does: `/topic.x` beside `/topic/x`. */
const OTHER_BORDER = '~_';

const CACHE_LIMIT = 4096;

/**
 * Translates between destinations of the application and names of a broker. What `toBroker` accepts `toApplication` gives back: no two destinations have one name, as
 * a rule about one of them could be evaded by the other.
 */
export class DestinationNames {
  readonly #separator: DestinationSeparator;
  readonly #roots: readonly NameRoot[];
  readonly #isReserved: (kind: DestinationKind, words: readonly string[]) => boolean;
  readonly #names = new RecentDestinations<BrokerName>(CACHE_LIMIT);
  readonly #destinations = new RecentDestinations<{ readonly destination: string | undefined }>(CACHE_LIMIT);

  /** @param isReserved whether a name that begins so means something to the broker */
  constructor(names: ApplicationNames, isReserved: (kind: DestinationKind, words: readonly string[]) => boolean) {
    this.#separator = names.destinationSeparator;
    this.#roots = nameRoots(names.destinationPrefixes, names.destinationSeparator);
    this.#isReserved = isReserved;
  }

  /** Of a destination or pattern; `topic` of one that is none of the broker's. */
  kindOf(destination: string): DestinationKind {
    return this.#rootOf(destination)?.kind ?? 'topic';
  }

  /** @throws MessageRejectedError `DESTINATION_MALFORMED`, which does not end the session: it has no name at the broker */
  toBroker(destination: string): BrokerName {
    const known = this.#names.get(destination);
    if (known) return known;
    const { root, isUsual, rest } = this.#parse(destination);
    const words = rest.split(this.#separator).map((segment) => wordOf(segment, this.#separator));
    const found = { kind: root.kind, name: this.#complete(root, isUsual, words).join('.') };
    if (this.#decode(found) !== destination) {
      throw malformed(destination, 'its name at the broker would be that of another one');
    }
    this.#names.remember(destination, found);
    return found;
  }

  /** The destination of a name; `undefined` for one that no destination of the application has. */
  toApplication({ kind, name }: BrokerName): string | undefined {
    const key = `${kind} ${name}`;
    const known = this.#destinations.get(key);
    if (known) return known.destination;
    const decoded = this.#decode({ kind, name });
    const destination = decoded !== undefined && this.#isNamed(decoded, { kind, name }) ? decoded : undefined;
    this.#destinations.remember(key, { destination });
    return destination;
  }

  /**
   * @param destination that `DestinationPattern.isPattern` takes for one
   * @throws TreadleError `DESTINATION_MALFORMED`: it is none, or beyond the limits of patterns, as with the embedded broker
   */
  patternOf(destination: string): NamePattern {
    const syntax = { separator: this.#separator };
    const { root, isUsual, rest } = this.#parse(destination);
    const pattern = compileSubscriptionPattern(destination, syntax);
    const { segments } = DestinationPattern.compile(rest, { ...syntax, captures: false });
    // Behind a border that does not part segments the first one only is the end of one, where `**` is no more than `*`.
    const isWhole = destination.charAt(root.text.length) === this.#separator;
    const words = segments.map((segment, index) => this.#patternWord(segment, index === 0 && !isWhole));
    return {
      kind: root.kind,
      words: this.#complete(root, isUsual, words),
      matches: (candidate) => {
        const parts = matchableSegments(candidate, syntax);
        return parts !== undefined && pattern.matchesSegments(parts);
      },
    };
  }

  #patternWord({ kind, text }: PatternSegment, isEnd: boolean): PatternWord {
    if (kind === 'literal') return wordOf(text, this.#separator);
    return { stands: kind === 'rest' && !isEnd ? 'rest' : 'any' };
  }

  #rootOf(destination: string): NameRoot | undefined {
    return this.#roots.find(({ text }) => {
      const border = destination.charAt(text.length);
      return destination.startsWith(text) && (border === '' || border === '/' || border === '.');
    });
  }

  #parse(destination: string): { readonly root: NameRoot; readonly isUsual: boolean; readonly rest: string } {
    const root = this.#rootOf(destination);
    if (!root) throw malformed(destination, 'it begins with none of the prefixes of the broker');
    if (destination.length === root.text.length) throw malformed(destination, `nothing follows ${root.text}`);
    // What is not Unicode cannot be written, and what is written instead stands for any of it.
    if (/\p{Surrogate}/u.test(destination)) throw malformed(destination, 'it has half a surrogate pair');
    const isUsual = destination.charAt(root.text.length) === root.border;
    return { root, isUsual, rest: destination.slice(root.text.length + 1) };
  }

  #complete<Wildcard = never>(
    root: NameRoot,
    isUsual: boolean,
    own: readonly (string | Wildcard)[],
  ): readonly (string | Wildcard)[] {
    const words = [...root.words, ...own];
    const [first] = words;
    if (typeof first === 'string' && this.#isTaken(root, words)) words[0] = harmlessWord(first);
    return isUsual ? words : [OTHER_BORDER, ...words];
  }

  #isTaken(root: NameRoot, words: readonly unknown[]): boolean {
    const texts = words.filter((word) => typeof word === 'string');
    if (this.#isReserved(root.kind, texts)) return true;
    if (root.kind === 'queue' || root.words.length > 0) return false;
    // `/topic/pub/x` where `/pub/x` is one as well, and has the plain name.
    return this.#roots.some((other) => other.words.length > 0 && other.words[0] === texts[0]);
  }

  #decode({ kind, name }: BrokerName): string | undefined {
    const all = name.split('.');
    const isUsual = all[0] !== OTHER_BORDER;
    const words = isUsual ? all : all.slice(1);
    const root = this.#rootOfName(kind, words);
    const own = words.slice(root?.words.length ?? 0);
    if (!root || own.length === 0) return undefined;
    const otherBorder = root.border === '/' ? '.' : '/';
    return root.text + (isUsual ? root.border : otherBorder) + own.map(segmentOf).join(this.#separator);
  }

  #rootOfName(kind: DestinationKind, words: readonly string[]): NameRoot | undefined {
    const ofKind = this.#roots.filter((root) => root.kind === kind);
    const begins = (root: NameRoot): boolean =>
      root.words.every((word, index) => segmentOf(word) === segmentOf(words[index] ?? ''));
    // `~!pub` is no `pub`, unless the broker has a meaning for that.
    const plain = ofKind.find((root) => root.words.length === 0);
    const [first = ''] = words;
    if (plain && first.startsWith('~!') && ofKind.some((root) => root.words[0] === first.slice(2))) return plain;
    return ofKind.find((root) => root.words.length > 0 && begins(root)) ?? plain;
  }

  #isNamed(destination: string, { kind, name }: BrokerName): boolean {
    try {
      const found = this.toBroker(destination);
      return found.kind === kind && found.name === name;
    } catch (error) {
      if (error instanceof MessageRejectedError) return false;
      throw error;
    }
  }
}

function malformed(destination: string, problem: string): MessageRejectedError {
  const detail = `'${destination}' is no destination of the broker: ${problem}`;
  return new MessageRejectedError(detail, { code: 'DESTINATION_MALFORMED', endsSession: false });
}
