import { types } from 'node:util';
import { findMethod, prototypeChain } from '../foundation/class-members.js';
import type { FindingDetails, Report } from '../foundation/finding.js';
import { reporting } from '../foundation/findings.js';
import { createTrigger } from './create-trigger.js';
import { scheduledMembers, schedulesOf } from './scheduled.js';
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
  readonly scopeOf: (type: ScannedClass) => string | undefined;
}

/** A class of a service or controller. */
export type ScannedClass = abstract new (...args: never[]) => object;

/** The `@Scheduled` methods of a class and of those it extends, in the order of their declaration, each with its trigger. */
export function scanSchedules(type: ScannedClass, options: ScheduleScanOptions): readonly ScheduledMethod[] {
  const prototype = type.prototype as object; // a class has a prototype; its type says any
  for (const member of scheduledMembers(type)) {
    options.report({ location: nameOf(type, member), problem: '@Scheduled: it is static', cure: 'make it a method of instances' });
  }
  const members = new Set([...prototypeChain(prototype)].flatMap((holder) => scheduledMembers(holder)));
  return [...members].flatMap((member) => scanMethod(type, prototype, member, options));
}

function scanMethod(
  type: ScannedClass,
  prototype: object,
  member: string | symbol,
  { report, resolvePlaceholders, scopeOf }: ScheduleScanOptions,
): readonly ScheduledMethod[] {
  const name = nameOf(type, member);
  const problem = problemOf(prototype, member, scopeOf(type));
  if (problem !== undefined) {
    report({ location: name, problem: `@Scheduled: ${problem.problem}`, cure: problem.cure });
    return [];
  }
  return schedulesOf(prototype, member, 'inherited').flatMap((written) => {
    const reportOf: Report = ({ problem: mistake, cure }) =>
      report({ location: name, problem: `@Scheduled: ${mistake}`, cure });
    const trigger = reporting(reportOf, name, () => createTrigger(written, resolvePlaceholders));
    return trigger ? { name, member, trigger } : [];
  });
}

function problemOf(prototype: object, member: string | symbol, scope: string | undefined): FindingDetails | undefined {
  const method = findMethod(prototype, member);
  if (!method) return { problem: 'it is not a method', cure: 'declare it as one, not as a property or accessor' };
  if (types.isGeneratorFunction(method)) return { problem: 'it is a generator, which nobody runs', cure: 'return nothing, or a promise' };
  if (method.length > 0) return { problem: 'it takes arguments, and nobody gives it any', cure: 'leave its parameters away' };
  if (scope === undefined) return undefined;
  return {
    problem: `its class is ${scope}, so there is no one instance to call`,
    cure: 'move the method to a service that is not',
  };
}

function nameOf(type: ScannedClass, member: string | symbol): string {
  return `${type.name}.${String(member)}`;
}
