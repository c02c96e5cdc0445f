import { type Awaitable, isPromise, rethrow, whenDone, whenSettled } from '../../foundation/awaitable.js';
import type { Clock } from '../../foundation/clock.js';
import { HandlerTimeExceededError } from '../../foundation/errors.js';
import type { Logger } from '../../foundation/logger.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { RunningCall } from '../handler-call.js';
import type { HandlerMethod } from '../handler-method.js';
import { HandlersInFlight, type InFlightLimits } from './handlers-in-flight.js';
import { SessionLanes } from './session-lanes.js';
import { withinTime } from './time-limit.js';

/** What calls of handlers are limited by. */
export interface HandlerCallsOptions {
  readonly limits: InFlightLimits;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Takes what a call failed with. Fails itself when nobody handled it. */
export interface FailureRecovery<C> {
  recover(thrown: unknown, call: C): Awaitable<void>;
}

/** How many calls of handlers there are, and were since the application was made; those of exception handlers are not counted. */
export interface HandlerStats {
  /** In progress at this moment, without those that do not end though their session was given up `limits.lingerTimeMs` ago. */
  readonly inFlight: number;
  /** Waiting because `limits.handlersInFlight` are in progress. */
  readonly waiting: number;
  /** The most that were in progress at one time. */
  readonly peak: number;
  /** Ended well. */
  readonly completed: number;
  /** Ended by an error, whoever took it; those that were timed out are among them. */
  readonly failed: number;
  /** Took longer than their time limit. */
  readonly timedOut: number;
  /** Refused with `SERVER_BUSY`, as too many waited already. */
  readonly refused: number;
}

/** Calls handler methods within their limits: of time, of messages of one session, of calls in the whole application. */
export class HandlerCalls {
  readonly #inFlight: HandlersInFlight;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #lanes = new Map<HandlerMethod, SessionLanes>();
  /** Asynchronous calls that have a place: those that may have to give it back before they end. */
  readonly #inProgress = new Set<RunningCall>();
  #completed = 0;
  #failed = 0;
  #timedOut = 0;

  constructor({ limits, clock, logger }: HandlerCallsOptions) {
    this.#inFlight = new HandlersInFlight(limits);
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The numbers of this moment. */
  get stats(): HandlerStats {
    const { count, waitingCount, peak, refusedCount } = this.#inFlight;
    return {
      inFlight: count,
      waiting: waitingCount,
      peak,
      completed: this.#completed,
      failed: this.#failed,
      timedOut: this.#timedOut,
      refused: refusedCount,
    };
  }

  /**
   * Calls the handler as soon as its limits allow it; settles when the call is done, or when its failure was recovered from. A handler that takes
   * several messages of one session at the same time lets go of its message's turn when it has been called.
   *
   * Failures of its own: MessageRejectedError `SERVER_BUSY` when too many wait already, HandlerTimeExceededError when the call takes too long.
   */
  run<C extends RunningCall>(handler: HandlerMethod, call: C, recovery: FailureRecovery<C>): Awaitable<void> {
    // An exception handler belongs to a call that was counted, and must not wait for others.
    if (call.error) return this.#call(handler, call, recovery);
    const { session } = call.message;
    // What the application sends by itself has no client to slow down, and waiting for itself it might wait for ever.
    if (!session) return this.#enterAndCall(handler, call, recovery);
    if (handler.limits.concurrency === false) return this.#callInPlace(handler, call, recovery);
    return this.#inLane(handler, session, () => this.#callInPlace(handler, call, recovery));
  }

  /** Gives back the places of calls whose session is over, and which nobody waits for any more: they may never end. */
  abandon(session: SessionContext): void {
    for (const call of this.#inProgress) {
      if (call.message.session !== session) continue;
      this.#logger.warn(
        `${call.handlerName} does not end though its session has: its place is given to others; give what it waits for the AbortSignal of the call`,
        { sessionId: session.id },
      );
      this.#leave(call);
    }
    for (const lanes of this.#lanes.values()) lanes.forget(session);
  }

  #inLane(handler: HandlerMethod, session: SessionContext, run: () => Awaitable<void>): Awaitable<void> {
    const lanes = this.#lanesOf(handler);
    return whenDone(lanes.enter(session), () =>
      whenSettled(run, (error) => {
        lanes.leave(session);
        rethrow(error);
      }),
    );
  }

  #callInPlace<C extends RunningCall>(handler: HandlerMethod, call: C, recovery: FailureRecovery<C>): Awaitable<void> {
    if (!this.#inFlight.isFull) return this.#enterAndCall(handler, call, recovery);
    if (this.#inFlight.isCrowded) return recovery.recover(this.#inFlight.refuse(), call);
    return this.#inFlight.whenEntered().then(() => this.#call(handler, call, recovery));
  }

  #enterAndCall<C extends RunningCall>(handler: HandlerMethod, call: C, recovery: FailureRecovery<C>): Awaitable<void> {
    this.#inFlight.enter();
    return this.#call(handler, call, recovery);
  }

  /** The place is taken; it is given back when the method is done, before a failure is recovered from. */
  #call<C extends RunningCall>(handler: HandlerMethod, call: C, recovery: FailureRecovery<C>): Awaitable<void> {
    let handled: Awaitable<void>;
    try {
      handled = this.#callInTime(handler, call);
    } catch (error) {
      if (!call.error) this.#inFlight.leave();
      this.#onFailed(call);
      return recovery.recover(error, call);
    }
    if (!isPromise(handled)) {
      if (!call.error) this.#inFlight.leave();
      return this.#onCompleted(call);
    }
    if (!call.error) this.#inProgress.add(call);
    if (handler.limits.concurrency !== false) call.message.turn?.letGo();
    // One promise for everything: most calls are asynchronous, and each would pay for a second one.
    return handled.then(
      () => {
        this.#leave(call);
        this.#onCompleted(call);
      },
      (error: unknown) => {
        this.#leave(call);
        this.#onFailed(call);
        return recovery.recover(error, call);
      },
    );
  }

  #onCompleted(call: RunningCall): void {
    if (!call.error) this.#completed += 1;
    call.settled();
  }

  #onFailed(call: RunningCall): void {
    if (!call.error) this.#failed += 1;
  }

  /** Once for each asynchronous call: at its end, or when it is not waited for any more. */
  #leave(call: RunningCall): void {
    if (this.#inProgress.delete(call)) this.#inFlight.leave();
  }

  /** Time counts for what became asynchronous: nothing can interrupt the rest. */
  #callInTime(handler: HandlerMethod, call: RunningCall): Awaitable<void> {
    const { timeMs } = handler.limits;
    const handled = handler.handle(call);
    if (timeMs === Infinity || !isPromise(handled)) return handled;
    return withinTime(handled, timeMs, {
      clock: this.#clock,
      onExceeded: () => this.#expire(handler, call),
      onLateFailure: (error) => {
        this.#logger.debug(`${handler.name} failed after its time`, { error, sessionId: call.message.sessionId });
      },
    });
  }

  #expire({ name, limits }: HandlerMethod, call: RunningCall): Error {
    this.#timedOut += 1;
    const error = new HandlerTimeExceededError(`${name} took longer than ${limits.timeMs} ms`);
    call.expire(error);
    return error;
  }

  #lanesOf(handler: HandlerMethod): SessionLanes {
    const present = this.#lanes.get(handler);
    if (present) return present;
    const { concurrency } = handler.limits;
    const lanes = new SessionLanes(concurrency === false ? 1 : concurrency);
    this.#lanes.set(handler, lanes);
    return lanes;
  }
}
