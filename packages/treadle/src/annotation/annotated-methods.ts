import type { FindingDetails, Report } from '../foundation/finding.js';
import { ANNOTATIONS, type ControllerClass, type MemberName } from './metadata.js';

/** A method as it is found; it is called through its instance only. */
export type Method = (...values: never[]) => unknown;

/** `Class.method`, as it stands in logs and findings. */
export function nameOfMember(type: ControllerClass, member: MemberName): string {
  return `${type.name}.${String(member)}`;
}

/**
 * The methods of a class, and of the classes it extends, that carry an annotation of ours; the nearest of one name counts.
 * Static ones and what is no method are reported.
 * @param problemOf what else is wrong with a method; such a method is left out
 */
export function findAnnotatedMethods(
  type: ControllerClass,
  problemOf: (member: MemberName, method: Method) => FindingDetails | undefined,
  report: Report,
): ReadonlyMap<MemberName, Method> {
  for (const member of ANNOTATIONS.members.readOwn(type) ?? []) {
    report({
      location: nameOfMember(type, member),
      problem: 'it is static, and handlers are methods of instances',
      cure: 'drop `static`',
    });
  }
  const prototype = type.prototype as object; // a class has a prototype; its type says any
  const found = new Map<MemberName, Method>();
  for (const member of annotatedMembers(prototype)) {
    const method = findMethod(prototype, member);
    const problem = method ? problemOf(member, method) : NO_METHOD;
    if (problem !== undefined) report({ location: nameOfMember(type, member), ...problem });
    else if (method) found.set(member, method);
  }
  return found;
}

const NO_METHOD: FindingDetails = { problem: 'it is not a method', cure: 'declare it as one, not as a property' };

/** The object and what it inherits from, the nearest first, without `Object.prototype`. */
export function* prototypeChain(start: object): Iterable<object> {
  let holder: unknown = start;
  while (typeof holder === 'object' && holder !== null && holder !== Object.prototype) {
    yield holder;
    holder = Object.getPrototypeOf(holder);
  }
}

function annotatedMembers(prototype: object): ReadonlySet<MemberName> {
  return new Set([...prototypeChain(prototype)].flatMap((holder) => ANNOTATIONS.members.readOwn(holder) ?? []));
}

/** Does not run getters. */
function findMethod(prototype: object, member: MemberName): Method | undefined {
  for (const holder of prototypeChain(prototype)) {
    const value: unknown = Object.getOwnPropertyDescriptor(holder, member)?.value;
    if (typeof value === 'function') return value as Method; // all that is called of it is done through the instance
  }
  return undefined;
}
