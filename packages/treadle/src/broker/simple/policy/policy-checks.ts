import { inspect } from 'node:util';
import type { Report } from '../../../foundation/finding.js';
import { reporting } from '../../../foundation/findings.js';
import type { DestinationPattern, PatternSyntax } from '../../../messaging/destination-pattern.js';
import { PatternAutomaton } from '../../../messaging/pattern-automaton.js';
import { findOverlap, mayOverlap } from '../../../messaging/pattern-overlap.js';
import { compilePolicyPattern } from './destination-policies.js';
import type { DestinationPolicy } from './destination-policy.js';
import { checkPolicyOptions } from './policy-option-checks.js';

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
  readonly #earlier: { readonly pattern: DestinationPattern; readonly policy: number }[] = [];

  constructor(surroundings: PolicySurroundings, report: Report) {
    this.#surroundings = surroundings;
    this.#report = report;
  }

  run(policies: unknown): void {
    if (policies === undefined) return;
    if (!Array.isArray(policies)) {
      const problem = `it is ${inspect(policies, { depth: 0 })}`;
      this.#report({ location: 'simpleBroker, policies', problem, cure: 'give a list of policies' });
      return;
    }
    const list: readonly unknown[] = policies;
    for (const [index, policy] of list.entries()) this.#checkPolicy(policy, index);
  }

  #checkPolicy(given: unknown, index: number): void {
    const location = `simpleBroker, policies[${index}]`;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      const cure = "give an object such as { destinations: '/topic/**' }";
      this.#report({ location, problem: `it is ${inspect(given, { depth: 0 })}`, cure });
      return;
    }
    const policy = given as DestinationPolicy; // its parts are looked at one by one
    checkPolicyOptions(policy, location, this.#report);
    this.#checkDestinations(policy, index);
    const { deadLetters } = policy as { readonly deadLetters?: unknown }; // of a queue
    this.#checkDeadLetters(deadLetters, `${location}.deadLetters`);
  }

  #checkDestinations(policy: DestinationPolicy, index: number): void {
    const location = `simpleBroker, policies[${index}].destinations`;
    const given: unknown = policy.destinations;
    const texts: readonly unknown[] = Array.isArray(given) ? given : [given];
    if (given === undefined || texts.length === 0) {
      this.#report({ location, problem: 'there are none', cure: "name one, such as '/topic/**'" });
      return;
    }
    const patterns = texts.flatMap((text) => this.#checkDestination(text, policy, location) ?? []);
    for (const pattern of patterns) this.#checkReach(pattern, location);
    this.#earlier.push(...patterns.map((pattern) => ({ pattern, policy: index })));
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
    if (this.#isOfUsers(text)) this.#checkForUsers(text, policy, location);
    else if (!this.#isOfBroker(pattern)) {
      const problem = `'${text}' matches no destination of the broker, whose prefixes are [${this.#surroundings.prefixes.join(', ')}]`;
      this.#report({ location, problem, cure: 'begin it with one of them, or add its prefix' });
      return undefined;
    }
    return pattern;
  }

  #isOfUsers(text: string): boolean {
    return text.startsWith(`${this.#surroundings.userPrefix}/`);
  }

  #checkForUsers(text: string, policy: DestinationPolicy, location: string): void {
    const what = keptBy(policy);
    if (what === undefined) return;
    const problem = `'${text}' is a user destination, which belongs to one session and ends with it: it cannot have ${what}`;
    this.#report({ location, problem, cure: 'give user destinations a policy of their own, without it' });
  }

  /** Whether one of the broker's destinations, or a user destination, may match. */
  #isOfBroker(pattern: DestinationPattern): boolean {
    const { covers, prefixes, syntax, userPrefix } = this.#surroundings;
    if (pattern.isExact) return covers(pattern.text);
    if (syntax.wildcards === 'rabbitmq') return this.#beginsAsBroker(pattern);
    const everything = [...prefixes, userPrefix].flatMap((prefix) => this.#everythingBelow(prefix));
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
    const earlier = this.#earlier.filter((each) => isRegular(each.pattern)).slice(0, MOST_EARLIER);
    if (earlier.length === 0 || !isRegular(pattern)) return;
    const none = earlier.map((each) => each.pattern);
    const { destination, isDecided } = findOverlap({ all: [pattern], none, allowsEmptySegments: true });
    if (destination !== undefined || !isDecided) return;
    const covering = earlier.filter((each) => overlaps(pattern, each.pattern)).map((each) => each.policy);
    const places = [...new Set(covering)].map((index) => `policies[${index}]`).join(' and ');
    const problem = `'${pattern.text}' never counts, because ${places} before it covers all it matches`;
    this.#report({ location, problem, cure: 'move this policy before it, or drop the pattern' });
  }

  #checkDeadLetters(destination: unknown, location: string): void {
    if (typeof destination !== 'string' || destination === '') return; // told with the other options
    if (this.#surroundings.covers(destination)) return;
    const { prefixes } = this.#surroundings;
    const problem = `'${destination}' has none of the broker's prefixes [${prefixes.join(', ')}]`;
    this.#report({ location, problem, cure: 'begin it with one of them' });
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
