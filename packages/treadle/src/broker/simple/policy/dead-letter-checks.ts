import type { Report } from '../../../foundation/finding.js';
import { DestinationPattern, type PatternSyntax } from '../../../messaging/destination-pattern.js';
import { destinationsOf } from './destination-policies.js';
import type { DestinationPolicy } from './destination-policy.js';
import { TOPIC_OPTIONS } from './policy-option-checks.js';

/** A pattern of a list of policies, with where it stands. */
export interface PlacedPattern {
  readonly pattern: DestinationPattern;
  readonly policy: DestinationPolicy;
  /** Of its policy. */
  readonly index: number;
}

/** What the destination of dead letters is looked at with. */
export interface DeadLetterSurroundings {
  readonly syntax: PatternSyntax;
  /** Of the broker. */
  readonly prefixes: readonly string[];
  readonly covers: (destination: string) => boolean;
  /** Of all policies, in their order. */
  readonly patterns: readonly PlacedPattern[];
}

/** Reports dead letters that nobody could find, that would come back for ever, or that a policy makes something else of than the queue that they are. */
export function checkDeadLetters(
  policy: { readonly deadLetters?: unknown },
  { syntax, prefixes, covers, patterns }: DeadLetterSurroundings,
  location: string,
  report: Report,
): void {
  const { deadLetters } = policy;
  if (typeof deadLetters !== 'string' || deadLetters === '') return; // told with the other options
  if (!covers(deadLetters)) {
    const problem = `'${deadLetters}' has none of the broker's prefixes [${prefixes.join(', ')}]`;
    return void report({ location, problem, cure: 'begin it with one of them' });
  }
  if (DestinationPattern.isPattern(deadLetters, syntax.wildcards)) {
    const problem = `'${deadLetters}' is a pattern, and dead letters go to one queue`;
    return void report({ location, problem, cure: 'write its name without wildcards' });
  }
  if (patterns.some((each) => each.policy === policy) && isAllOf(policy as DestinationPolicy, deadLetters)) {
    const problem = `'${deadLetters}' is the queue itself, so that its messages never become dead letters`;
    return void report({ location, problem, cure: 'name another one, or leave it out' });
  }
  const first = patterns.find(({ pattern }) => pattern.matches(deadLetters));
  const ignored = first && topicOptionOf(first.policy);
  if (!first || ignored === undefined) return;
  const problem = `'${deadLetters}' is a queue because dead letters go there, but policies[${first.index}] says ${ignored} of it`;
  report({ location, problem, cure: "name another one, or give it a policy with kind: 'queue' before that one" });
}

/** @param policy with destinations that are texts */
function isAllOf(policy: DestinationPolicy, deadLetters: string): boolean {
  return destinationsOf(policy).every((destination) => destination === deadLetters);
}

/** What a policy says that only topics know. */
function topicOptionOf(policy: DestinationPolicy): string | undefined {
  if (policy.kind === 'queue') return undefined;
  const own = Object.entries(policy).filter(([name, value]) => value !== undefined && TOPIC_OPTIONS.includes(name));
  if (policy.kind === 'topic') return "kind: 'topic'";
  return own[0]?.[0];
}
