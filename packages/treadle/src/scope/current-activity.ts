import { AsyncLocalStorage } from 'node:async_hooks';
import { type Awaitable, rethrow, whenDone, whenSettled } from '../foundation/awaitable.js';
import type { Message } from '../messaging/message.js';
import type { SessionContext } from '../messaging/session-context.js';
import type { MessageScope } from './scope.js';

/** What is going on: a message on its way through the application, or listeners hearing of a session. */
export class Activity {
  readonly session: SessionContext | undefined;
  /** As its handler gets it, from there on; `undefined` for an event. */
  message: Message | undefined;
  /** True when a handler has it: what is sent on from there is another message. */
  isDispatched: boolean;
  /** Made when it is first asked for. */
  scope: MessageScope | undefined;
  #holds = 0;
  #isSettled = false;

  constructor(session: SessionContext | undefined, message: Message | undefined) {
    this.session = session;
    this.message = message;
    this.isDispatched = message === undefined;
  }

  /** Keeps the scope of the message from ending, as long as a result is still being sent, until the returned function is called. */
  hold(): () => void {
    this.#holds += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds -= 1;
      if (this.#isSettled) void this.#end();
    };
  }

  /** The message has been handled: settles when its scope has ended, if that is not held. Never fails. */
  settle(): Awaitable<void> {
    this.#isSettled = true;
    return this.#end();
  }

  #end(): Awaitable<void> {
    return this.#holds === 0 ? this.scope?.end() : undefined;
  }
}

/**
 * Tells all code, however asynchronous, to which message and session its work belongs. Off until somebody asks: `AsyncLocalStorage` makes
 * every message, and on Node 20 every promise of the process, dearer.
 */
export class CurrentActivity {
  #storage: AsyncLocalStorage<Activity> | undefined;

  get isOn(): boolean {
    return this.#storage !== undefined;
  }

  /** From the next message or event on. */
  turnOn(): void {
    this.#storage ??= new AsyncLocalStorage();
  }

  /** The activity that the running code belongs to; `undefined` outside of all, and while this is off. */
  get current(): Activity | undefined {
    return this.#storage?.getStore();
  }

  /** A message enters the application. When `action` has settled, well or not, the scope of the message ends; then this settles alike. */
  ofMessage(message: Message, action: () => Awaitable<void>): Awaitable<void> {
    const activity = new Activity(message.session, message);
    return whenSettled(
      () => this.#run(activity, action),
      (error) => whenDone(activity.settle(), () => rethrow(error)),
    );
  }

  /** A message reaches its handler: the current activity's, perhaps changed by an interceptor, or one that was sent on the way. */
  ofHandler(message: Message, action: () => Awaitable<void>): Awaitable<void> {
    const activity = this.current;
    if (activity && !activity.isDispatched && activity.session === message.session) {
      activity.isDispatched = true;
      activity.message = message;
      return action();
    }
    return this.ofMessage(message, () => this.ofHandler(message, action));
  }

  /** Something is told of a session. */
  ofSession(session: SessionContext, action: () => Awaitable<void>): Awaitable<void> {
    return this.#run(new Activity(session, undefined), action);
  }

  #run(activity: Activity, action: () => Awaitable<void>): Awaitable<void> {
    return this.#storage ? this.#storage.run(activity, action) : action();
  }
}
