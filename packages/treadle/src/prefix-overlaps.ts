import type { Broker } from './broker/broker.js';
import { ConfigurationError } from './foundation/errors.js';
import { type ApplicationOptions, DEFAULTS } from './options.js';

/** What of the controllers matters here. */
interface MappedMethods {
  /** One per pattern of each method. */
  readonly mappings: readonly { readonly handler: { readonly name: string } }[];
}

/**
 * Makes sure that every destination has one owner: the controllers, the broker or the user destinations. (Spring hands a message to all whose
 * prefix it has, so that it is handled twice.) `/` or an empty application prefix offers every destination to the controllers and is meant so.
 * @throws ConfigurationError listing every pair of prefixes that share destinations, and that no client reaches the controllers
 */
export function requireApart(options: ApplicationOptions, { mappings }: MappedMethods, broker: Broker): void {
  const { applicationDestinationPrefixes: application = DEFAULTS.applicationDestinationPrefixes } = options;
  const { userDestinationPrefix = DEFAULTS.userDestinationPrefix } = options;
  const owners = [
    ...application.map((prefix) => new Owner("the application prefix", prefix, '/')),
    new Owner("the user prefix", userDestinationPrefix, '/'),
    ...broker.destinationPrefixes.map((prefix) => new Owner("the broker's prefix", prefix, '/.')),
  ].filter(({ prefix }) => prefix !== '');
  const findings = owners.flatMap((owner, index) =>
    owners.slice(index + 1).flatMap((other) => owner.describeOverlap(other) ?? []),
  );
  const [unreachable] = mappings;
  if (unreachable && application.length === 0) {
    const cure = "name one, such as '/app', or '/' for every destination";
    findings.push(`applicationDestinationPrefixes is empty, so nobody reaches ${unreachable.handler.name}: ${cure}`);
  }
  if (findings.length > 0) throw new ConfigurationError([...new Set(findings)].join('\n'));
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
  describeOverlap(other: Owner): string | undefined {
    if (other.kind === this.kind || !(this.#covers(other.prefix) || other.#covers(this.prefix))) return undefined;
    const inner = this.prefix.length > other.prefix.length ? this.prefix : other.prefix;
    const both = `${this.kind} '${this.prefix}' and ${other.kind} '${other.prefix}' overlap`;
    return `${both}: a message to '${inner}/…' would be handled twice; let none of them begin another`;
  }

  #covers(prefix: string): boolean {
    if (!prefix.startsWith(this.prefix)) return false;
    return prefix.length === this.prefix.length || this.#borders.includes(prefix.charAt(this.prefix.length));
  }
}
