import { types } from 'node:util';
import { DestinationPattern } from '../../messaging/destination-pattern.js';
import { isErrorClass } from '../arguments/argument-resolvers.js';
import { ExceptionHandlers } from '../failures/exception-handlers.js';
import { compileHandler, type Findings, type HandlerSeams, type Report, reporting } from '../handler-compiler.js';
import type { HandlerMethod } from '../handler-method.js';
import { ANNOTATIONS, type Class, type ControllerClass, type MemberName, readParameterTypes } from '../metadata.js';

/** A controller class and its exception handlers. */
export interface ControllerDefinition {
  readonly type: ControllerClass;
  readonly exceptionHandlers: ExceptionHandlers;
}

/** What messages a mapping answers: `MESSAGE` for `@MessageMapping`, `SUBSCRIBE` for `@SubscribeMapping`. */
export type MappedType = 'MESSAGE' | 'SUBSCRIBE';

/** One pattern of one handler method. */
export interface Mapping {
  readonly type: MappedType;
  readonly pattern: DestinationPattern;
  readonly handler: HandlerMethod;
  readonly controller: ControllerDefinition;
}

/** What is known of a controller after its scan. */
export interface ScannedController {
  readonly controller: ControllerDefinition;
  readonly mappings: readonly Mapping[];
}

/** Reads a controller's annotations and compiles its methods; reports everything it finds wrong, not only the first. */
export function scanController(type: ControllerClass, seams: HandlerSeams, findings: Findings): ScannedController {
  const scan = new ControllerScan(type, seams, findings);
  scan.run();
  return { controller: scan.controller, mappings: scan.mappings };
}

type Method = (...values: never[]) => unknown;

class ControllerScan {
  readonly controller: ControllerDefinition;
  readonly mappings: Mapping[] = [];
  readonly #type: ControllerClass;
  readonly #prototype: object;
  readonly #seams: HandlerSeams;
  readonly #report: Report;
  readonly #warn: Report;
  /** Of all mappings, also of those that could not be compiled. */
  readonly #patterns: DestinationPattern[] = [];

  constructor(type: ControllerClass, seams: HandlerSeams, { report, warn }: Findings) {
    this.controller = { type, exceptionHandlers: new ExceptionHandlers() };
    this.#type = type;
    this.#prototype = type.prototype as object; // a class has a prototype; its type says any
    this.#seams = seams;
    this.#report = report;
    this.#warn = warn;
  }

  run(): void {
    const type = this.#type;
    if (!ANNOTATIONS.controller.read(type)) {
      this.#report(`${type.name} has no @Controller(): decorate the class with it`);
    }
    for (const member of ANNOTATIONS.members.readOwn(type) ?? []) {
      this.#report(`${this.#nameOf(member)} is static: handlers are methods of instances, drop \`static\``);
    }
    const methods = this.#handlerMethods();
    const classPatterns = this.#compilePatterns(ANNOTATIONS.messageMapping.read(type) ?? [], type.name);
    for (const [member, method] of methods) this.#scanMappings(member, method, classPatterns);
    // Afterwards, for they may use the variables of every mapping.
    for (const [member, method] of methods) this.#scanExceptionHandler(member, method);
  }

  #nameOf(member: MemberName): string {
    return `${this.#type.name}.${String(member)}`;
  }

  #handlerMethods(): ReadonlyMap<MemberName, Method> {
    const found = new Map<MemberName, Method>();
    for (const holder of prototypeChain(this.#prototype)) {
      for (const member of ANNOTATIONS.members.readOwn(holder) ?? []) {
        const method = found.has(member) ? undefined : this.#handlerMethod(member);
        if (method) found.set(member, method);
      }
    }
    return found;
  }

  /** The method of an annotated member, or `undefined` when it is none that could handle anything, which is then reported. */
  #handlerMethod(member: MemberName): Method | undefined {
    const method = findMethod(this.#prototype, member);
    const problem = method ? this.#problemOf(member, method) : 'is not a method: declare it as one, not as a property';
    if (problem === undefined) return method;
    this.#report(`${this.#nameOf(member)} ${problem}`);
    return undefined;
  }

  #problemOf(member: MemberName, method: Method): string | undefined {
    const { messageMapping, subscribeMapping, messageExceptionHandler } = ANNOTATIONS;
    const isMapped = [messageMapping, subscribeMapping].some((each) => each.read(this.#prototype, member));
    const handlesErrors = messageExceptionHandler.read(this.#prototype, member) !== undefined;
    if (types.isGeneratorFunction(method)) return 'is a generator: return one value, or a promise of it';
    if (isMapped && handlesErrors) return 'is a mapping and a @MessageExceptionHandler: make it two methods';
    if (isMapped || handlesErrors) return undefined;
    return 'is annotated but answers nothing: add @MessageMapping, @SubscribeMapping or @MessageExceptionHandler';
  }

  #scanMappings(member: MemberName, method: Method, classPatterns: readonly DestinationPattern[]): void {
    const { messageMapping, subscribeMapping } = ANNOTATIONS;
    const forms = [
      { type: 'MESSAGE', decorator: '@MessageMapping()', given: messageMapping.read(this.#prototype, member) },
      { type: 'SUBSCRIBE', decorator: '@SubscribeMapping()', given: subscribeMapping.read(this.#prototype, member) },
    ] as const;
    const name = this.#nameOf(member);
    for (const { type, decorator, given } of forms) {
      if (!given) continue;
      const own = this.#compilePatterns(given, name);
      if (own.length < given.length) continue; // reported already
      const patterns = combine(classPatterns, own, (compile) => this.#reporting(name, compile));
      if (given.length > 0 && patterns.length === 0) continue; // reported already
      // Every destination begins with a slash, so nothing would ever match an empty pattern.
      if (patterns.length === 0 || patterns.some(({ text }) => text === '')) {
        this.#report(`${decorator} of ${name} has no pattern, and its class has none: give one of them a pattern`);
        continue;
      }
      this.#addMappings(type, member, method, patterns);
    }
  }

  #addMappings(type: MappedType, member: MemberName, method: Method, patterns: readonly DestinationPattern[]): void {
    this.#patterns.push(...patterns);
    const handler = this.#compile(member, method, { patterns, isExceptionHandler: false }, type === 'SUBSCRIBE');
    if (!handler) return;
    for (const pattern of patterns) this.mappings.push({ type, pattern, handler, controller: this.controller });
  }

  #compilePatterns(patterns: readonly string[], where: string): readonly DestinationPattern[] {
    return patterns.flatMap((pattern) => {
      // As Spring's `DestinationPatternsMessageCondition`: destinations begin with a slash, so a pattern without one is meant to.
      const text = pattern === '' || pattern.startsWith('/') ? pattern : `/${pattern}`;
      return this.#reporting(where, () => DestinationPattern.compile(text)) ?? [];
    });
  }

  #scanExceptionHandler(member: MemberName, method: Method): void {
    const given = ANNOTATIONS.messageExceptionHandler.read(this.#prototype, member);
    if (!given) return;
    const emitted = readParameterTypes(this.#prototype, member) ?? [];
    const errorTypes = given.length > 0 ? given : emitted.filter(isErrorClass);
    if (errorTypes.length === 0) {
      const cure = 'write @MessageExceptionHandler(Error), or type a parameter';
      this.#report(`@MessageExceptionHandler() of ${this.#nameOf(member)} names no error: ${cure}`);
    }
    const handler = this.#compile(member, method, { patterns: this.#patterns, isExceptionHandler: true }, false);
    if (handler) for (const type of errorTypes) this.#addExceptionHandler(type, handler);
  }

  #addExceptionHandler(type: Class | undefined, handler: HandlerMethod): void {
    if (!type) {
      this.#report(`a type of @MessageExceptionHandler of ${handler.name} is undefined: break the circular import`);
      return;
    }
    const present = this.controller.exceptionHandlers.add(type, handler);
    if (present) this.#report(`${present.name} and ${handler.name} both handle ${type.name}: leave it to one of them`);
  }

  #compile(
    member: MemberName,
    method: Method,
    declared: { readonly patterns: readonly DestinationPattern[]; readonly isExceptionHandler: boolean },
    isSubscription: boolean,
  ): HandlerMethod | undefined {
    const declaration = { name: this.#nameOf(member), ...declared, warn: this.#warn };
    const source = { controller: this.#type, member, arity: method.length, declaration, isSubscription };
    return compileHandler(source, this.#seams, this.#report);
  }

  #reporting<T>(where: string, compile: () => T): T | undefined {
    return reporting((finding) => this.#report(`${where}: ${finding}`), compile);
  }
}

/** Every pattern of the class before every pattern of the method; one level alone when the other has none (Spring: `DestinationPatternsMessageCondition`). */
function combine(
  classPatterns: readonly DestinationPattern[],
  own: readonly DestinationPattern[],
  reported: (compile: () => DestinationPattern) => DestinationPattern | undefined,
): readonly DestinationPattern[] {
  if (classPatterns.length === 0) return own;
  if (own.length === 0) return classPatterns;
  // Together they may be malformed: one variable on both levels.
  return classPatterns.flatMap((parent) => own.flatMap((child) => reported(() => parent.combine(child)) ?? []));
}

/** Does not run getters. */
function findMethod(prototype: object, member: MemberName): Method | undefined {
  for (const holder of prototypeChain(prototype)) {
    const value: unknown = Object.getOwnPropertyDescriptor(holder, member)?.value;
    if (typeof value === 'function') return value as Method; // all that is called of it is done through the instance
  }
  return undefined;
}

function* prototypeChain(start: object): Iterable<object> {
  let holder: unknown = start;
  while (typeof holder === 'object' && holder !== null && holder !== Object.prototype) {
    yield holder;
    holder = Object.getPrototypeOf(holder);
  }
}
