import { container as globalContainer, type DependencyContainer, injectable } from 'tsyringe';
import { ConfigurationError } from './foundation/errors.js';
import type { Constructor } from './options.js';

/** Called once when the application starts, before it takes connections. */
export interface OnApplicationStart {
  onApplicationStart(): unknown;
}

/** Called once when the application stops, after the last session has ended; in reverse order of the starts. */
export interface OnApplicationStop {
  onApplicationStop(): unknown;
}

/** The given container, or a fresh child of tsyringe's global one, so that two applications share nothing by accident. */
export function createContainer(given: DependencyContainer | undefined): DependencyContainer {
  return given ?? globalContainer.createChildContainer();
}

/**
 * Makes classes resolvable, one instance each per container. A class that is registered in the container already stays as it is.
 * @throws ConfigurationError naming the class and the parameter when a constructor's types are not known at run time
 */
export function registerClasses(
  container: DependencyContainer,
  option: 'services' | 'controllers',
  classes: readonly (Constructor | undefined)[],
): void {
  for (const [index, type] of classes.entries()) {
    if (type === undefined) throw new ConfigurationError(undefinedClass(option, index));
    if (container.isRegistered(type)) continue;
    requireParameterTypes(type);
    injectable()(type);
    container.registerSingleton(type);
  }
}

/** An instance, with everything it needs. @throws ConfigurationError naming the class, with tsyringe's reason */
export function resolveClass<T extends object>(container: DependencyContainer, type: Constructor<T>): T {
  try {
    return container.resolve(type);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      `${type.name} could not be constructed: ${reason}. List the classes it needs in \`services\`, decorate them with @injectable(), or register them in the container.`,
      { cause: error },
    );
  }
}

export function hasStartHook(service: object): service is OnApplicationStart {
  return 'onApplicationStart' in service && typeof service.onApplicationStart === 'function';
}

export function hasStopHook(service: object): service is OnApplicationStop {
  return 'onApplicationStop' in service && typeof service.onApplicationStop === 'function';
}

function undefinedClass(option: string, index: number): string {
  return `${option}[${index}] is undefined: its file is probably part of a circular import. Break the circle, or import the class from its own file.`;
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

/** Found here, at start, such a parameter is named together with its cure; tsyringe would name neither. */
function requireParameterTypes(type: Constructor): void {
  const emitted: unknown = Reflect.getMetadata('design:paramtypes', type);
  const types: readonly unknown[] = Array.isArray(emitted) ? emitted : [];
  // Where tsyringe keeps the tokens of @inject(…).
  const tokens: unknown = Reflect.getOwnMetadata('injectionTokens', type) ?? {};
  const isNamed = (index: number): boolean => typeof tokens === 'object' && tokens !== null && index in tokens;
  for (let index = 0; index < type.length; index += 1) {
    if (isNamed(index) || !NOT_INJECTABLE.has(types[index])) continue;
    throw new ConfigurationError(unknownParameter(type, index, Array.isArray(emitted)));
  }
}

function unknownParameter({ name }: Constructor, index: number, isEmitted: boolean): string {
  const what = `The type of constructor parameter #${index} of ${name} is not known at run time`;
  if (isEmitted) {
    return (
      `${what}: it is an interface, a union or a primitive type, or its class comes by \`import type\` or from a circular import. ` +
      'Import the class itself, or name what to inject with @inject(token).'
    );
  }
  return (
    `${what}: the compiler emitted no types. Decorate the class with @injectable() (or @Controller()) and compile with ` +
    '"emitDecoratorMetadata": true; esbuild and tsx do not emit it: use tsc, swc or @oxc-node/core, ' +
    'or name each parameter with @inject(token).'
  );
}
