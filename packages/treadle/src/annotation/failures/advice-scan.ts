import type { DestinationPattern } from '../../messaging/destination-pattern.js';
import { nameOfMember } from '../../foundation/decorated-methods.js';
import type { FindingDetails } from '../../foundation/finding.js';
import type { Findings } from '../../foundation/findings.js';
import { compileHandler, type HandlerSeams } from '../handler-compiler.js';
import { HandlerInfo } from '../handler-info.js';
import {
  ANNOTATIONS,
  type Class,
  type ControllerAdviceOptions,
  type ControllerClass,
  type MemberName,
} from '../metadata.js';
import { scanExceptionHandler } from './exception-handler-scan.js';
import { ExceptionHandlers } from './exception-handlers.js';

/** A class with `@ControllerAdvice` after its scan. */
export interface AdviceDefinition {
  readonly type: ControllerClass;
  readonly order: number;
  readonly exceptionHandlers: ExceptionHandlers;
  /** The controllers of the application that it is about. */
  readonly controllers: ReadonlySet<ControllerClass>;
}

/** A controller of the application, as far as an advice may be about it. */
export interface AdvisedController {
  readonly type: ControllerClass;
  /** Of all its mappings; their variables may be asked for by its exception handlers. */
  readonly patterns: readonly DestinationPattern[];
}

/** True for a class with `@ControllerAdvice`, its own or inherited. */
export function isControllerAdvice(type: ControllerClass): boolean {
  return ANNOTATIONS.controllerAdvice.read(type) !== undefined;
}

/** Reads an advice's annotations and compiles its methods; reports everything it finds wrong. Spring: `MessagingAdviceBean`. */
export function scanControllerAdvice(
  type: ControllerClass,
  all: readonly AdvisedController[],
  seams: HandlerSeams,
  { report, warn }: Pick<Findings, 'report' | 'warn'>,
): AdviceDefinition {
  const options = ANNOTATIONS.controllerAdvice.read(type) ?? {};
  const location = type.name;
  for (const finding of findMistakes(type, options)) report({ location, ...finding });
  const advised = all.filter((controller) => isAbout(controller.type, options));
  if (advised.length === 0 && all.length > 0) {
    const cure = 'list the controllers it is about, or correct `controllers` and `appliesTo`';
    warn({ location, problem: 'it is an advice about none of the controllers listed', cure });
  }
  const patterns = advised.flatMap((controller) => controller.patterns);
  const exceptionHandlers = new ExceptionHandlers();
  const methods = ANNOTATIONS.members.findMethods(type, { problemOf: (member) => problemOf(type, member), report });
  if (methods.size === 0) {
    report({ location, problem: 'it is an advice without a method', cure: 'give it a @MessageExceptionHandler' });
  }
  for (const [member, method] of methods) {
    const name = nameOfMember(type, member);
    const declaration = { name, patterns, isExceptionHandler: true, warn };
    const source = { info: new HandlerInfo(type, member), arity: method.length, declaration, isSubscription: false };
    const compile = () => compileHandler(source, seams, report);
    scanExceptionHandler({ type, member, compile }, exceptionHandlers, report);
  }
  const controllers = new Set(advised.map((controller) => controller.type));
  return { type, order: options.order ?? Number.POSITIVE_INFINITY, exceptionHandlers, controllers };
}

function* findMistakes(type: ControllerClass, { controllers = [] }: ControllerAdviceOptions): Iterable<FindingDetails> {
  if (ANNOTATIONS.controller.read(type)) {
    yield { problem: 'it has @Controller() and @ControllerAdvice()', cure: 'make it two classes' };
  }
  if (ANNOTATIONS.messageMapping.read(type)) {
    yield {
      problem: 'it is an advice with @MessageMapping, and an advice answers no message',
      cure: 'drop one of them',
    };
  }
  if (ANNOTATIONS.useInterceptors.read(type)) {
    yield { problem: 'it is an advice, and interceptors stand around mappings', cure: 'drop @UseInterceptors' };
  }
  const missing = controllers.findIndex((each: unknown) => each === undefined);
  if (missing < 0) return;
  yield {
    problem: `controllers[${missing}] of its @ControllerAdvice is undefined: its file is probably part of a circular import`,
    cure: 'break the circle, or name it in `appliesTo`',
  };
}

function problemOf(type: ControllerClass, member: MemberName): FindingDetails | undefined {
  const prototype = type.prototype as object; // a class has a prototype; its type says any
  const { messageMapping, subscribeMapping, messageExceptionHandler } = ANNOTATIONS;
  if (messageMapping.read(prototype, member) ?? subscribeMapping.read(prototype, member)) {
    return { problem: 'it is a mapping in an advice, which answers no message', cure: 'move it to a controller' };
  }
  if (messageExceptionHandler.read(prototype, member)) return undefined;
  return { problem: 'it is annotated but handles nothing', cure: 'add @MessageExceptionHandler' };
}

/** Spring's `HandlerTypePredicate`: without selectors everything, else what one of them selects. */
function isAbout(controller: ControllerClass, { controllers, appliesTo }: ControllerAdviceOptions): boolean {
  if (!controllers && !appliesTo) return true;
  return controllers?.some((each) => isOrExtends(controller, each)) === true || appliesTo?.(controller) === true;
}

/** @param other `undefined` in a circular import, which is reported by itself */
function isOrExtends(type: ControllerClass, other: Class | undefined): boolean {
  return other !== undefined && (type === other || type.prototype instanceof other);
}
