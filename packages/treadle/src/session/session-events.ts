import { type Awaitable, isPromise, whenSettled } from '../foundation/awaitable.js';
import type { Logger } from '../foundation/logger.js';
import type { SessionContext } from '../messaging/session-context.js';

/** Something that happened to a session. */
export abstract class SessionEvent {
  readonly session: SessionContext;

  constructor(session: SessionContext) {
    this.session = session;
  }
}

/** CONNECT was accepted; CONNECTED is about to be written (Spring: `SessionConnectedEvent`). */
export class SessionConnectedEvent extends SessionEvent {}

/** A subscription is live: what is published from now on reaches it (Spring's event comes before that; ours does not). */
export class SessionSubscribeEvent extends SessionEvent {
  readonly subscriptionId: string;
  readonly destination: string;

  constructor(session: SessionContext, subscriptionId: string, destination: string) {
    super(session);
    this.subscriptionId = subscriptionId;
    this.destination = destination;
  }
}

/** A subscription ended by UNSUBSCRIBE. At the end of a session only `SessionDisconnectEvent` is published. */
export class SessionUnsubscribeEvent extends SessionSubscribeEvent {}

/** A session that had been connected ended; published exactly once. */
export class SessionDisconnectEvent extends SessionEvent {
  /** The close code, `1000` after DISCONNECT, `1006` when the connection broke. */
  readonly code: number;
  /** Why, for people: an error code when the server ended it. */
  readonly reason: string;

  constructor(session: SessionContext, code: number, reason: string) {
    super(session);
    this.code = code;
    this.reason = reason;
  }
}

/** The class of an event: what listeners are registered by. */
// `never`: an event's constructor arguments do not matter to its listeners
export type EventClass<E extends SessionEvent> = abstract new (...args: never[]) => E;

/** Tells listeners what happens to sessions. Injectable; also `application.events`. */
export class ApplicationEvents {
  readonly #logger: Logger;
  #listeners: readonly { type: EventClass<SessionEvent>; listener: (event: never) => unknown }[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /**
   * Calls `listener` with every event of exactly this class, synchronously, in the order of registration. What it throws or
   * rejects with is logged and disturbs nobody. Returns the function that ends it.
   */
  on<E extends SessionEvent>(type: EventClass<E>, listener: (event: E) => unknown): () => void {
    const entry = { type, listener };
    this.#listeners = [...this.#listeners, entry];
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== entry);
    };
  }

  /** Tells everybody who listens to the event's class. Resolves when asynchronous listeners are done; never throws or rejects. */
  publish(event: SessionEvent): Awaitable<void> {
    const busy: Promise<void>[] = [];
    for (const { type, listener } of this.#listeners) {
      if (event.constructor !== type) continue;
      const told = this.#tell(listener as (event: SessionEvent) => Awaitable<void>, event); // `on` paired them
      if (isPromise(told)) busy.push(told);
    }
    if (busy.length > 0) return Promise.all(busy).then(() => undefined);
  }

  #tell(listener: (event: SessionEvent) => Awaitable<void>, event: SessionEvent): Awaitable<void> {
    return whenSettled(
      () => listener(event),
      (error) => {
        if (error === undefined) return;
        this.#logger.error(`a listener of ${event.constructor.name} failed`, { error, sessionId: event.session.id });
      },
    );
  }
}
