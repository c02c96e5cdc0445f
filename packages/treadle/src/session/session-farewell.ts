import { type Awaitable, isPromise, whenDone } from '../foundation/awaitable.js';
import { EndCallbacks } from '../foundation/end-callbacks.js';
import type { SessionContext } from '../messaging/session-context.js';
import type { InboundQueue } from './inbound-queue.js';
import type { SessionEnvironment } from './session-environment.js';

/** What a farewell is made of. */
export interface SessionFarewellParts {
  readonly session: SessionContext;
  readonly queue: Pick<InboundQueue, 'whenIdle'>;
  readonly environment: Pick<SessionEnvironment, 'clock' | 'counters' | 'limits' | 'logger' | 'onAbandoned'>;
}

/**
 * What is left to do for a session that is over: what it kept is released behind the listeners of its end, and behind handlers that are still at work
 * for it. Neither can hold it for ever: each has `lingerTimeMs`.
 */
export class SessionFarewell {
  readonly #parts: SessionFarewellParts;
  readonly #callbacks: EndCallbacks;
  #isAbandoned = false;
  /** End the waits there are. */
  #giveUps: Set<() => void> | undefined;

  constructor(parts: SessionFarewellParts) {
    this.#parts = parts;
    const { session, environment } = parts;
    this.#callbacks = new EndCallbacks((error) =>
      environment.logger.error('what was to be done at the end of a session failed', { error, sessionId: session.id }),
    );
  }

  /** As `SessionContext.onEnd`. */
  onEnd(callback: () => unknown): () => void {
    return this.#callbacks.add(callback);
  }

  /** Says that what is in progress has had its time: nobody waits for it any more. Once. */
  abandon(): void {
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    const { session, environment } = this.#parts;
    environment.counters.abandoned += 1;
    this.#warn('a frame of a session that is over is still in progress');
    environment.onAbandoned(session);
  }

  /**
   * Releases what the session kept. Never fails.
   * @param told settles when all who wanted to know of the end do; never rejects
   */
  say(told: Awaitable<void>): Awaitable<void> {
    const unused = this.#whenUnused();
    const release = (): Awaitable<void> => this.#callbacks.run();
    const heard = isPromise(told)
      ? this.#inTime(told, () => this.#warn('a listener of the end of a session has not come to its own'))
      : told;
    return whenDone(heard, () => whenDone(unused, release));
  }

  /** Waits for nobody any more, and releases what the session kept: the application has no time left. */
  cutShort(): void {
    for (const giveUp of this.#giveUps ?? []) giveUp();
  }

  #whenUnused(): Awaitable<void> {
    if (this.#isAbandoned) return;
    let isIdle = false;
    const idle = new Promise<void>((resolve) => {
      this.#parts.queue.whenIdle(() => {
        isIdle = true;
        resolve();
      });
    });
    return isIdle ? undefined : this.#inTime(idle, () => this.abandon());
  }

  /** Resolves when the work is done, has had its time, or is cut short. */
  #inTime(work: Promise<void>, onGivenUp: () => void): Promise<void> {
    const { clock, limits } = this.#parts.environment;
    const giveUps = (this.#giveUps ??= new Set());
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel();
        giveUps.delete(giveUp);
        resolve();
      };
      const giveUp = (): void => {
        onGivenUp();
        end();
      };
      const timer = clock.setTimeout(giveUp, limits.lingerTimeMs);
      giveUps.add(giveUp);
      void work.then(end);
    });
  }

  #warn(what: string): void {
    const { session, environment } = this.#parts;
    environment.logger.warn(`${what}: it is not waited for any more`, { sessionId: session.id });
  }
}
