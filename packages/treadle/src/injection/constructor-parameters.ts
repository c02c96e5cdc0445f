import { whyNoConstructorTypes } from '../foundation/erased-types.js';
import type { FindingDetails } from '../foundation/finding.js';
import type { Constructor } from '../options.js';

/** What one constructor parameter asks the container for. */
export interface InjectedParameter {
  /** A class, or what `@inject` names: text, a symbol, what `delay()` makes. `undefined` where nothing is known. */
  readonly token: unknown;
  /** True when it may be absent: `@inject(token, { isOptional: true })`. */
  readonly isOptional: boolean;
}

/** What a constructor's parameters ask the container for, in their order. */
export function injectedParameters(type: Constructor): readonly InjectedParameter[] {
  const types = emittedTypes(type) ?? [];
  const named = namedTokens(type);
  return Array.from({ length: Math.max(types.length, type.length) }, (_none, index) =>
    index in named ? namedParameter(named[index]) : { token: types[index], isOptional: false },
  );
}

/**
 * What is wrong with a constructor whose parameters cannot all be injected: names the parameter and the cure, where tsyringe would name
 * neither. `undefined` when nothing is.
 */
export function parameterProblem(type: Constructor): FindingDetails | undefined {
  const types = emittedTypes(type);
  const named = namedTokens(type);
  for (let index = 0; index < type.length; index += 1) {
    if (index in named || !NOT_INJECTABLE.has(types?.[index])) continue;
    return unknownParameter(type, index, types !== undefined);
  }
  return undefined;
}

/** Whether the container can be asked for it: not so for what compilers emit where there is no class. */
export function isInjectable(token: unknown): boolean {
  return !NOT_INJECTABLE.has(token);
}

/** What compilers emit for types that do not exist at run time, or that nobody registers by their class. */
const NOT_INJECTABLE: ReadonlySet<unknown> = new Set([
  undefined,
  Object,
  String,
  Number,
  Boolean,
  Function,
  Array,
  Promise,
]);

function emittedTypes(type: Constructor): readonly unknown[] | undefined {
  const emitted: unknown = Reflect.getMetadata('design:paramtypes', type);
  return Array.isArray(emitted) ? emitted : undefined;
}

/** Where tsyringe keeps the tokens of `@inject`, by index. */
function namedTokens(type: Constructor): Readonly<Record<number, unknown>> {
  const tokens: unknown = Reflect.getOwnMetadata('injectionTokens', type);
  return typeof tokens === 'object' && tokens !== null ? (tokens as Record<number, unknown>) : {}; // its keys are indices
}

/** tsyringe wraps a token together with details. */
function namedParameter(named: unknown): InjectedParameter {
  if (typeof named !== 'object' || named === null || !('token' in named)) return { token: named, isOptional: false };
  return { token: named.token, isOptional: 'isOptional' in named && named.isOptional === true };
}

/** `PriceFeed, constructor parameter 0`. */
export function locationOfParameter({ name }: Constructor, index: number): string {
  return `${name}, constructor parameter ${index}`;
}

function unknownParameter(type: Constructor, index: number, isEmitted: boolean): FindingDetails {
  const what = 'its type is not known at run time';
  if (isEmitted) {
    const why =
      'it is an interface, a union or a primitive type, or its class comes by `import type` or from a circular import';
    return {
      location: locationOfParameter(type, index),
      problem: `${what}: ${why}`,
      cure: 'import the class itself, or name what to inject with @inject(token)',
    };
  }
  return {
    location: locationOfParameter(type, index),
    problem: `${what}: ${whyNoConstructorTypes(Reflect.getOwnMetadataKeys(type).length > 0)}`,
    cure:
      'decorate the class with @injectable() (or @Controller()) and compile with "emitDecoratorMetadata": true by tsc, ' +
      'swc or @oxc-node/core, or name each parameter with @inject(token)',
  };
}
