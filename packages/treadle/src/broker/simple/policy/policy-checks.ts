import { inspect } from 'node:util';
import type { Report } from '../../../foundation/finding.js';
import { reporting } from '../../../foundation/findings.js';
import { anyObject, checkKind } from '../../../foundation/option-kind.js';
import type { DestinationPattern, PatternSyntax } from '../../../messaging/destination-pattern.js';
import { PatternAutomaton } from '../../../messaging/pattern-automaton.js';
import { findOverlap, mayOverlap } from '../../../messaging/pattern-overlap.js';
import { findDeadLetterMistake, type PlacedPattern } from './dead-letter-checks.js';
import { compilePolicyPattern, namesUsers } from './destination-policies.js';
import type { DestinationPolicy } from './destination-policy.js';
import { checkPolicyOptions } from './policy-option-checks.js';
import { findForeignWildcard } from './wildcard-checks.js';

/** What policies are checked against. */
export interface PolicySurroundings {
  readonly syntax: PatternSyntax;
  /** Of the broker. */
  readonly prefixes: readonly string[];
  /** What begins user destinations. */
  readonly userPrefix: string;
  /** Whether a destination is the broker's. */
  readonly covers: (destination: string) => boolean;
}

/** Patterns before one are searched through for what they leave it; of more than that nothing is said. */
const MOST_EARLIER = 50;

/**
 * Looks at all policies of a broker and reports whatever makes one of them wrong or useless, each with its place in the list and the cure.
 * Options of plain JavaScript may be anything.
 */
export class PolicyChecks {
  readonly #surroundings: PolicySurroundings;
  readonly #report: Report;
  /** Of the policies before the one at hand. */
  readonly #earlier: PlacedPattern[] = [];

  constructor(surroundings: PolicySurroundings, report: Report) {
    this.#surroundings = surroundings;
    this.#report = report;
  }

  run(policies: readonly unknown[]): void {
    for (const [index, policy] of policies.entries()) this.#checkPolicy(policy, index);
    for (const [index, policy] of policies.entries()) {
      const surroundings = { ...this.#surroundings, patterns: this.#earlier };
      const mistake = findDeadLetterMistake(Object(policy) as object, surroundings); // {} for null
      if (mistake) this.#report({ ...mistake, location: `policies[${index}].deadLetters` });
    }
  }

  #checkPolicy(given: unknown, index: number): void {
    const location = `policies[${index}]`;
    const kind = { ...anyObject, name: "an object such as { destinations: '/topic/**' }" };
    if (checkKind(kind, given ?? null, location, this.#report) === undefined) return;
    const policy = given as DestinationPolicy; // its parts are looked at one by one
    checkPolicyOptions(policy, location, this.#report);
    this.#checkDestinations(policy, index);
  }

  #checkDestinations(policy: DestinationPolicy, index: number): void {
    const location = `policies[${index}].destinations`;
    const given: unknown = policy.destinations;
    const texts: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (given === undefined || texts.length === 0) {
      this.#report({ location, problem: 'there are none', cure: "name one, such as '/topic/**'" });
      return;
    }
    const patterns = texts.flatMap((text) => this.#checkDestination(text, policy, location) ?? []);
    for (const pattern of patterns) this.#checkReach(pattern, location);
    this.#earlier.push(...patterns.map((pattern) => ({ pattern, policy, index })));
  }

  #checkDestination(text: unknown, policy: DestinationPolicy, location: string): DestinationPattern | undefined {
    if (typeof text !== 'string' || text === '') {
      const cure = "give texts, such as '/topic/**'";
      this.#report({ location, problem: `${inspect(text)} is no destination`, cure });
      return undefined;
    }
    const { syntax } = this.#surroundings;
    const pattern = reporting(this.#report, location, () => compilePolicyPattern(text, syntax));
    if (!pattern) return undefined;
    const foreign = findForeignWildcard(text, syntax.wildcards);
    if (foreign) this.#report({ ...foreign, location });
    if (this.#isOfUsers(text)) this.#checkForUsers(text, policy, location);
    else if (!this.#isOfBroker(pattern)) {
      const problem = `'${text}' matches no destination of the broker, whose prefixes are [${this.#surroundings.prefixes.join(', ')}]`;
      this.#report({ location, problem, cure: 'begin it with one of them, or add its prefix' });
      return undefined;
    }
    return pattern;
  }

  #isOfUsers(text: string): boolean {
    return namesUsers(text, this.#surroundings.userPrefix);
  }

  #checkForUsers(text: string, policy: DestinationPolicy, location: string): void {
    const what = keptBy(policy);
    if (what === undefined) return;
    const problem = `'${text}' is a user destination, which belongs to one session and ends with it: it cannot have ${what}`;
    this.#report({ location, problem, cure: 'give user destinations a policy of their own, without it' });
  }

  /** Whether one of the broker's destinations may match. */
  #isOfBroker(pattern: DestinationPattern): boolean {
    const { covers, prefixes, syntax } = this.#surroundings;
    if (pattern.isExact) return covers(pattern.text);
    if (syntax.wildcards === 'rabbitmq') return this.#beginsAsBroker(pattern);
    const everything = prefixes.flatMap((prefix) => this.#everythingBelow(prefix));
    return everything.some((all) => mayOverlap([pattern, all]));
  }

  /** The wildcards of RabbitMQ are words of their own, so what stands before the first one tells. */
  #beginsAsBroker({ text }: DestinationPattern): boolean {
    const start = text.replace(/(^|[/.])[*#](\..*)?$/s, '');
    return start === '' || this.#surroundings.covers(start);
  }

  /** Patterns of all that a prefix covers, which ends at a slash or a dot. */
  #everythingBelow(prefix: string): readonly DestinationPattern[] {
    const { syntax } = this.#surroundings;
    const plain = prefix.replace(/[/.]+$/, '');
    const texts = syntax.separator === '.' ? [`${plain}.**`, `${plain}/*.**`] : [`${plain}/**`, `${plain}.*/**`];
    return texts.map((text) => compilePolicyPattern(text, syntax));
  }

  #checkReach(pattern: DestinationPattern, location: string): void {
    const isOfUsers = this.#isOfUsers(pattern.text);
    const earlier = this.#earlier
      .filter((each) => isRegular(each.pattern) && this.#isOfUsers(each.pattern.text) === isOfUsers)
      .slice(0, MOST_EARLIER);
    if (earlier.length === 0 || !isRegular(pattern)) return;
    const none = earlier.map((each) => each.pattern);
    const { destination, isDecided } = findOverlap({ all: [pattern], none, allowsEmptySegments: true });
    if (destination !== undefined || !isDecided) return;
    const covering = earlier.filter((each) => overlaps(pattern, each.pattern)).map((each) => each.index);
    const places = [...new Set(covering)].map((index) => `policies[${index}]`).join(' and ');
    const problem = `'${pattern.text}' never counts, because ${places} before it covers all it matches`;
    this.#report({ location, problem, cure: 'move this policy before it, or drop the pattern' });
  }
}

/** What a policy asks for that outlives a session. */
function keptBy(policy: DestinationPolicy): string | undefined {
  if (policy.kind === 'queue') return "kind: 'queue'";
  if (policy.history !== undefined) return 'a history';
  return policy.retainLast ? 'retainLast' : undefined;
}

function overlaps(pattern: DestinationPattern, other: DestinationPattern): boolean {
  return findOverlap({ all: [pattern, other], none: [], allowsEmptySegments: true }).destination !== undefined;
}

function isRegular(pattern: DestinationPattern): boolean {
  return PatternAutomaton.isRegular(pattern);
}
