import { ConfigurationError } from '../foundation/errors.js';
import type { Report } from '../foundation/finding.js';
import { closest } from '../foundation/spelling.js';
import type { DestinationPattern } from '../messaging/destination-pattern.js';
import type { HandlerInfo } from './handler-info.js';

/** What is known of a handler method while it is being compiled. */
export interface HandlerDeclaration {
  /** `Class.method`. */
  readonly name: string;
  /** Its own patterns; for an exception handler, those of all methods it may follow. */
  readonly patterns: readonly DestinationPattern[];
  readonly isExceptionHandler: boolean;
  /** Whether it answers SUBSCRIBE frames, which have no body (STOMP 1.2 § Body); default false. */
  readonly isSubscription?: boolean;
  /** Takes what works but is probably a mistake, with its cure; it is logged at start. */
  readonly warn: Report;
}

/** What a destination matched; shared by all messages to it, so nothing of it may be changed. */
export interface MappingMatch {
  /** The method with the mapping. */
  readonly handler: HandlerInfo;
  /** By name, on an object without prototype. */
  readonly variables: Readonly<Record<string, string>>;
  /** The destination without the application prefix, with its leading `/` unless dots part segments. */
  readonly lookupDestination: string;
}

/**
 * Makes sure that a variable can have a value whenever the handler runs; an exception handler runs after several mappings, so one that has
 * it is enough.
 * @param use how the variable is used, to begin the problem with
 * @param options.byAll whether every pattern must have it, or one is enough
 * @param options.location of the finding; default the method
 * @throws ConfigurationError
 */
export function requireVariable(
  declaration: HandlerDeclaration,
  variable: string,
  use: string,
  { byAll = true, location = declaration.name }: { readonly byAll?: boolean; readonly location?: string } = {},
): void {
  const without = declaration.patterns.filter((pattern) => !pattern.variableNames.includes(variable));
  const isOneEnough = declaration.isExceptionHandler || !byAll;
  const isMet = isOneEnough ? without.length < declaration.patterns.length : without.length === 0;
  if (isMet) return;
  const patterns = without.map((pattern) => `'${pattern.text}'`).join(', ') || 'no pattern at all';
  const meant = closest(
    variable,
    without.flatMap((pattern) => pattern.variableNames),
  );
  throw new ConfigurationError({
    location,
    problem: `${use} needs the variable '${variable}', but the mapping is ${patterns}`,
    cure: meant === undefined ? `add {${variable}} there or correct the name` : `did you mean '${meant}'?`,
  });
}
