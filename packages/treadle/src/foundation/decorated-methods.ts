import 'reflect-metadata';
import { types } from 'node:util';
import { findMethod, type Method, prototypeChain } from './class-members.js';
import type { FindingDetails, Report } from './finding.js';

/** A class whose methods may be decorated. */
export type DecoratedClass = abstract new (...args: never[]) => object;

/** What a search among decorated members is told. */
export interface MethodSearch {
  /** Takes one mistake: class, method and cure. */
  readonly report: Report;
  /** What else is wrong with a method; such a method is left out. */
  readonly problemOf: (member: string | symbol, method: Method) => FindingDetails | undefined;
}

/** Which members of classes carry a kind of decorator: those decorators note them, and whoever serves them finds the methods. */
export class DecoratedMembers {
  readonly #key: string;

  /** @param name of the kind, such as `scheduled-members` */
  constructor(name: string) {
    this.#key = `treadle:${name}`;
  }

  /** @param target what the decorator was given: a prototype, or the class for a static member */
  note(target: object, member: string | symbol): void {
    const present = this.#noted(target);
    if (!present.includes(member)) Reflect.defineMetadata(this.#key, [...present, member], target);
  }

  /** The members of a prototype and of those it inherits from, in the order of their declaration: those of a base class first. */
  of(prototype: object): readonly (string | symbol)[] {
    return [...new Set([...prototypeChain(prototype)].toReversed().flatMap((holder) => this.#noted(holder)))];
  }

  /** The methods among the members of a class; of one name the nearest counts. Static members and what is no method are reported. */
  findMethods(type: DecoratedClass, { report, problemOf }: MethodSearch): ReadonlyMap<string | symbol, Method> {
    for (const member of this.#noted(type)) report({ location: nameOfMember(type, member), ...STATIC });
    const prototype = type.prototype as object; // a class has a prototype; its type says any
    const found = new Map<string | symbol, Method>();
    for (const member of this.of(prototype)) {
      const method = findMethod(prototype, member);
      const problem = method ? problemOf(member, method) : NO_METHOD;
      if (problem !== undefined) report({ location: nameOfMember(type, member), ...problem });
      else if (method) found.set(member, method);
    }
    return found;
  }

  #noted(target: object): readonly (string | symbol)[] {
    const members: unknown = Reflect.getOwnMetadata(this.#key, target);
    return Array.isArray(members) ? (members as (string | symbol)[]) : []; // only `note` writes this key
  }
}

const STATIC: FindingDetails = { problem: 'it is static', cure: 'make it a method of instances' };

const NO_METHOD: FindingDetails = {
  problem: 'it is not a method',
  cure: 'declare it as one, not as a property or accessor',
};

/** `Class.method`, as it stands in logs and findings. */
export function nameOfMember(type: DecoratedClass, member: string | symbol): string {
  return `${type.name}.${String(member)}`;
}

/**
 * What keeps the application from running a method by itself.
 * @param scope the decorator that makes many instances of its class, such as `@SessionScoped()`; `undefined` when there is one
 */
export function problemOfRunning(method: Method, scope: string | undefined): FindingDetails | undefined {
  if (types.isGeneratorFunction(method)) {
    return { problem: 'it is a generator, and nobody runs it', cure: 'return nothing or a promise' };
  }
  if (scope === undefined) return undefined;
  return {
    problem: `its class is ${scope}, so there is no one instance to call`,
    cure: 'move the method to a service that is not',
  };
}

/** Reports with the decorator in front of what is wrong: `@Scheduled: it is static`. */
export function reportOf(decorator: string, report: Report): Report {
  return ({ problem, ...finding }) => report({ ...finding, problem: `${decorator}: ${problem}` });
}
