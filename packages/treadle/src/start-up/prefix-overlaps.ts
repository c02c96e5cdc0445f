import type { Broker } from '../broker/broker.js';
import type { FindingDetails } from '../foundation/finding.js';
import type { Findings } from '../foundation/findings.js';
import { type ApplicationOptions, DEFAULTS } from '../options.js';

/** What of the controllers matters here. */
interface MappedMethods {
  /** One per pattern of each method. */
  readonly mappings: readonly { readonly handler: { readonly name: string } }[];
}

/**
 * Looks whether every destination has one owner: the controllers, the broker or the user destinations. (Spring hands a message to all whose
 * prefix it has, so that it is handled twice.) `/` or an empty application prefix offers every destination to the controllers and is meant so.
 * Reports every pair of prefixes that share destinations, and that no client reaches the controllers.
 */
export function checkPrefixes(
  options: ApplicationOptions,
  { mappings }: MappedMethods,
  broker: Broker,
  findings: Findings,
): void {
  const { applicationDestinationPrefixes: application = DEFAULTS.applicationDestinationPrefixes } = options;
  const { userDestinationPrefix = DEFAULTS.userDestinationPrefix } = options;
  const owners = [
    ...application.map((prefix) => new Owner('the application prefix', prefix, '/')),
    new Owner('the user prefix', userDestinationPrefix, '/'),
    ...broker.destinationPrefixes.map((prefix) => new Owner("the broker's prefix", prefix, '/.')),
  ].filter(({ prefix }) => prefix !== '');
  for (const [index, owner] of owners.entries()) {
    for (const other of owners.slice(index + 1)) {
      const overlap = owner.describeOverlap(other);
      if (overlap) findings.report(overlap);
    }
  }
  const [unreachable] = mappings;
  if (unreachable && application.length === 0) {
    findings.report({
      location: 'applicationDestinationPrefixes',
      problem: `it is empty, so nobody reaches ${unreachable.handler.name}`,
      cure: "name one, such as '/app', or '/' for every destination",
    });
  }
}

/** Who handles the destinations of a prefix. */
class Owner {
  readonly kind: string;
  /** Without what ends it. */
  readonly prefix: string;
  /** Characters of which one follows the prefix in the destinations of this owner. */
  readonly #borders: string;

  constructor(kind: string, prefix: string, borders: string) {
    this.kind = kind;
    this.prefix = prefix.replace(/[/.]+$/, '');
    this.#borders = prefix.endsWith('.') ? '/.' : borders;
  }

  /** Two prefixes of one owner may lie within each other. */
  describeOverlap(other: Owner): FindingDetails | undefined {
    if (other.kind === this.kind || !(this.#covers(other.prefix) || other.#covers(this.prefix))) return undefined;
    const inner = this.prefix.length > other.prefix.length ? this.prefix : other.prefix;
    return {
      location: `${this.kind} '${this.prefix}'`,
      problem: `it overlaps ${other.kind} '${other.prefix}': a message to '${inner}/…' would be handled twice`,
      cure: 'let none of them begin another',
    };
  }

  #covers(prefix: string): boolean {
    if (!prefix.startsWith(this.prefix)) return false;
    return prefix.length === this.prefix.length || this.#borders.includes(prefix.charAt(this.prefix.length));
  }
}
