import type { DependencyContainer } from 'tsyringe';
import type { ApplicationEvents } from './events/application-events.js';
import { LISTENING_MEMBERS } from './events/event-listener.js';
import { EventListeners } from './events/event-listeners.js';
import type { Report } from './foundation/finding.js';
import type { Findings } from './foundation/findings.js';
import type { Logger } from './foundation/logger.js';
import type { Placeholders } from './foundation/placeholders.js';
import { ClassRegistration } from './injection/class-registration.js';
import { resolveClass } from './injection/container.js';
import { hasStartHook, hasStopHook, START_STOP_HOOKS } from './injection/start-stop-hooks.js';
import type { Constructor } from './options.js';
import { type ScheduledMethod, scanSchedules } from './scheduling/schedule-scan.js';
import { SCHEDULED_MEMBERS } from './scheduling/scheduled.js';
import type { Schedules } from './scheduling/schedules.js';
import type { CurrentActivity } from './scope/current-activity.js';
import { SCOPE_DECORATORS, scopeOf } from './scope/scoped.js';

/** What the application constructs of the classes it was given. */
export interface ApplicationServicesOptions {
  readonly container: DependencyContainer;
  readonly services: readonly Constructor[];
  /** Of handlers; those that are classes. */
  readonly interceptors: readonly Constructor[];
  /** And their advices. */
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
  /** Classes that are listed nowhere: constructors of the others name them, and they do something by themselves or are scoped. */
  readonly unlisted: readonly Constructor[];
  readonly scheduledMethods: readonly { readonly name: string; readonly trigger: string }[];
  readonly eventListeners: readonly { readonly name: string; readonly events: readonly string[] }[];
}

/**
 * The application's controllers and services: constructed and started with it, stopped in reverse order; those that are scoped are made when a
 * session or message needs them. What their constructors name belongs to them when it does something by itself: it starts before the first of
 * them that needs it.
 */
export class ApplicationServices {
  /** Services, interceptors, controllers, advices and what of their needs belongs to them, scoped ones included, in the order of their starts. */
  readonly classes: readonly Constructor[];
  readonly #unlisted: readonly Constructor[];
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
    const { container, events, logger, findings } = options;
    this.#container = container;
    this.#logger = logger;
    this.#schedules = options.schedules;
    const registration = registerClasses(options);
    this.classes = registration.classes;
    this.#unlisted = registration.unlisted;
    for (const type of this.classes) this.#scanSchedules(type, options.placeholders, findings.report);
    this.#listeners = new EventListeners(this.classes, { events, scopeOf: scopeDecoratorOf, report: findings.report });
    this.#types = this.classes.filter((type) => scopeOf(type) === undefined);
  }

  /** What they do by themselves, in the order of classes and methods. */
  describe(): ServiceDescriptions {
    return {
      unlisted: this.#unlisted,
      scheduledMethods: [...this.#scheduled.values()]
        .flat()
        .map(({ name, trigger }) => ({ name, trigger: trigger.text })),
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

  /** Calls `onApplicationStart` of all that were constructed, one after the other. Rejects as one does; the log says which. */
  async start(): Promise<void> {
    for (const service of this.#instances) {
      await this.#startOne(service);
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

  /** What it throws goes on as it is, for whoever started the application may know it; a "connection refused" does not say whose. */
  async #startOne(service: object): Promise<void> {
    if (!hasStartHook(service)) return;
    try {
      await service.onApplicationStart();
    } catch (error) {
      this.#logger.error(`${service.constructor.name}.onApplicationStart failed; the application does not start`, {
        error,
      });
      throw error;
    }
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

function registerClasses(options: ApplicationServicesOptions): ClassRegistration {
  const { container, services, interceptors, controllers, activity, findings } = options;
  const lists = [
    { option: 'services', classes: services },
    { option: 'interceptors', classes: interceptors },
    { option: 'controllers', classes: controllers },
  ];
  const { report, warn } = findings;
  const onContextNeeded = () => activity.turnOn();
  const registration = new ClassRegistration(lists, { container, report, warn, onContextNeeded, ownActionsOf });
  registration.register();
  return registration;
}

/** What of a class is run without anybody calling it. */
function ownActionsOf(type: Constructor): readonly string[] {
  const prototype = type.prototype as object; // a class has a prototype; its type says any
  return [
    ...START_STOP_HOOKS.filter((hook) => hook in prototype),
    ...(SCHEDULED_MEMBERS.of(prototype).length > 0 ? ['@Scheduled'] : []),
    ...(LISTENING_MEMBERS.of(prototype).length > 0 ? ['@EventListener'] : []),
  ];
}

/** For messages about what only makes sense where there is one instance. */
function scopeDecoratorOf(type: object): string | undefined {
  const scope = scopeOf(type);
  return scope && SCOPE_DECORATORS[scope];
}
