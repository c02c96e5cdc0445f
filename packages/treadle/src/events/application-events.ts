import { type Awaitable, isPromise, whenSettled } from '../foundation/awaitable.js';
import type { Logger } from '../foundation/logger.js';

/** The class of an event, which may be abstract: what listeners are registered by. */
// `never`: an event's constructor arguments do not matter to its listeners
export type EventClass<E extends object = object> = abstract new (...args: never[]) => E;

/** Details of a registration. */
export interface ListenerOptions {
  /** Who listens, as the log names it when it fails: `Class.method`. */
  readonly name?: string;
}

interface Listener {
  readonly type: EventClass;
  readonly listener: (event: never) => unknown;
  readonly name: string | undefined;
}

/**
 * Tells listeners what happens in the application: to its sessions, to its broker, and whatever the application publishes itself (Spring:
 * `ApplicationEventPublisher`). Injectable; also `application.events`.
 *
 * An event is an instance of any class. It reaches who listens to its class or to a class that one extends, synchronously and in
 * the order of registration.
 */
export class ApplicationEvents {
  readonly #logger: Logger;
  // Replaced, never changed, so that an event on its way keeps its listeners.
  #listeners: readonly Listener[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Calls `listener` with every event of this class and its subclasses. It may be asynchronous; what it throws or rejects with is
   * logged and disturbs nobody. Returns the function that ends it.
   */
  on<E extends object>(
    type: EventClass<E>,
    listener: (event: E) => unknown,
    { name }: ListenerOptions = {},
  ): () => void {
    const entry: Listener = { type, listener, name };
    this.#listeners = [...this.#listeners, entry];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== entry);
    };
  }

  /**
   * Tells everybody who listens to the event's class. Publishing needs not be awaited: it never throws or rejects; awaited, it
   * is done when asynchronous listeners are.
   */
  publish(event: object): Awaitable<void> {
    let busy: Promise<void>[] | undefined;
    for (const listener of this.#listeners) {
      if (!(event instanceof listener.type)) continue;
      const told = this.#tell(listener, event);
      if (isPromise(told)) (busy ??= []).push(told);
    }
    if (busy) return Promise.all(busy).then(() => undefined);
  }

  #tell({ listener, name }: Listener, event: object): Awaitable<void> {
    const call = listener as (event: object) => Awaitable<void>; // `on` paired them
    return whenSettled(
      () => call(event),
      (error) => {
        if (error === undefined) return;
        const sessionId = sessionIdOf(event);
        this.#logger.error(`a listener of ${event.constructor.name} failed`, {
          error,
          ...(name !== undefined && { listener: name }),
          ...(sessionId !== undefined && { sessionId }),
        });
      },
    );
  }
}

function sessionIdOf(event: object): string | undefined {
  if (!('session' in event) || typeof event.session !== 'object' || event.session === null) return undefined;
  return 'id' in event.session && typeof event.session.id === 'string' ? event.session.id : undefined;
}
