import { types } from 'node:util';
import { findMethod, prototypeChain } from '../foundation/class-members.js';
import type { FindingDetails, Report } from '../foundation/finding.js';
import type { ApplicationEvents, EventClass } from './application-events.js';
import { listeningMembers, writtenTypes } from './event-listener.js';

/** A class of a service or controller. */
export type ListeningClass = abstract new (...args: never[]) => object;

/** One `@EventListener` method. */
interface ListenerMethod {
  /** `Class.method`. */
  readonly name: string;
  readonly member: string | symbol;
  readonly types: readonly EventClass[];
}

/** What a scan is told. */
export interface EventListenersOptions {
  readonly events: ApplicationEvents;
  /** The decorator that makes many instances of the class, such as `@SessionScoped()`; `undefined` when there is one instance. */
  readonly scopeOf?: (type: ListeningClass) => string | undefined;
  /** Takes one mistake: class, method and cure. */
  readonly report: Report;
}

/** The `@EventListener` methods of all services and controllers: found once, registered when their instances exist. */
export class EventListeners {
  readonly #events: ApplicationEvents;
  readonly #scopeOf: (type: ListeningClass) => string | undefined;
  readonly #methods = new Map<ListeningClass, readonly ListenerMethod[]>();
  #registered: (() => void)[] = [];

  constructor(
    classes: readonly ListeningClass[],
    { events, scopeOf = () => undefined, report }: EventListenersOptions,
  ) {
    this.#events = events;
    this.#scopeOf = scopeOf;
    for (const type of classes) this.#methods.set(type, this.#scan(type, report));
  }

  /** Every method with the classes of its events, in the order of classes and methods. */
  describe(): readonly { readonly name: string; readonly events: readonly string[] }[] {
    return [...this.#methods.values()]
      .flat()
      .map(({ name, types: eventTypes }) => ({ name, events: eventTypes.map((type) => type.name) }));
  }

  /** Lets the methods of this instance hear events from now on. */
  register(type: ListeningClass, instance: object): void {
    for (const { name, member, types: eventTypes } of this.#methods.get(type) ?? []) {
      const call = (event: object): unknown => (instance as Listening)[member]?.(event); // checked by the scan
      // One call per event, however many of the classes it is of.
      const [only] = eventTypes;
      if (only && eventTypes.length === 1) this.#registered.push(this.#events.on(only, call, { name }));
      else this.#registered.push(this.#events.on(Object, ofAny(eventTypes, call), { name }));
    }
  }

  /** Lets none of them hear anything any more. */
  unregister(): void {
    for (const off of this.#registered) off();
    this.#registered = [];
  }

  #scan(type: ListeningClass, report: Report): readonly ListenerMethod[] {
    const prototype = type.prototype as object; // a class has a prototype; its type says any
    for (const member of listeningMembers(type)) {
      report({ location: nameOf(type, member), problem: '@EventListener: it is static', cure: 'make it a method of instances' });
    }
    const members = new Set([...prototypeChain(prototype)].toReversed().flatMap((holder) => listeningMembers(holder)));
    return [...members].flatMap((member) => {
      const name = nameOf(type, member);
      const eventTypes = eventTypesOf(prototype, member);
      const problem = methodProblem(prototype, member, this.#scopeOf(type)) ?? typeProblem(eventTypes);
      if (problem) report({ location: name, problem: `@EventListener: ${problem.problem}`, cure: problem.cure });
      return [{ name, member, types: eventTypes.filter(isEventClass) }];
    });
  }
}

type Listening = Readonly<Record<string | symbol, ((event: object) => unknown) | undefined>>;

function ofAny(eventTypes: readonly EventClass[], call: (event: object) => unknown): (event: object) => unknown {
  return (event) => (eventTypes.some((type) => event instanceof type) ? call(event) : undefined);
}

/** The classes given, else the one the compiler emitted for the parameter. */
function eventTypesOf(prototype: object, member: string | symbol): readonly unknown[] {
  const written = writtenTypes(prototype, member);
  if (written.length > 0) return written;
  const emitted: unknown = Reflect.getMetadata('design:paramtypes', prototype, member);
  return Array.isArray(emitted) ? emitted.slice(0, 1) : [];
}

function methodProblem(
  prototype: object,
  member: string | symbol,
  scope: string | undefined,
): FindingDetails | undefined {
  const method = findMethod(prototype, member);
  if (!method) return { problem: 'it is not a method', cure: 'declare it as one, not as a property or accessor' };
  if (types.isGeneratorFunction(method)) {
    return { problem: 'it is a generator, and nobody runs it', cure: 'return nothing or a promise' };
  }
  if (method.length > 1) {
    return { problem: 'it takes more than the event', cure: 'leave the other parameters away' };
  }
  if (scope === undefined) return undefined;
  return {
    problem: `its class is ${scope}, so there is no one instance to call`,
    cure: 'move the method to a service that is not',
  };
}

/** What compilers emit for a type that is no class of its own. */
const NO_EVENT_CLASSES: ReadonlySet<unknown> = new Set([Object, String, Number, Boolean, Function, Array, Promise]);

function typeProblem(eventTypes: readonly unknown[]): FindingDetails | undefined {
  if (eventTypes.length === 0) return { problem: 'it names no event', cure: 'write @EventListener(SessionConnectedEvent)' };
  for (const type of eventTypes) {
    if (type === undefined) {
      return { problem: 'one of its classes is undefined, by a circular import', cure: 'import it from its own file' };
    }
    if (!isEventClass(type)) {
      return {
        problem: `${nameOfValue(type)} is not a class of events`,
        cure: 'write the class of the event, such as @EventListener(SessionConnectedEvent)',
      };
    }
  }
  return undefined;
}

function isEventClass(type: unknown): type is EventClass {
  return typeof type === 'function' && typeof type.prototype === 'object' && !NO_EVENT_CLASSES.has(type);
}

function nameOf(type: ListeningClass, member: string | symbol): string {
  return `${type.name}.${String(member)}`;
}

function nameOfValue(value: unknown): string {
  return typeof value === 'function' && value.name !== '' ? value.name : String(value);
}
