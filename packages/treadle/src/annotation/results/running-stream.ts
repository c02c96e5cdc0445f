import { AsyncResource } from 'node:async_hooks';
import type { Awaitable } from '../../foundation/awaitable.js';
import { Flow } from '../../messaging/flow.js';
import type { RunningCall } from '../handler-call.js';
import type { StreamItems } from './stream-items.js';
import type { StreamTurns } from './stream-turns.js';

/** What a stream is made of. */
export interface StreamParts {
  readonly items: StreamItems;
  /** The call that returned it. */
  readonly call: RunningCall;
  /** Sends one item; settles when it is accepted. */
  readonly send: (item: unknown) => Awaitable<void>;
  /** When it may send another item. */
  readonly turns: StreamTurns;
  /** Called when the stream should stop and may not have done so yet. */
  readonly onStopping: () => void;
  /** Takes what `stop` of the items failed with when nobody waits for them any more. */
  readonly onCleanUpFailure: (error: unknown) => void;
}

/**
 * One stream on its way: pulls the next item when the last one was accepted and has room with everybody it went to. Ends with its items, with
 * a failure or with the signal of its call.
 */
export class RunningStream {
  readonly call: RunningCall;
  readonly #parts: StreamParts;
  readonly #flow = new Flow();
  /** True while the code of the stream itself is running: it cannot be stopped from inside. */
  #isInside = false;
  #stopped: Awaitable<void> | undefined;
  /** Called when it has to leave this turn of the event loop to others. */
  #onRest: (() => void) | undefined;
  /** Ends the wait for room. */
  #wakeUp: (() => void) | undefined;

  constructor(parts: StreamParts) {
    this.call = parts.call;
    this.#parts = parts;
  }

  /**
   * Begins to send.
   * @returns `begun` settles at the end of this turn of the event loop, when the stream has had its share of it, or as the stream does when it is
   * over before; `over` when nothing of it is left, and never rejects
   */
  begin(): { readonly begun: Promise<void>; readonly over: Promise<void> } {
    const { call } = this;
    call.goOn();
    call.flow = this.#flow;
    // The `finally` blocks of a generator run in its own asynchronous context, not in that of an UNSUBSCRIBE.
    const onAbort = AsyncResource.bind(() => this.#onAbort());
    call.signal.addEventListener('abort', onAbort, { once: true });
    const rested = new Promise<void>((resolve) => {
      this.#onRest = resolve;
      setImmediate(resolve);
    });
    const pumped = this.#pump();
    const begun = Promise.race([pumped, rested]);
    return { begun, over: this.#over(pumped, begun, onAbort) };
  }

  async #over(pumped: Promise<void>, begun: Promise<void>, onAbort: () => void): Promise<void> {
    try {
      await begun;
      await pumped.catch((error: unknown) => this.call.recover(error));
    } catch {
      // Told already: to whoever waited for `begun`, or by the error policy.
    } finally {
      this.call.signal.removeEventListener('abort', onAbort);
      this.call.end();
    }
  }

  async #pump(): Promise<void> {
    const { signal } = this.call;
    let isDone = false;
    try {
      while (!signal.aborted) {
        const { done, value } = await this.#pull();
        isDone = done === true;
        if (isDone || signal.aborted) break;
        const item: unknown = await value;
        // Its subscription may have ended meanwhile, and the id belong to another one.
        if (signal.aborted) break;
        await this.#send(item);
        await this.#room();
        await this.#rest();
      }
    } finally {
      if (!isDone) await this.#stop();
    }
  }

  #pull(): Awaitable<IteratorResult<unknown, unknown>> {
    this.#isInside = true;
    try {
      return this.#parts.items.next();
    } finally {
      this.#isInside = false;
    }
  }

  #send(item: unknown): Awaitable<void> {
    if (item !== undefined && item !== null) return this.#parts.send(item);
  }

  /** Waits until all receivers have room, but no longer than the stream is wanted. */
  #room(): Promise<void> | undefined {
    const free = this.#flow.whenFree();
    if (!free || this.call.signal.aborted) return undefined;
    // Not a race with the signal: a promise that lives as long as the stream would remember every wait.
    return new Promise((resolve) => {
      this.#wakeUp = resolve;
      void free.then(resolve);
    });
  }

  /** Until there is time for another item. */
  #rest(): Promise<void> | undefined {
    const turn = this.#parts.turns.take();
    if (turn) this.#onRest?.();
    return turn;
  }

  #onAbort(): void {
    this.#parts.onStopping();
    this.#wakeUp?.();
    // While it waits for something this may be all that wakes it up.
    if (!this.#isInside) void this.#stop();
  }

  /** Once; never fails. */
  #stop(): Awaitable<void> {
    this.#stopped ??= this.#stopItems();
    return this.#stopped;
  }

  async #stopItems(): Promise<void> {
    try {
      await this.#parts.items.stop();
    } catch (error) {
      this.#parts.onCleanUpFailure(error);
    }
  }
}
