import type { FindingDetails } from '../../foundation/finding.js';
import type { Findings } from '../../foundation/findings.js';
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
  readonly #tables: Readonly<Record<MappedType, MappingTable>> = {
    MESSAGE: new MappingTable(),
    SUBSCRIBE: new MappingTable(),
  };

  /** @param findings is told everything wrong with the controllers; a registry with errors finds nothing reliably */
  constructor(controllers: readonly (ControllerClass | undefined)[], seams: HandlerSeams, findings: Findings) {
    this.separator = seams.separator;
    for (const [index, type] of controllers.entries()) {
      if (type === undefined) findings.report(undefinedController(index));
    }
    const known = [...new Set(controllers.filter((type) => type !== undefined))];
    const scans = known
      .filter((type) => !isControllerAdvice(type))
      .map((type) => scanController(type, seams, findings));
    this.controllers = scans.map((scan) => scan.controller);
    const advised = scans.map(({ controller, patterns }) => ({ type: controller.type, patterns }));
    // Sorting keeps the order of equals.
    this.advices = known
      .filter(isControllerAdvice)
      .map((type) => scanControllerAdvice(type, advised, seams, findings))
      .toSorted((first, second) => compare(first.order, second.order));
    this.mappings = scans.flatMap((scan) => scan.mappings);
    for (const mapping of this.mappings) {
      const present = this.#tables[mapping.type].add(mapping);
      if (present) findings.report(duplicate(present, mapping));
    }
    for (const table of Object.values(this.#tables)) {
      for (const ambiguity of findAmbiguities(table)) findings.report(ambiguity);
      for (const shadowed of findShadowed(table)) findings.warn(shadowed);
    }
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

function undefinedController(index: number): FindingDetails {
  return {
    location: `controllers[${index}]`,
    problem: 'it is undefined: its file is probably part of a circular import',
    cure: 'break the circle, or import the class from its own file',
  };
}

function duplicate(present: Mapping, added: Mapping): FindingDetails {
  const location = nameOf(added);
  if (present.handler === added.handler) {
    return { location, problem: 'it has the same pattern twice', cure: 'drop one' };
  }
  const problem = `it answers the same destinations as ${nameOf(present)}`;
  return { location, problem, cure: 'change one of the patterns' };
}
