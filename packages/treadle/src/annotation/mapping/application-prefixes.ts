import type { DestinationSeparator } from '../../messaging/destination-pattern.js';

/**
 * The beginnings of destinations that controllers answer (Spring: `SimpAnnotationMethodMessageHandler.setDestinationPrefixes`). A prefix ends
 * with a slash, written or not, and with `.` as separator it may end with a dot instead: `/app` covers `/app/red.blue`, `app.` covers
 * `app.red.blue`.
 */
export class ApplicationPrefixes {
  /** The longest first, so that `/app/v2` is not taken for `/app` and a destination `/v2/…`; each with its slash or dot. */
  readonly #prefixes: readonly string[];
  readonly #separator: DestinationSeparator;

  /** @param prefixes `/` or an empty one stands for every destination */
  constructor(prefixes: readonly string[], separator: DestinationSeparator) {
    this.#prefixes = prefixes
      .map((prefix) => withBorder(prefix, separator))
      .toSorted((first, second) => second.length - first.length);
    this.#separator = separator;
  }

  /** As they are written before a destination; the one for every destination is empty. */
  get texts(): readonly string[] {
    return this.#prefixes.map((prefix) => (prefix.endsWith('/') ? prefix.slice(0, -1) : prefix));
  }

  /** The destination without its prefix, as mappings are written: with its slash, or without where dots part segments. */
  lookupDestination(destination: string): string | undefined {
    const prefix = this.#prefixes.find((each) => destination.startsWith(each));
    if (prefix === undefined) return undefined;
    return destination.slice(this.#separator === '/' ? prefix.length - 1 : prefix.length);
  }

  /** A destination that has no prefix as if it had one that was taken off. */
  withoutBorder(destination: string): string {
    return this.#separator === '.' && destination.startsWith('/') ? destination.slice(1) : destination;
  }

  /** Where a mapping is reached by what `lookupDestination` made of a destination: below the first of the prefixes. */
  fullDestination(lookupDestination: string): string {
    const [prefix = '/'] = this.#prefixes;
    return prefix + (lookupDestination.startsWith('/') ? lookupDestination.slice(1) : lookupDestination);
  }

  /** Where a mapping is reached, once per prefix; a pattern stays one. */
  fullDestinations(pattern: string): readonly string[] {
    return this.#prefixes.map((prefix) => prefix + (pattern.startsWith('/') ? pattern.slice(1) : pattern));
  }

  /** What a pattern repeats of a prefix, which it should not: it answers below that prefix, not at it. */
  repeatedBy(pattern: string): string | undefined {
    return this.texts.find((prefix) => prefix !== '' && pattern.startsWith(withBorder(prefix, this.#separator)));
  }
}

function withBorder(prefix: string, separator: DestinationSeparator): string {
  return prefix.endsWith('/') || (separator === '.' && prefix.endsWith('.')) ? prefix : `${prefix}/`;
}
