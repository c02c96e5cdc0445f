import { ConfigurationError } from '../../foundation/errors.js';

/**
 * Which destinations belong to the broker. A prefix ends at a border: `/topic` covers `/topic`, `/topic/prices` and, for dotted names,
 * `/topic.prices`, but not `/topics` (Spring compares beginnings only, so that `/topic` covers `/topics` as well).
 */
export class DestinationPrefixes {
  readonly #given: readonly string[];
  readonly #prefixes: readonly string[];
  /** Several handlers ask about the same message, one after the other. */
  #lastCovered: string | undefined;

  /** @param prefixes a `/` or `.` at the end makes no difference */
  constructor(prefixes: readonly string[]) {
    this.#given = prefixes;
    this.#prefixes = prefixes.map((prefix) => prefix.replace(/[/.]+$/, ''));
  }

  covers(destination: string): boolean {
    if (destination === this.#lastCovered) return true;
    const isCovered = this.#prefixes.some(
      (prefix) => destination.startsWith(prefix) && isBorder(destination, prefix.length),
    );
    if (isCovered) this.#lastCovered = destination;
    return isCovered;
  }

  /** @throws ConfigurationError saying which prefix, why, and the cure */
  check(): void {
    if (this.#given.length === 0) {
      throw new ConfigurationError("simpleBroker: destinationPrefixes is empty; name at least one, such as '/topic'");
    }
    for (const [index, prefix] of this.#prefixes.entries()) checkPrefix(prefix, this.#given[index] ?? '');
    const slashed = this.#prefixes.filter((prefix) => prefix.startsWith('/'));
    if (slashed.length === 0 || slashed.length === this.#prefixes.length) return;
    const detail = `destinationPrefixes [${this.#given.join(', ')}] mixes names with and without a leading '/'`;
    throw new ConfigurationError(`simpleBroker: ${detail}; write all of them one way`);
  }
}

function isBorder(destination: string, at: number): boolean {
  if (at === destination.length) return true;
  const next = destination.charAt(at);
  return next === '/' || next === '.';
}

function checkPrefix(prefix: string, given: string): void {
  if (prefix === '') {
    const reason = 'would cover the destinations of controllers and users too';
    throw new ConfigurationError(`simpleBroker: the prefix '${given}' ${reason}; name a part, such as '/topic'`);
  }
  if (/[*?{}]/.test(prefix)) {
    throw new ConfigurationError(`simpleBroker: the prefix '${given}' holds a wildcard; prefixes are plain text`);
  }
}
