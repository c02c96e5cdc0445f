import type { Method } from '../foundation/class-members.js';
import { type DecoratedClass, nameOfMember, problemOfRunning, reportOf } from '../foundation/decorated-methods.js';
import type { FindingDetails, Report } from '../foundation/finding.js';
import type { ApplicationEvents, EventClass } from './application-events.js';
import { LISTENING_MEMBERS, writtenTypes } from './event-listener.js';

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
  readonly scopeOf: (type: DecoratedClass) => string | undefined;
  /** Takes one mistake: class, method and cure. */
  readonly report: Report;
}

/** The `@EventListener` methods of all services and controllers: found once, registered when their instances exist. */
export class EventListeners {
  readonly #events: ApplicationEvents;
  readonly #scopeOf: (type: DecoratedClass) => string | undefined;
  readonly #methods = new Map<DecoratedClass, readonly ListenerMethod[]>();
  #registered: (() => void)[] = [];

  constructor(classes: readonly DecoratedClass[], { events, scopeOf, report }: EventListenersOptions) {
    this.#events = events;
    this.#scopeOf = scopeOf;
    for (const type of classes) this.#methods.set(type, this.#scan(type, report));
  }

  /** Every method with the classes of its events, in the order of classes and methods. */
  describe(): readonly { readonly name: string; readonly events: readonly string[] }[] {
    return [...this.#methods.values()]
      .flat()
      .map(({ name, types }) => ({ name, events: types.map((type) => type.name) }));
  }

  /** Lets the methods of this instance hear events from now on. */
  register(type: DecoratedClass, instance: object): void {
    for (const { name, member, types } of this.#methods.get(type) ?? []) {
      const call = (event: object): unknown => (instance as Listening)[member]?.(event); // checked by the scan
      // One call per event, however many of the classes it is of.
      const [only] = types;
      if (only && types.length === 1) this.#registered.push(this.#events.on(only, call, { name }));
      else this.#registered.push(this.#events.on(Object, ofAny(types, call), { name }));
    }
  }

  /** Lets none of them hear anything any more. */
  unregister(): void {
    for (const off of this.#registered) off();
    this.#registered = [];
  }

  #scan(type: DecoratedClass, report: Report): readonly ListenerMethod[] {
    const prototype = type.prototype as object; // a class has a prototype; its type says any
    const scope = this.#scopeOf(type);
    const methods = LISTENING_MEMBERS.findMethods(type, {
      report: reportOf('@EventListener', report),
      problemOf: (member, method) => methodProblem(method, scope) ?? typeProblem(typesOf(prototype, member)),
    });
    return [...methods.keys()].map((member) => {
      const types = typesOf(prototype, member).filter(isEventClass);
      return { name: nameOfMember(type, member), member, types };
    });
  }
}

type Listening = Readonly<Record<string | symbol, ((event: object) => unknown) | undefined>>;

function ofAny(types: readonly EventClass[], call: (event: object) => unknown): (event: object) => unknown {
  return (event) => (types.some((type) => event instanceof type) ? call(event) : undefined);
}

/** The classes given, else the one the compiler emitted for the parameter. */
function typesOf(prototype: object, member: string | symbol): readonly unknown[] {
  const written = writtenTypes(prototype, member);
  if (written.length > 0) return written;
  const emitted: unknown = Reflect.getMetadata('design:paramtypes', prototype, member);
  return Array.isArray(emitted) ? emitted.slice(0, 1) : [];
}

function methodProblem(method: Method, scope: string | undefined): FindingDetails | undefined {
  const problem = problemOfRunning(method, scope);
  if (problem || method.length <= 1) return problem;
  return { problem: 'it takes more than the event', cure: 'leave the other parameters away' };
}

/** What compilers emit for a type that is no class of its own. */
const NO_EVENT_CLASSES: ReadonlySet<unknown> = new Set([Object, String, Number, Boolean, Function, Array, Promise]);

function typeProblem(types: readonly unknown[]): FindingDetails | undefined {
  if (types.length === 0) return { problem: 'it names no event', cure: 'write @EventListener(SessionConnectedEvent)' };
  for (const type of types) {
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

function nameOfValue(value: unknown): string {
  return typeof value === 'function' && value.name !== '' ? value.name : String(value);
}
