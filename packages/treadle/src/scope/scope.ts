import type { DependencyContainer, InjectionToken } from 'tsyringe';
import type { Awaitable } from '../foundation/awaitable.js';
import { EndCallbacks } from '../foundation/end-callbacks.js';
import { ConfigurationError, TreadleError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { Message } from '../messaging/message.js';
import type { SessionContext } from '../messaging/session-context.js';
import { disposalOf } from './disposal.js';
import { scopeOf } from './scoped.js';

/** What a scope is made of. */
export interface ScopeOptions {
  /** Of its own: a child of the application's, or of its session's. */
  readonly container: DependencyContainer;
  readonly logger: Logger;
  /** Makes a scoped class resolvable that nobody has listed. @throws ConfigurationError when that is impossible */
  readonly register: (type: ScopedClass) => void;
}

/** A class with `@SessionScoped()` or `@MessageScoped()`. */
export type ScopedClass = new (...args: any[]) => object; // constructors take whatever the container injects

/** Details of a value that is given to a scope. */
export interface ProvideOptions {
  /** Whether the scope disposes of the value at its end; default true. False for what somebody else keeps using. */
  readonly dispose?: boolean;
}

/** A container for as long as something lasts. What it makes it keeps, and disposes of once when that is over, the youngest first. */
abstract class Scope {
  /** A tsyringe container; what is registered here by hand is found here, but never disposed of. */
  readonly container: DependencyContainer;
  readonly #instances = new Map<unknown, unknown>();
  readonly #beingMade = new Set<unknown>();
  readonly #owned = new Set<unknown>();
  readonly #ends: EndCallbacks;
  readonly #what: string;
  readonly #register: ScopeOptions['register'];

  constructor({ container, logger, register }: ScopeOptions, what: string, sessionId: string | undefined) {
    this.container = container;
    this.#what = what;
    this.#register = register;
    this.#ends = new EndCallbacks((error) =>
      logger.error(`what was to be done at the end of a ${what} failed`, { error, sessionId }),
    );
  }

  /** The instance of a class or other token as it is seen from here. @throws TreadleError `SCOPE_UNAVAILABLE` when the scope is over */
  resolve<T>(token: InjectionToken<T>): T {
    this.#requireNotOver(token);
    if (isScopedClass(token) && !this.container.isRegistered(token, true)) this.#register(token);
    return this.container.resolve(token);
  }

  /**
   * Makes `value` what `token` stands for in this scope. The scope owns it: at the end it is disposed of once, as what the scope has made
   * itself. @throws TreadleError `SCOPE_UNAVAILABLE` when the scope is over
   */
  provide<T>(token: InjectionToken<T>, value: T, { dispose = true }: ProvideOptions = {}): void {
    this.#requireNotOver(token);
    this.container.register(token, { useValue: value });
    if (dispose) this.#own(value);
  }

  /** Calls back once when the scope ends, before what is older is disposed of; at once when it has ended. What it throws is logged. */
  onEnd(callback: () => unknown): void {
    this.#ends.add(callback);
  }

  /** The one value of this key here, made when it is first asked for. */
  instance<T>(key: object, name: string, make: (container: DependencyContainer) => T): T {
    if (this.#instances.has(key)) return this.#instances.get(key) as T; // stored below, by the same key
    this.#requireNotOver(name);
    if (this.#beingMade.has(key)) {
      const problem = 'it needs itself, and a circle of constructors has no beginning';
      throw new ConfigurationError({ location: name, problem, cure: 'break the circle' });
    }
    this.#beingMade.add(key);
    try {
      const made = make(this.container);
      this.#instances.set(key, made);
      this.#own(made);
      return made;
    } finally {
      this.#beingMade.delete(key);
    }
  }

  /** The end: settles when everything is disposed of. Never fails. Its maker calls it. */
  end(): Awaitable<void> {
    return this.#ends.run();
  }

  /** Two tokens may stand for one value. */
  #own(value: unknown): void {
    const dispose = disposalOf(value);
    if (!dispose || this.#owned.has(value)) return;
    this.#owned.add(value);
    this.#ends.add(dispose);
  }

  #requireNotOver(token: unknown): void {
    if (!this.#ends.isOver) return;
    const name = typeof token === 'function' ? token.name : String(token);
    throw new TreadleError('SCOPE_UNAVAILABLE', `${name} was asked for after the end of its ${this.#what}`);
  }
}

/** What belongs to one client session. Injectable into classes with `@SessionScoped()` or `@MessageScoped()` (Spring: `SimpSessionScope`). */
export class SessionScope extends Scope {
  readonly session: SessionContext;

  constructor(session: SessionContext, options: ScopeOptions) {
    super(options, 'session', session.id);
    this.session = session;
    this.container.registerInstance(SessionScope, this);
  }
}

/** What belongs to one message while it is being handled. Injectable into classes with `@MessageScoped()`. */
export class MessageScope extends Scope {
  readonly message: Message;

  constructor(message: Message, options: ScopeOptions) {
    super(options, 'message', message.sessionId);
    this.message = message;
    this.container.registerInstance(MessageScope, this);
  }

  /** The client session the message comes from; `undefined` for what the application itself sends to its handlers. */
  get session(): SessionContext | undefined {
    return this.message.session;
  }
}

function isScopedClass(token: unknown): token is ScopedClass {
  return typeof token === 'function' && scopeOf(token) !== undefined;
}
