import { setMaxListeners } from 'node:events';
import { CallAbortedError } from '../foundation/errors.js';

/** The abort signals of a session and of its subscriptions. Most sessions are never asked for one, so each is made when it is. */
export class SessionSignals {
  readonly #sessionId: string;
  #session: AbortController | undefined;
  #bySubscription: Map<string, AbortController> | undefined;
  /** How many UNSUBSCRIBE frames of an id have come and wait for their turn; those with none are not here. */
  #comingEnds: Map<string, number> | undefined;
  /** Why the session ended. */
  #end: CallAbortedError | undefined;

  constructor(sessionId: string) {
    this.#sessionId = sessionId;
  }

  /** Whether the session has ended, or its client has gone. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Aborts when the session ends; aborted already when it has ended. */
  get session(): AbortSignal {
    this.#session ??= this.#create();
    return this.#session.signal;
  }

  /** Aborts when this live subscription or the session ends; aborted already when its UNSUBSCRIBE has come. */
  ofSubscription(id: string): AbortSignal {
    if (this.#comingEnds?.has(id)) return endedSubscriptionSignal(id);
    this.#bySubscription ??= new Map();
    let controller = this.#bySubscription.get(id);
    if (!controller) {
      controller = this.#create();
      this.#bySubscription.set(id, controller);
    }
    return controller.signal;
  }

  /** An UNSUBSCRIBE has come. What it names may still be in the making, with the frame waiting behind: nobody wants its outcome any more. */
  unsubscribeCame(id: string): void {
    this.#comingEnds ??= new Map();
    this.#comingEnds.set(id, (this.#comingEnds.get(id) ?? 0) + 1);
    this.endSubscription(id);
  }

  /** It is that frame's turn: the id may begin anew behind it. */
  unsubscribeBegins(id: string): void {
    const count = this.#comingEnds?.get(id) ?? 0;
    if (count > 1) this.#comingEnds?.set(id, count - 1);
    else this.#comingEnds?.delete(id);
  }

  /** Aborts the signal of a subscription, if somebody asked for it; its id may begin anew. */
  endSubscription(id: string): void {
    const controller = this.#bySubscription?.get(id);
    if (!controller) return;
    this.#bySubscription?.delete(id);
    controller.abort(subscriptionEnded(id));
  }

  /** Aborts all of them; only the first call counts. */
  end(): void {
    if (this.#end) return;
    this.#end = new CallAbortedError('SESSION_ENDED', `the session ${this.#sessionId} has ended`);
    this.#session?.abort(this.#end);
    for (const controller of this.#bySubscription?.values() ?? []) controller.abort(this.#end);
    this.#bySubscription = undefined;
  }

  #create(): AbortController {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal); // every stream and every call that wants to know listens
    if (this.#end) controller.abort(this.#end);
    return controller;
  }
}

/** The signal of a subscription that there is not, or not any more. */
export function endedSubscriptionSignal(id: string): AbortSignal {
  return AbortSignal.abort(subscriptionEnded(id));
}

function subscriptionEnded(id: string): CallAbortedError {
  return new CallAbortedError('SUBSCRIPTION_ENDED', `the subscription "${id}" has ended`);
}
