import { setMaxListeners } from 'node:events';
import { type Awaitable, rethrow, whenSettled } from '../foundation/awaitable.js';
import { isError } from '../foundation/error-text.js';
import { CallAbortedError } from '../foundation/errors.js';
import type { Flow } from '../messaging/flow.js';
import type { Message } from '../messaging/message.js';
import type { MappingMatch } from './handler-declaration.js';
import type { HandlerInfo } from './handler-info.js';

/** One call of a handler method: what its arguments are made from and its result is sent by. */
export interface HandlerCall {
  /** The controller. */
  readonly instance: object;
  readonly message: Message;
  readonly match: MappingMatch;
  /** The method with the mapping; while an exception handler runs, the one that failed. */
  readonly handler: HandlerInfo;
  /** What an exception handler handles. */
  readonly error?: Error | undefined;
  /**
   * Aborts when nobody wants the outcome any more: the client has gone, the session was ended, the subscription that the call answers was ended,
   * the time of the call is over, or the application stops. Its `reason` is an error with a stable code. It is made when it is first asked for, and does not abort
   * once the call is over, the stream it returned included.
   */
  readonly signal: AbortSignal;
  /** What those who send the result wait for; only the items of a stream have one. */
  readonly flow?: Flow | undefined;
}

/** Who takes what a call fails with after its frame was answered. */
export interface CallRecovery<M extends MappingMatch> {
  /** @throws MessageHandlingError when nobody handled it; it has been told already */
  recover(thrown: unknown, call: RunningCall<M>): Awaitable<void>;
  /** Keeps what belongs to the message in progress, until the returned function is called: for a call that goes on. */
  hold?(message: Message): (() => void) | undefined;
}

/** What a call is made of. */
export interface CallParts<M extends MappingMatch> {
  /** `Class.method`. */
  readonly handlerName: string;
  /** Gives the object whose method is called. */
  readonly instanceFor: InstanceSource;
  readonly message: Message;
  readonly match: M;
  readonly error?: Error | undefined;
  readonly recovery: CallRecovery<M>;
}

/** Gives the object that handles a message: the only one of its class, or that of the message's scope. */
export type InstanceSource = (message: Message) => object;

/** A call from its beginning to its end. */
export class RunningCall<M extends MappingMatch = MappingMatch> implements HandlerCall {
  /** `Class.method`, for logs and errors. */
  readonly handlerName: string;
  readonly message: Message;
  readonly match: M;
  readonly error: Error | undefined;
  flow: Flow | undefined;
  readonly #instanceFor: InstanceSource;
  readonly #recovery: CallRecovery<M>;
  #controller: AbortController | undefined;
  /** Takes the listener off the signal that `#controller` follows. */
  #unfollow: (() => void) | undefined;
  #goesOn = false;
  #release: (() => void) | undefined;
  #isExpired = false;

  constructor({ handlerName, instanceFor, message, match, error, recovery }: CallParts<M>) {
    this.handlerName = handlerName;
    this.#instanceFor = instanceFor;
    this.message = message;
    this.match = match;
    this.error = error;
    this.#recovery = recovery;
  }

  get instance(): object {
    return this.#instanceFor(this.message);
  }

  get handler(): HandlerInfo {
    return this.match.handler;
  }

  get signal(): AbortSignal {
    return (this.#controller ??= this.#createController()).signal;
  }

  /** Aborts `signal`; the first reason stays. Does not end the call by itself. */
  abort(reason: Error): void {
    this.#controller ??= this.#createController();
    this.#controller.abort(reason);
  }

  /** True when its time was over: it has failed with that, and what it still gives is dropped. */
  get isExpired(): boolean {
    return this.#isExpired;
  }

  /** Says that its time is over, and aborts `signal` with the reason. */
  expire(reason: Error): void {
    this.#isExpired = true;
    this.abort(reason);
  }

  /**
   * Whether a failure is nothing but the answer to `signal`, its reason or an `AbortError` as Node throws it, when session, subscription or server have
   * ended.
   */
  isAbortedBy(thrown: unknown): boolean {
    if (this.#isExpired) return false; // somebody waits for the outcome, and it is a failure
    const signal = this.#controller?.signal;
    // An abort for any other reason is a failure like others.
    if (!signal?.aborted || !(signal.reason instanceof CallAbortedError)) return false;
    return thrown === signal.reason || (isError(thrown) && thrown.name === 'AbortError');
  }

  /** The call goes on behind its settled frame, as a stream; `end` must be called when it is over. */
  goOn(): void {
    this.#goesOn = true;
    this.#release = this.#recovery.hold?.(this.message);
  }

  /** The frame is done: the end of the call, unless it goes on. */
  settled(): void {
    if (!this.#goesOn) this.end();
  }

  /** Nothing more happens in this call: `signal` follows nobody any more. */
  end(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  /** Takes what the call failed with after its frame was answered. @throws MessageHandlingError when nobody handled it; it has been told already */
  recover(thrown: unknown): Awaitable<void> {
    const release = this.#recovery.hold?.(this.message);
    return whenSettled(
      () => {
        const recovered = this.#recovery.recover(thrown, this); // ends the call, and what it held
        this.#release = release;
        return recovered;
      },
      (error) => {
        release?.();
        rethrow(error);
      },
    );
  }

  #createController(): AbortController {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal); // a handler may give it to as many as it likes
    const { session, subscriptionId, type } = this.message;
    const source =
      type === 'SUBSCRIBE' && subscriptionId !== undefined
        ? session?.subscriptionSignal(subscriptionId)
        : session?.signal;
    if (source) this.#follow(source, controller);
    return controller;
  }

  /** Not `AbortSignal.any`: the session's signal outlives thousands of calls and must not remember them. */
  #follow(source: AbortSignal, controller: AbortController): void {
    const onAbort = (): void => controller.abort(source.reason);
    if (source.aborted) return onAbort();
    source.addEventListener('abort', onAbort);
    this.#unfollow = () => source.removeEventListener('abort', onAbort);
  }
}
