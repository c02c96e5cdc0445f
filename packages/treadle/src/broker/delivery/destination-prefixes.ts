import { ConfigurationError, MessageRejectedError } from '../../foundation/errors.js';

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
      const cure = "name at least one, such as '/topic'";
      throw new ConfigurationError({ location: LOCATION, problem: 'it is empty', cure });
    }
    for (const [index, prefix] of this.#prefixes.entries()) checkPrefix(prefix, this.#given[index] ?? '');
    const slashed = this.#prefixes.filter((prefix) => prefix.startsWith('/'));
    if (slashed.length === 0 || slashed.length === this.#prefixes.length) return;
    const problem = `[${this.#given.join(', ')}] mixes names with and without a leading '/'`;
    throw new ConfigurationError({ location: LOCATION, problem, cure: 'write all of them one way' });
  }
}

/** Why a user destination cannot be subscribed to that leads beyond the prefixes: nobody else will take what has been translated, so silence would leave the client waiting. */
export function unreachableDestination(userDestination: string, destination: string): MessageRejectedError {
  const detail = `${userDestination} leads to ${destination}, which has none of the broker's prefixes`;
  return new MessageRejectedError(detail, { code: 'DESTINATION_UNKNOWN' });
}

const LOCATION = 'destinationPrefixes';

function isBorder(destination: string, at: number): boolean {
  if (at === destination.length) return true;
  const next = destination.charAt(at);
  return next === '/' || next === '.';
}

function checkPrefix(prefix: string, given: string): void {
  if (prefix === '') {
    const problem = `the prefix '${given}' would cover the destinations of controllers and users too`;
    throw new ConfigurationError({ location: LOCATION, problem, cure: "name a part, such as '/topic'" });
  }
  if (/[*?{}]/.test(prefix)) {
    const problem = `the prefix '${given}' holds a wildcard, and prefixes are plain text`;
    throw new ConfigurationError({ location: LOCATION, problem, cure: 'write what stands before the wildcard' });
  }
}
