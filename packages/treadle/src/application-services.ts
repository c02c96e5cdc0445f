import type { DependencyContainer } from 'tsyringe';
import { ClassRegistration } from './class-registration.js';
import { hasStartHook, hasStopHook, resolveClass } from './dependency-injection.js';
import type { ApplicationEvents } from './events/application-events.js';
import { EventListeners } from './events/event-listeners.js';
import type { Report } from './foundation/finding.js';
import type { Findings } from './foundation/findings.js';
import type { Logger } from './foundation/logger.js';
import type { Placeholders } from './foundation/placeholders.js';
import type { Constructor } from './options.js';
import { type ScheduledMethod, scanSchedules } from './scheduling/schedule-scan.js';
import type { Schedules } from './scheduling/schedules.js';
import type { CurrentActivity } from './scope/current-activity.js';
import { SCOPE_DECORATORS, scopeOf } from './scope/scoped.js';

/** What the application constructs of the classes it was given. */
export interface ApplicationServicesOptions {
  readonly container: DependencyContainer;
  readonly services: readonly Constructor[];
  readonly controllers: readonly Constructor[];
  readonly events: ApplicationEvents;
  readonly schedules: Schedules;
  readonly placeholders: Placeholders;
  readonly activity: CurrentActivity;
  readonly logger: Logger;
  /** Told everything wrong with the classes: their constructors, scopes, schedules and listeners. */
  readonly findings: Findings;
}

/** What services and controllers do by themselves. */
export interface ServiceDescriptions {
  readonly scheduledMethods: readonly { readonly name: string; readonly trigger: string }[];
  readonly eventListeners: readonly { readonly name: string; readonly events: readonly string[] }[];
}

/**
 * The application's controllers and services: constructed and started with it, stopped in reverse order; those that are scoped are made when a
 * session or message needs them.
 */
export class ApplicationServices {
  readonly #container: DependencyContainer;
  /** Without those that are scoped. */
  readonly #types: readonly Constructor[];
  readonly #logger: Logger;
  readonly #listeners: EventListeners;
  readonly #schedules: Schedules;
  readonly #scheduled = new Map<Constructor, readonly ScheduledMethod[]>();
  readonly #instances: object[] = [];
  /** Whose start went well, in its order. */
  readonly #running: object[] = [];

  constructor(options: ApplicationServicesOptions) {
    const { container, services, controllers, events, logger, activity } = options;
    this.#container = container;
    this.#logger = logger;
    this.#schedules = options.schedules;
    const { report } = options.findings;
    const registration = new ClassRegistration({ container, report, onContextNeeded: () => activity.turnOn() });
    registration.register('services', services);
    registration.register('controllers', controllers);
    const known = [...new Set([...services, ...controllers])].filter((type) => type !== undefined);
    for (const type of known) this.#scanSchedules(type, options.placeholders, report);
    this.#listeners = new EventListeners(known, { events, scopeOf: scopeDecoratorOf, report });
    this.#types = known.filter((type) => scopeOf(type) === undefined);
  }

  /** What they do by themselves, in the order of classes and methods. */
  describe(): ServiceDescriptions {
    return {
      scheduledMethods: [...this.#scheduled.values()].flat().map(({ name, trigger }) => ({ name, trigger: trigger.text })),
      eventListeners: this.#listeners.describe(),
    };
  }

  /** Constructs all; their `@EventListener` methods hear events from then on. @throws ConfigurationError when one cannot be constructed */
  construct(): void {
    for (const type of this.#types) {
      const instance = resolveClass(this.#container, type);
      this.#instances.push(instance);
      this.#listeners.register(type, instance);
    }
  }

  /** Calls `onApplicationStart` of all that were constructed, one after the other. */
  async start(): Promise<void> {
    for (const service of this.#instances) {
      if (hasStartHook(service)) await service.onApplicationStart();
      this.#running.push(service);
    }
  }

  /** Begins to run their `@Scheduled` methods. */
  startSchedules(): void {
    for (const [index, type] of this.#types.entries()) {
      const instance = this.#instances[index];
      for (const method of this.#scheduled.get(type) ?? []) if (instance) this.#schedules.start(method, instance);
    }
  }

  /** Calls `onApplicationStop` of those whose start went well, the last one first. */
  async stop(): Promise<void> {
    for (const service of this.#running.toReversed()) await this.#stopOne(service);
  }

  /** Lets them hear no events any more. */
  stopListening(): void {
    this.#listeners.unregister();
  }

  #scanSchedules(type: Constructor, placeholders: Placeholders, report: Report): void {
    const methods = scanSchedules(type, {
      report,
      resolvePlaceholders: (text) => placeholders.resolve(text, 'it'),
      scopeOf: scopeDecoratorOf,
    });
    this.#scheduled.set(type, methods);
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

/** For messages about what only makes sense where there is one instance. */
function scopeDecoratorOf(type: object): string | undefined {
  const scope = scopeOf(type);
  return scope && SCOPE_DECORATORS[scope];
}
