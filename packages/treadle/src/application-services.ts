import type { DependencyContainer } from 'tsyringe';
import { hasStartHook, hasStopHook, registerClasses, resolveClass } from './dependency-injection.js';
import type { Logger } from './foundation/logger.js';
import type { Constructor } from './options.js';

/** What the application constructs of the classes it was given. */
export interface ApplicationServicesOptions {
  readonly container: DependencyContainer;
  readonly services: readonly Constructor[];
  readonly controllers: readonly Constructor[];
  readonly logger: Logger;
}

/** The application's controllers and services, one instance each: constructed and started with it, stopped in reverse order. */
export class ApplicationServices {
  readonly #container: DependencyContainer;
  readonly #types: readonly Constructor[];
  readonly #logger: Logger;
  /** Whose start went well, in its order. */
  readonly #running: object[] = [];

  /** @throws ConfigurationError when a constructor's types are not known at run time */
  constructor({ container, services, controllers, logger }: ApplicationServicesOptions) {
    this.#container = container;
    this.#types = [...new Set([...services, ...controllers])];
    this.#logger = logger;
    registerClasses(container, 'services', services);
    registerClasses(container, 'controllers', controllers);
  }

  /** Constructs all, then calls their `onApplicationStart` one after the other. @throws ConfigurationError when one cannot be constructed */
  async start(): Promise<void> {
    const instances = this.#types.map((type) => resolveClass(this.#container, type));
    for (const service of instances) {
      if (hasStartHook(service)) await service.onApplicationStart();
      this.#running.push(service);
    }
  }

  /** Calls `onApplicationStop` of those whose start went well, the last one first. */
  async stop(): Promise<void> {
    for (const service of this.#running.toReversed()) await this.#stopOne(service);
  }

  /** One service that fails to stop does not keep the others from stopping. */
  async #stopOne(service: object): Promise<void> {
    if (!hasStopHook(service)) return;
    try {
      await service.onApplicationStop();
    } catch (error) {
      this.#logger.error(`${service.constructor.name}.onApplicationStop failed`, { error });
    }
  }
}
