import { container as globalContainer, type DependencyContainer } from 'tsyringe';
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

/** An instance, with everything it needs. @throws ConfigurationError naming the class, with tsyringe's reason */
export function resolveClass<T extends object>(container: DependencyContainer, type: Constructor<T>): T {
  try {
    return container.resolve(type);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ConfigurationError) throw error; // of an application's own constructor or factory
    throw new ConfigurationError(
      {
        location: type.name,
        problem: `it could not be constructed: ${reason}`,
        cure: 'list the classes it needs in `services`, decorate them with @injectable(), or register them in the container',
      },
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
