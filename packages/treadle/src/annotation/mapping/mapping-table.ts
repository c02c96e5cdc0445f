import { ConfigurationError } from '../../foundation/errors.js';
import type { Mapping } from './controller-scan.js';

/** A mapping with what its variables caught. */
export interface FoundMapping {
  readonly mapping: Mapping;
  readonly variables: Readonly<Record<string, string>>;
}

const NO_VARIABLES: FoundMapping['variables'] = Object.freeze(Object.create(null) as Record<string, string>); // Object.create returns any

/** The mappings of one type of message. */
export class MappingTable {
  readonly #byPattern = new Map<string, Mapping>();
  readonly #exact = new Map<string, Mapping>();
  readonly #patterns: Mapping[] = [];

  /** Those whose patterns match more than their own text, in the order they were added. */
  get patterns(): readonly Mapping[] {
    return this.#patterns;
  }

  /** The mapping that answers the same destinations already; then nothing is added. */
  add(mapping: Mapping): Mapping | undefined {
    const { pattern } = mapping;
    // `/{room}` and `/{name}` are one pattern; quantifiers of expressions begin with a digit and stay.
    const key = pattern.text.replaceAll(/\{[\p{L}_$][^{}:]*/gu, '{');
    const present = this.#byPattern.get(key);
    if (present) return present;
    this.#byPattern.set(key, mapping);
    if (pattern.isExact) this.#exact.set(pattern.text, mapping);
    else this.#patterns.push(mapping);
    return undefined;
  }

  /**
   * The mapping that answers a destination: an exact one, else the one that none of the others beats.
   * @throws ConfigurationError when that are several
   */
  find(destination: string): FoundMapping | undefined {
    const exact = this.#exact.get(destination);
    if (exact) return { mapping: exact, variables: NO_VARIABLES };
    const matching = this.#patterns.filter(({ pattern }) => pattern.matches(destination));
    const unbeaten = matching.filter((each) => !matching.some((other) => this.#beats(other, each, destination)));
    const [mapping, rival] = unbeaten.length > 0 ? unbeaten : matching;
    if (mapping && rival) {
      throw new ConfigurationError(`'${destination}' fits ${nameOf(mapping)} and ${nameOf(rival)} equally well`);
    }
    const variables = mapping?.pattern.match(destination);
    return mapping && variables && { mapping, variables };
  }

  /** A mapping that answers a destination rather than one of these, which match it too. */
  findBetter(than: readonly Mapping[], destination: string): Mapping | undefined {
    const exact = this.#exact.get(destination);
    if (exact) return exact;
    return this.#patterns.find(
      (each) => each.pattern.matches(destination) && than.some((given) => this.#beats(each, given, destination)),
    );
  }

  /** Of two patterns of one method that fit equally well, the one that is written first counts (Spring: `DestinationPatternsMessageCondition`). */
  #beats(mapping: Mapping, other: Mapping, destination: string): boolean {
    const order = mapping.pattern.compareTo(other.pattern, destination);
    if (order !== 0 || mapping.handler !== other.handler) return order < 0;
    return this.#patterns.indexOf(mapping) < this.#patterns.indexOf(other);
  }
}

/** `Class.method ('/pattern')`. */
export function nameOf({ pattern, handler }: Mapping): string {
  return `${handler.name} ('${pattern.text}')`;
}
