import type { InjectionToken } from 'tsyringe';
import type { Message } from '../messaging/message.js';
import type { Principal, SessionContext } from '../messaging/session-context.js';
import type { CurrentActivity } from './current-activity.js';
import type { Scopes } from './scopes.js';

/**
 * The message, session and user that the running code works for, in whatever function, after whatever `await` (Spring:
 * `SimpAttributesContextHolder`). Known in interceptors of `clientInboundChannel`, in handlers, in what they call and start, and, without a
 * message, in listeners of session events. Injectable; also `application.messageContext`. Either turns it on.
 */
export class MessageContext {
  readonly #activity: CurrentActivity;
  readonly #scopes: Scopes;

  /** The application makes it. */
  constructor(activity: CurrentActivity, scopes: Scopes) {
    this.#activity = activity;
    this.#scopes = scopes;
  }

  /** What is being handled; `undefined` outside, and in listeners of events. */
  get message(): Message | undefined {
    return this.#activity.current?.message;
  }

  /** Whose message is being handled, or of whom an event tells; `undefined` outside. */
  get session(): SessionContext | undefined {
    return this.#activity.current?.session;
  }

  /** The user of the session; `undefined` outside and for an anonymous session. */
  get user(): Principal | undefined {
    return this.session?.user;
  }

  /**
   * The instance of a scoped class, or of any other token, for the current message or session: how a class of which there is one per application
   * uses one that is scoped. @throws TreadleError `SCOPE_UNAVAILABLE` outside
   */
  resolve<T>(token: InjectionToken<T>): T {
    return this.#scopes.resolve(token);
  }
}
