import type { DependencyContainer, InjectionToken } from 'tsyringe';
import { TreadleError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import type { Message } from '../messaging/message.js';
import type { SessionContext } from '../messaging/session-context.js';
import type { CurrentActivity } from './current-activity.js';
import { MessageScope, type ScopedClass, SessionScope } from './scope.js';
import type { ScopeName } from './scoped.js';

/** What the scopes of an application share. */
export interface ScopesOptions {
  /** The application's. */
  readonly container: DependencyContainer;
  readonly logger: Logger;
  readonly activity: CurrentActivity;
  /** Makes a scoped class resolvable that nobody has listed. @throws ConfigurationError when that is impossible */
  readonly register: (type: ScopedClass) => void;
}

/** The scopes of an application's sessions and messages, each made when it is first asked for. Injectable. */
export class Scopes {
  readonly #options: ScopesOptions;
  readonly #ofSessions = new WeakMap<SessionContext, SessionScope>();
  /** What goes on behind its settled frame and may use the scope of its session, or make it. */
  readonly #holds = new WeakMap<SessionContext, Set<Promise<void>>>();

  /** The application makes it. */
  constructor(options: ScopesOptions) {
    this.#options = options;
  }

  /** The scope of a session; it ends when the session is over. */
  ofSession(session: SessionContext): SessionScope {
    const present = this.#ofSessions.get(session);
    if (present) return present;
    const { container, logger, register } = this.#options;
    const scope = new SessionScope(session, { container: container.createChildContainer(), logger, register });
    this.#ofSessions.set(session, scope);
    session.onEnd(async () => {
      await this.#whenReleased(session);
      await scope.end();
    });
    return scope;
  }

  /** The scope of the session whose message is being handled, or of which an event tells. @throws TreadleError `SCOPE_UNAVAILABLE` outside */
  currentSession(): SessionScope {
    const session = this.#options.activity.current?.session;
    if (!session) throw this.#unavailable('a session', '@SessionScoped()');
    return this.ofSession(session);
  }

  /** The scope of the message that is being handled. @throws TreadleError `SCOPE_UNAVAILABLE` outside */
  currentMessage(): MessageScope {
    const activity = this.#options.activity.current;
    if (!activity?.message) throw this.#unavailable('a message', '@MessageScoped()');
    activity.scope ??= this.#createMessageScope(activity.message);
    return activity.scope;
  }

  /**
   * Resolves in the nearest scope there is: that of the current message, else of the current session.
   * @throws TreadleError `SCOPE_UNAVAILABLE` outside of both
   */
  resolve<T>(token: InjectionToken<T>): T {
    const scope = this.#options.activity.current?.message ? this.currentMessage() : this.currentSession();
    return scope.resolve(token);
  }

  /** The instance of a scoped class for a message that is being handled. @throws TreadleError `SCOPE_UNAVAILABLE` */
  resolveFor<T>(scope: ScopeName, token: InjectionToken<T>, { session }: Message): T {
    if (scope === 'message') return this.currentMessage().resolve(token);
    if (!session) throw this.#unavailable('a session', '@SessionScoped()');
    return this.ofSession(session).resolve(token);
  }

  /** Keeps the scopes of a message, and of its session, from ending until the returned function is called: those too that are made meanwhile. */
  hold({ session }: Message): () => void {
    const releaseMessage = this.#options.activity.current?.hold();
    const releaseSession = session && this.#holdSession(session);
    return () => {
      releaseSession?.();
      releaseMessage?.();
    };
  }

  #holdSession(session: SessionContext): () => void {
    const holds = this.#holds.get(session) ?? new Set();
    this.#holds.set(session, holds);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    holds.add(released);
    return () => {
      holds.delete(released);
      release();
    };
  }

  /** A failed stream is held for its exception handler before it lets go. */
  async #whenReleased(session: SessionContext): Promise<void> {
    for (let holds = this.#holds.get(session); holds?.size; holds = this.#holds.get(session)) await Promise.all(holds);
  }

  #createMessageScope(message: Message): MessageScope {
    const { container, logger, register } = this.#options;
    const parent = message.session ? this.ofSession(message.session).container : container;
    return new MessageScope(message, { container: parent.createChildContainer(), logger, register });
  }

  #unavailable(what: string, decorator: string): TreadleError {
    const cure = this.#options.activity.isOn
      ? 'ask for it where a message is handled or an event of a session is told'
      : 'set the option `messageContext: true`, or inject MessageContext';
    return new TreadleError(
      'SCOPE_UNAVAILABLE',
      `what is ${decorator} was asked for where no code of ${what} is running: ${cure}`,
    );
  }
}
