import { ConfigurationError } from '../../foundation/errors.js';
import type { DestinationSeparator } from '../../messaging/destination-pattern.js';
import { type AdviceDefinition, isControllerAdvice, scanControllerAdvice } from '../failures/advice-scan.js';
import { type ControllerDefinition, type MappedType, type Mapping, scanController } from './controller-scan.js';
import type { HandlerSeams } from '../handler-compiler.js';
import { type HandlerInterceptorClass, isInterceptorClass } from '../interceptors/handler-interceptor.js';
import type { ControllerClass } from '../metadata.js';
import { findAmbiguities, findShadowed } from './mapping-conflicts.js';
import { type FoundMapping, MappingTable, nameOf } from './mapping-table.js';

/** All handler methods of the application, compiled once at start; finds the one that answers a destination. */
export class MappingRegistry {
  readonly controllers: readonly ControllerDefinition[];
  /** Those with `@ControllerAdvice`, in the order they are asked. */
  readonly advices: readonly AdviceDefinition[];
  /** In the order of controllers and methods. */
  readonly mappings: readonly Mapping[];
  /** What parts the segments of their patterns. */
  readonly separator: DestinationSeparator;
  /** What works but is probably not meant, each with its cure; the application logs them when it starts. */
  readonly warnings: readonly string[];
  readonly #tables: Readonly<Record<MappedType, MappingTable>> = {
    MESSAGE: new MappingTable(),
    SUBSCRIBE: new MappingTable(),
  };

  /** @throws ConfigurationError that lists everything wrong with the controllers: class, method and cure of each */
  constructor(controllers: readonly (ControllerClass | undefined)[], seams: HandlerSeams) {
    this.separator = seams.separator ?? '/';
    const findings = controllers.flatMap((type, index) => (type === undefined ? [undefinedController(index)] : []));
    const warnings = new Set<string>();
    const known = [...new Set(controllers.filter((type) => type !== undefined))];
    const told = {
      report: (finding: string) => findings.push(finding),
      warn: (warning: string) => warnings.add(warning),
    };
    const scans = known
      .filter((type) => !isControllerAdvice(type))
      .map((type) => scanController(type, seams, told));
    this.controllers = scans.map((scan) => scan.controller);
    const advised = scans.map(({ controller, patterns }) => ({ type: controller.type, patterns }));
    // Sorting keeps the order of equals.
    this.advices = known
      .filter(isControllerAdvice)
      .map((type) => scanControllerAdvice(type, advised, seams, told))
      .toSorted((first, second) => compare(first.order, second.order));
    this.mappings = scans.flatMap((scan) => scan.mappings);
    for (const mapping of this.mappings) {
      const present = this.#tables[mapping.type].add(mapping);
      if (present) findings.push(duplicate(present, mapping));
    }
    for (const table of Object.values(this.#tables)) {
      findings.push(...findAmbiguities(table));
      for (const shadowed of findShadowed(table)) warnings.add(shadowed);
    }
    this.warnings = [...warnings];
    // A method with two mappings is compiled twice, with the same findings.
    if (findings.length > 0) throw new ConfigurationError(describe([...new Set(findings)]));
  }

  /** The classes of handler interceptors that stand around a mapping. */
  get interceptorClasses(): readonly HandlerInterceptorClass[] {
    const sources = this.mappings.flatMap(({ handler }) => handler.interceptors?.sources ?? []);
    return [...new Set(sources.filter(isInterceptorClass))];
  }

  /** A mapping that a destination fits, for messages about mistakes: any of them, where `find` has one that counts. */
  findAny(type: MappedType, destination: string): Mapping | undefined {
    return this.mappings.find((mapping) => mapping.type === type && mapping.pattern.matches(destination));
  }

  /**
   * The mapping that answers a destination: an exact one first, else the most specific pattern (Spring: `AbstractMethodMessageHandler`).
   * @param destination without the application prefix
   * @throws ConfigurationError when two patterns fit it equally well
   */
  find(type: MappedType, destination: string): FoundMapping | undefined {
    return this.#tables[type].find(destination);
  }
}

/** Subtracting would make the difference of two infinities, which is no number. */
function compare(first: number, second: number): number {
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

function undefinedController(index: number): string {
  return `controllers[${index}] is undefined: its file is probably part of a circular import. Break the circle, or import the class from its own file.`;
}

function duplicate(present: Mapping, added: Mapping): string {
  if (present.handler === added.handler) return `${nameOf(added)} has the same pattern twice: drop one`;
  return `${nameOf(present)} and ${nameOf(added)} answer the same destinations: change one of the patterns`;
}

function describe(findings: readonly string[]): string {
  if (findings.length === 1) return findings[0] ?? '';
  return [`${findings.length} mistakes in the controllers:`, ...findings.map((finding) => `- ${finding}`)].join('\n');
}
