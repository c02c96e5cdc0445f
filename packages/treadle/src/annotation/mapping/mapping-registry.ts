import { ConfigurationError } from '../../foundation/errors.js';
import { type ControllerDefinition, type MappedType, type Mapping, scanController } from './controller-scan.js';
import type { HandlerSeams } from '../handler-compiler.js';
import type { ControllerClass } from '../metadata.js';

/** A mapping with what its variables caught. */
export interface FoundMapping {
  readonly mapping: Mapping;
  readonly variables: Readonly<Record<string, string>>;
}

/** All handler methods of the application, compiled once at start; finds the one that answers a destination. */
export class MappingRegistry {
  readonly controllers: readonly ControllerDefinition[];
  /** In the order of controllers and methods. */
  readonly mappings: readonly Mapping[];
  /** What works but is probably not meant, each with its cure; the application logs them when it starts. */
  readonly warnings: readonly string[];
  readonly #tables: Readonly<Record<MappedType, MappingTable>> = {
    MESSAGE: new MappingTable(),
    SUBSCRIBE: new MappingTable(),
  };

  /** @throws ConfigurationError that lists everything wrong with the controllers: class, method and cure of each */
  constructor(controllers: readonly (ControllerClass | undefined)[], seams: HandlerSeams) {
    const findings = controllers.flatMap((type, index) => (type === undefined ? [undefinedController(index)] : []));
    const warnings = new Set<string>();
    const known = new Set(controllers.filter((type) => type !== undefined));
    const scans = [...known].map((type) =>
      scanController(type, seams, {
        report: (finding) => findings.push(finding),
        warn: (warning) => warnings.add(warning),
      }),
    );
    this.warnings = [...warnings];
    this.controllers = scans.map((scan) => scan.controller);
    this.mappings = scans.flatMap((scan) => scan.mappings);
    for (const mapping of this.mappings) {
      const present = this.#tables[mapping.type].add(mapping);
      if (present) findings.push(duplicate(present, mapping));
    }
    if (findings.length > 0) throw new ConfigurationError(describe(findings));
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

const NO_VARIABLES: FoundMapping['variables'] = Object.freeze(Object.create(null) as Record<string, string>); // Object.create returns any

class MappingTable {
  readonly #byPattern = new Map<string, Mapping>();
  readonly #exact = new Map<string, Mapping>();
  readonly #patterns: Mapping[] = [];

  /** The mapping that answers the same destinations already; then nothing is added. */
  add(mapping: Mapping): Mapping | undefined {
    const { pattern } = mapping;
    // `/{room}` and `/{name}` are one pattern; quantifiers of expressions begin with a digit and stay.
    const key = pattern.text.replaceAll(/\{[\p{L}_$][^{}:]*/gu, '{');
    const present = this.#byPattern.get(key);
    if (present) return present;
    this.#byPattern.set(key, mapping);
    if (pattern.isExact) this.#exact.set(pattern.text, mapping);
    else this.#patterns.push(mapping);
    return undefined;
  }

  find(destination: string): FoundMapping | undefined {
    const exact = this.#exact.get(destination);
    if (exact) return { mapping: exact, variables: NO_VARIABLES };
    const mapping = this.#mostSpecific(destination);
    const variables = mapping?.pattern.match(destination);
    return mapping && variables && { mapping, variables };
  }

  #mostSpecific(destination: string): Mapping | undefined {
    let best: Mapping | undefined;
    let rival: Mapping | undefined;
    for (const mapping of this.#patterns) {
      if (!mapping.pattern.matches(destination)) continue;
      const order = best ? mapping.pattern.compareTo(best.pattern, destination) : -1;
      if (order === 0) rival = mapping;
      if (order >= 0) continue;
      best = mapping;
      rival = undefined;
    }
    if (best && rival) {
      throw new ConfigurationError(`'${destination}' fits ${name(best)} and ${name(rival)} equally well`);
    }
    return best;
  }
}

function name({ pattern, handler }: Mapping): string {
  return `${handler.name} ('${pattern.text}')`;
}

function undefinedController(index: number): string {
  return `controllers[${index}] is undefined: its file is probably part of a circular import. Break the circle, or import the class from its own file.`;
}

function duplicate(present: Mapping, added: Mapping): string {
  if (present.handler === added.handler) return `${name(added)} has the same pattern twice: drop one`;
  return `${name(present)} and ${name(added)} answer the same destinations: change one of the patterns`;
}

function describe(findings: readonly string[]): string {
  if (findings.length === 1) return findings[0] ?? '';
  return [`${findings.length} mistakes in the controllers:`, ...findings.map((finding) => `- ${finding}`)].join('\n');
}
