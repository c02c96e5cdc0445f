import { container as globalContainer, type DependencyContainer } from 'tsyringe';
import { textOf } from '../foundation/error-text.js';
import { ConfigurationError } from '../foundation/errors.js';
import type { Constructor } from '../options.js';

/** The given container, or a fresh child of tsyringe's global one, so that two applications share nothing by accident. */
export function createContainer(given: DependencyContainer | undefined): DependencyContainer {
  return given ?? globalContainer.createChildContainer();
}

/** What tsyringe says when it cannot call a constructor; everything else comes from a constructor or factory that was called. */
const NOT_CALLED = /unregistered dependency token|TypeInfo not known for|undefined constructor/;

/** An instance, with everything it needs. @throws ConfigurationError naming the class, with tsyringe's reason or what a constructor threw */
export function resolveClass<T extends object>(container: DependencyContainer, type: Constructor<T>): T {
  try {
    return container.resolve(type);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error; // of an application's own constructor or factory
    const reason = textOf(error);
    const isCalled = !NOT_CALLED.test(reason);
    throw new ConfigurationError(
      {
        location: type.name,
        problem: `it could not be constructed: ${reason}`,
        cure: isCalled
          ? 'see the cause, which a constructor or factory threw'
          : 'list the classes it needs in `services`, decorate them with @injectable(), or register them in the container',
      },
      { cause: error },
    );
  }
}

/** Whether somebody else registered the class, so that how it is made cannot be seen; not so for classes with tsyringe's `@singleton()`. */
export function isMadeElsewhere(container: DependencyContainer, type: Constructor): boolean {
  return container.isRegistered(type, true) && !globalContainer.isRegistered(type);
}
