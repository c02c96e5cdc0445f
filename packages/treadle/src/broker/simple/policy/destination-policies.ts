import { DestinationPattern, type PatternSyntax } from '../../../messaging/destination-pattern.js';
import type { Message } from '../../../messaging/message.js';
import type { DestinationPolicy } from './destination-policy.js';

/** One policy with its patterns, ready to match. */
interface Entry {
  readonly policy: DestinationPolicy;
  readonly patterns: readonly DestinationPattern[];
}

/** How destinations are read. */
export interface PolicySyntax extends PatternSyntax {
  /** What begins user destinations; default `/user`. */
  readonly userPrefix?: string;
}

/** Destinations whose policy is remembered, the oldest leaving first, and how long one may be for that: clients choose them. */
const CACHE_LIMITS = { destinations: 4096, characters: 256 };

/** Remembered of a destination without policy; not `undefined`, so that one look-up tells. */
const NONE = null;

/**
 * Finds the policy of a destination: the first of the list that has a pattern which matches. Without policies every question is answered at
 * once.
 */
export class DestinationPolicies {
  readonly #entries: readonly Entry[];
  readonly #ofUsers: readonly Entry[];
  readonly #isEmpty: boolean;
  /** Plain text that whatever matches begins with. */
  readonly #beginnings: readonly string[];
  /** `NONE` for a destination without policy: that is remembered too. */
  readonly #cache = new Map<string, DestinationPolicy | typeof NONE>();
  /** Several parts of the broker ask about the same message, one after the other. */
  #lastDestination: string | undefined;
  #lastFound: DestinationPolicy | undefined;

  /** @param policies that `PolicyChecks` found nothing wrong with */
  constructor(policies: readonly DestinationPolicy[] = [], { userPrefix = '/user', ...syntax }: PolicySyntax = {}) {
    const entries = policies.map((policy) => ({
      policy,
      patterns: destinationsOf(policy).map((text) => compilePolicyPattern(text, syntax)),
    }));
    this.#entries = withPatterns(entries, ({ text }) => !namesUsers(text, userPrefix));
    this.#ofUsers = withPatterns(entries, ({ text }) => namesUsers(text, userPrefix));
    this.#isEmpty = policies.length === 0;
    const patterns = entries.flatMap((entry) => entry.patterns);
    this.#beginnings = [...new Set(patterns.map(beginningOf))];
  }

  /**
   * The policy of the destination of a message or SUBSCRIBE. One that was translated for a user is looked up as the client knows it, among the
   * patterns that begin with the user prefix: what the framework tells a client there must not fall under a limit that was meant for topics.
   */
  find(message: Message): DestinationPolicy | undefined {
    if (this.#isEmpty) return undefined;
    const { destination, userDestination } = message;
    if (userDestination !== undefined) return this.#find(userDestination, true);
    return destination === undefined ? undefined : this.#find(destination, false);
  }

  /** The policy of a destination, or of a pattern by its own text. */
  findFor(destination: string): DestinationPolicy | undefined {
    return this.#isEmpty ? undefined : this.#find(destination, false);
  }

  #find(destination: string, isForUser: boolean): DestinationPolicy | undefined {
    // User destinations have names of their own, so what is remembered serves both.
    if (destination === this.#lastDestination) return this.#lastFound;
    // Most messages go where no policy is: nothing is looked up or remembered for them.
    if (!this.#beginnings.some((beginning) => destination.startsWith(beginning))) return undefined;
    const known = this.#cache.get(destination);
    const found = known === undefined ? this.#match(destination, isForUser) : known;
    this.#lastDestination = destination;
    this.#lastFound = found === NONE ? undefined : found;
    return this.#lastFound;
  }

  #match(destination: string, isForUser: boolean): DestinationPolicy | typeof NONE {
    const entries = isForUser ? this.#ofUsers : this.#entries;
    const entry = entries.find(({ patterns }) => patterns.some((pattern) => pattern.matches(destination)));
    const found = entry?.policy ?? NONE;
    this.#remember(destination, found);
    return found;
  }

  #remember(destination: string, policy: DestinationPolicy | typeof NONE): void {
    if (destination.length > CACHE_LIMITS.characters) return;
    if (this.#cache.size >= CACHE_LIMITS.destinations) {
      const [oldest = ''] = this.#cache.keys();
      this.#cache.delete(oldest);
    }
    this.#cache.set(destination, policy);
  }
}

/** `/queue/**` matches `/queue` too, so the separator does not belong to it. */
function beginningOf({ text }: DestinationPattern): string {
  const wildcard = text.search(/[*?{#]/);
  return wildcard < 0 ? text : text.slice(0, wildcard).replace(/[/.]$/, '');
}

/** The destinations of a policy as a list. */
export function destinationsOf({ destinations }: DestinationPolicy): readonly string[] {
  return typeof destinations === 'string' ? [destinations] : destinations;
}

/** A pattern of a policy, read as those of subscriptions are: `{anything}` is `*`. @throws TreadleError `DESTINATION_MALFORMED` */
export function compilePolicyPattern(text: string, syntax: PatternSyntax): DestinationPattern {
  return DestinationPattern.compile(text, { ...syntax, captures: false });
}

/** Whether a pattern is about user destinations: it says so, in plain text. @param userPrefix what begins them */
export function namesUsers(text: string, userPrefix: string): boolean {
  return text.startsWith(`${userPrefix.replace(/\/+$/, '')}/`);
}

function withPatterns(entries: readonly Entry[], isMeant: (pattern: DestinationPattern) => boolean): readonly Entry[] {
  return entries.map(({ policy, patterns }) => ({ policy, patterns: patterns.filter(isMeant) }));
}
