import type { Method } from '../../foundation/class-members.js';
import { nameOfMember } from '../../foundation/decorated-methods.js';
import type { FindingDetails, Report } from '../../foundation/finding.js';
import { type Findings, reporting } from '../../foundation/findings.js';
import type { DestinationPattern } from '../../messaging/destination-pattern.js';
import { scanExceptionHandler } from '../failures/exception-handler-scan.js';
import { ExceptionHandlers } from '../failures/exception-handlers.js';
import { compileHandler, type HandlerSeams } from '../handler-compiler.js';
import { HandlerInfo } from '../handler-info.js';
import type { HandlerMethod } from '../handler-method.js';
import { ANNOTATIONS, type ControllerClass, type MemberName } from '../metadata.js';
import { PatternCompiler } from './pattern-compiler.js';

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
  /** Of all its mappings, also of those that could not be compiled. */
  readonly patterns: readonly DestinationPattern[];
}

/** Reads a controller's annotations and compiles its methods; reports everything it finds wrong, not only the first. */
export function scanController(type: ControllerClass, seams: HandlerSeams, findings: Told): ScannedController {
  const scan = new ControllerScan(type, seams, findings);
  scan.run();
  return { controller: scan.controller, mappings: scan.mappings, patterns: scan.patterns };
}

type Told = Pick<Findings, 'report' | 'warn'>;

class ControllerScan {
  readonly controller: ControllerDefinition;
  readonly mappings: Mapping[] = [];
  readonly patterns: DestinationPattern[] = [];
  readonly #type: ControllerClass;
  readonly #prototype: object;
  readonly #seams: HandlerSeams;
  readonly #report: Report;
  readonly #warn: Report;
  readonly #patternCompiler: PatternCompiler;
  /** One per method, whatever it is mapped to. */
  readonly #infos = new Map<MemberName, HandlerInfo>();

  constructor(type: ControllerClass, seams: HandlerSeams, { report, warn }: Told) {
    this.controller = { type, exceptionHandlers: new ExceptionHandlers() };
    this.#type = type;
    this.#prototype = type.prototype as object; // a class has a prototype; its type says any
    this.#seams = seams;
    this.#report = report;
    this.#warn = warn;
    this.#patternCompiler = new PatternCompiler(seams);
  }

  run(): void {
    const type = this.#type;
    if (!ANNOTATIONS.controller.read(type)) {
      const isMapped = ANNOTATIONS.members.of(this.#prototype).length > 0;
      this.#report({ location: type.name, ...(isMapped ? NO_CONTROLLER : NO_CONTROLLER_AT_ALL) });
    }
    const methods = ANNOTATIONS.members.findMethods(type, {
      problemOf: (member) => this.#problemOf(member),
      report: this.#report,
    });
    const given = ANNOTATIONS.messageMapping.read(type) ?? [];
    const classPatterns = this.#compilePatterns(given, type.name);
    // Without one of the class's patterns every mapping would be another than is meant.
    if (classPatterns.length < given.length) return;
    for (const [member, method] of methods) this.#scanMappings(member, method, classPatterns);
    // Afterwards, for they may use the variables of every mapping.
    for (const [member, method] of methods) this.#scanExceptionHandler(member, method);
  }

  #nameOf(member: MemberName): string {
    return nameOfMember(this.#type, member);
  }

  #problemOf(member: MemberName): FindingDetails | undefined {
    const { messageMapping, subscribeMapping, messageExceptionHandler } = ANNOTATIONS;
    const isMapped = [messageMapping, subscribeMapping].some((each) => each.read(this.#prototype, member));
    const handlesErrors = messageExceptionHandler.read(this.#prototype, member) !== undefined;
    if (isMapped && handlesErrors) {
      return { problem: 'it is a mapping and a @MessageExceptionHandler', cure: 'make it two methods' };
    }
    if (isMapped || handlesErrors) return undefined;
    const cure = 'add @MessageMapping, @SubscribeMapping or @MessageExceptionHandler';
    return { problem: 'it is annotated but answers nothing', cure };
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
      // An empty pattern would answer the prefix alone, which is not a destination of this method but of all.
      if (patterns.length === 0 || patterns.some(({ text }) => text === '')) {
        const problem = `its ${decorator} has no pattern, and its class has none`;
        this.#report({ location: name, problem, cure: 'give one of them a pattern' });
        continue;
      }
      this.#addMappings(type, member, method, patterns);
    }
  }

  #addMappings(type: MappedType, member: MemberName, method: Method, patterns: readonly DestinationPattern[]): void {
    this.patterns.push(...patterns);
    const handler = this.#compile(member, method, { patterns, isExceptionHandler: false }, type === 'SUBSCRIBE');
    if (!handler) return;
    for (const pattern of patterns) this.mappings.push({ type, pattern, handler, controller: this.controller });
  }

  #compilePatterns(patterns: readonly string[], where: string): readonly DestinationPattern[] {
    return patterns.flatMap((text) => this.#reporting(where, () => this.#patternCompiler.compile(text)) ?? []);
  }

  #scanExceptionHandler(member: MemberName, method: Method): void {
    const declared = { patterns: this.patterns, isExceptionHandler: true };
    const source = { type: this.#type, member, compile: () => this.#compile(member, method, declared, false) };
    scanExceptionHandler(source, this.controller.exceptionHandlers, this.#report);
  }

  #compile(
    member: MemberName,
    method: Method,
    declared: { readonly patterns: readonly DestinationPattern[]; readonly isExceptionHandler: boolean },
    isSubscription: boolean,
  ): HandlerMethod | undefined {
    const declaration = { name: this.#nameOf(member), ...declared, isSubscription, warn: this.#warn };
    const source = { info: this.#infoOf(member), arity: method.length, declaration, isSubscription };
    return compileHandler(source, this.#seams, this.#report);
  }

  #infoOf(member: MemberName): HandlerInfo {
    const known = this.#infos.get(member);
    if (known) return known;
    const info = new HandlerInfo(this.#type, member);
    this.#infos.set(member, info);
    return info;
  }

  #reporting<T>(where: string, compile: () => T): T | undefined {
    return reporting(this.#report, where, compile);
  }
}

const NO_CONTROLLER: FindingDetails = { problem: 'it has no @Controller()', cure: 'decorate the class with it' };

const NO_CONTROLLER_AT_ALL: FindingDetails = {
  problem: 'it has no @Controller()',
  cure: 'decorate the class with it, or list it in `services` if it answers no messages',
};

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
