import { types } from 'node:util';
import { findMethod, prototypeChain } from '../foundation/class-members.js';
import { ConfigurationError } from '../foundation/errors.js';
import { scheduledMembers, schedulesOf } from './scheduled.js';
import { createTrigger, type Trigger } from './trigger.js';

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
  readonly report: (finding: string) => void;
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
    options.report(`@Scheduled of ${nameOf(type, member)}: it is static; make it a method of instances`);
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
    report(`@Scheduled of ${name}: ${problem}`);
    return [];
  }
  return schedulesOf(prototype, member, 'inherited').flatMap((written) => {
    try {
      return { name, member, trigger: createTrigger(written, resolvePlaceholders) };
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      report(`@Scheduled of ${name}: ${error.message}`);
      return [];
    }
  });
}

function problemOf(prototype: object, member: string | symbol, scope: string | undefined): string | undefined {
  const method = findMethod(prototype, member);
  if (!method) return 'it is not a method; declare it as one, not as a property or accessor';
  if (types.isGeneratorFunction(method))
    return 'it is a generator, which nobody would run; return nothing, or a promise';
  if (method.length > 0) return 'it takes arguments, and nobody gives it any; leave its parameters away';
  if (scope === undefined) return undefined;
  return `its class is ${scope}, so there is no one instance to call; move the method to a service that is not`;
}

function nameOf(type: ScannedClass, member: string | symbol): string {
  return `${type.name}.${String(member)}`;
}
