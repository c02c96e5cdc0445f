import type { Method } from '../foundation/class-members.js';
import { type DecoratedClass, nameOfMember, problemOfRunning, reportOf } from '../foundation/decorated-methods.js';
import type { FindingDetails, Report } from '../foundation/finding.js';
import { reporting } from '../foundation/findings.js';
import { createTrigger } from './create-trigger.js';
import { SCHEDULED_MEMBERS, schedulesOf } from './scheduled.js';
import type { Trigger } from './trigger.js';

/** One `@Scheduled` of one method. */
export interface ScheduledMethod {
  /** `Class.method`, for logs and errors. */
  readonly name: string;
  readonly member: string | symbol;
  readonly trigger: Trigger;
}

/** What a scan is told. */
export interface ScheduleScanOptions {
  /** Takes one mistake: class, method and cure. */
  readonly report: Report;
  /** Replaces placeholders in expressions, time zones and numbers given as text. @throws ConfigurationError for an unknown one */
  readonly resolvePlaceholders: (text: string) => string;
  /** The decorator that makes many instances of the class, such as `@SessionScoped()`; `undefined` when there is one instance. */
  readonly scopeOf: (type: DecoratedClass) => string | undefined;
}

/** The `@Scheduled` methods of a class and of those it extends, each with its trigger; what is wrong with one is reported, and it is left out. */
export function scanSchedules(type: DecoratedClass, options: ScheduleScanOptions): readonly ScheduledMethod[] {
  const report = reportOf('@Scheduled', options.report);
  const scope = options.scopeOf(type);
  const problemOf = (_member: string | symbol, method: Method): FindingDetails | undefined =>
    problemOfRunning(method, scope) ?? (method.length > 0 ? TAKES_ARGUMENTS : undefined);
  const prototype = type.prototype as object; // a class has a prototype; its type says any
  const members = [...SCHEDULED_MEMBERS.findMethods(type, { report, problemOf }).keys()];
  return members.flatMap((member) => {
    const name = nameOfMember(type, member);
    return schedulesOf(prototype, member, 'inherited').flatMap((written) => {
      const trigger = reporting(report, name, () => createTrigger(written, options.resolvePlaceholders));
      return trigger ? { name, member, trigger } : [];
    });
  });
}

const TAKES_ARGUMENTS: FindingDetails = {
  problem: 'it takes arguments, and nobody gives it any',
  cure: 'leave its parameters away',
};
