import type { FindingDetails } from '../../../foundation/finding.js';
import { DestinationPattern, type PatternSyntax } from '../../../messaging/destination-pattern.js';
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

/**
 * Finds dead letters that would lie where nobody can find them, that are the queue itself, or of whose destination a policy says what does not hold for
 * the queue that it is.
 */
export function findDeadLetterMistake(
  policy: { readonly deadLetters?: unknown },
  { syntax, prefixes, covers, patterns }: DeadLetterSurroundings,
): FindingDetails | undefined {
  const { deadLetters } = policy;
  if (typeof deadLetters !== 'string' || deadLetters === '') return undefined; // told with the other options
  if (!covers(deadLetters)) {
    const problem = `'${deadLetters}' has none of the broker's prefixes [${prefixes.join(', ')}]`;
    return { problem, cure: 'begin it with one of them' };
  }
  if (DestinationPattern.isPattern(deadLetters, syntax.wildcards)) {
    const problem = `'${deadLetters}' is a pattern, and dead letters go to one queue`;
    return { problem, cure: 'write its name without wildcards' };
  }
  const own = patterns.filter((each) => each.policy === policy);
  if (own.length > 0 && own.every(({ pattern }) => pattern.text === deadLetters)) {
    const problem = `'${deadLetters}' is the queue itself, so that its messages never become dead letters`;
    return { problem, cure: 'name another one, or leave it out' };
  }
  const first = patterns.find(({ pattern }) => pattern.matches(deadLetters));
  const ignored = first && optionOfTopics(first.policy);
  if (!first || ignored === undefined) return undefined;
  const problem = `'${deadLetters}' is a queue, as dead letters go there, but policies[${first.index}] gives it ${ignored}`;
  return { problem, cure: "name another one, or give it a policy with kind: 'queue' before that one" };
}

/** What a policy says that only topics know. */
function optionOfTopics(policy: DestinationPolicy): string | undefined {
  if (policy.kind !== undefined) return policy.kind === 'topic' ? "kind: 'topic'" : undefined;
  const given = Object.entries(policy).find(([name, value]) => value !== undefined && TOPIC_OPTIONS.includes(name));
  return given?.[0];
}
