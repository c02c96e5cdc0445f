import type { Frame } from '@treadle/stomp';
import { type Awaitable, isPromise } from '../foundation/awaitable.js';

/** What a full queue does to the flow of octets. */
export interface InboundFlow {
  pause(): void;
  resume(): void;
}

/** How many frames, and octets of bodies, may wait. */
export interface InboundQueueLimits {
  readonly inboundQueueFrames: number;
  readonly inboundQueueOctets: number;
}

/** What is done with a frame, and told of how it ended. Exactly one of `done` and `failed` is called for each; neither throws. */
export interface FrameWork {
  /** Settles when the frame has taken effect. */
  perform(frame: Frame): Awaitable<void>;
  done(frame: Frame): void;
  failed(frame: Frame, error: unknown): void;
}

/**
 * Handles the frames of one session strictly one after the other. While one is being handled the next ones wait; when too
 * many wait the session is not read any more until half of them are done.
 */
export class InboundQueue {
  readonly #work: FrameWork;
  readonly #limits: InboundQueueLimits;
  readonly #flow: InboundFlow;
  #waiting: Frame[] = [];
  #next = 0;
  #waitingOctets = 0;
  /** The frame whose promise is being waited for. */
  #pending: Frame | undefined;
  #isBusy = false;
  #isPaused = false;
  #onIdle: (() => void)[] = [];

  constructor(work: FrameWork, limits: InboundQueueLimits, flow: InboundFlow) {
    this.#work = work;
    this.#limits = limits;
    this.#flow = flow;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Handles the frame at once when nothing is in progress, else in its turn. */
  push(frame: Frame): void {
    if (this.#isBusy) this.#wait(frame);
    else this.#runFrom(frame);
  }

  /** Forgets the frames that wait; the one in progress ends by itself. */
  clear(): void {
    this.#waiting = [];
    this.#next = 0;
    this.#waitingOctets = 0;
  }

  /** Calls back when nothing is in progress and nothing waits; at once if that is so now. */
  whenIdle(callback: () => void): void {
    if (this.#isBusy) this.#onIdle.push(callback);
    else callback();
  }

  /** Handles this frame and those that wait, until one takes time. */
  #runFrom(first: Frame | undefined): void {
    this.#isBusy = true;
    for (let frame = first; frame; frame = this.#take()) {
      if (!this.#finishesAtOnce(frame)) return;
    }
    this.#isBusy = false;
    const onIdle = this.#onIdle;
    this.#onIdle = [];
    for (const callback of onIdle) callback();
  }

  #finishesAtOnce(frame: Frame): boolean {
    try {
      const result = this.#work.perform(frame);
      if (isPromise(result)) {
        this.#pending = frame;
        result.then(this.#onDone, this.#onFailed);
        return false;
      }
    } catch (error) {
      this.#work.failed(frame, error);
      return true;
    }
    this.#work.done(frame);
    return true;
  }

  // Made once per session, not once per frame.
  readonly #onDone = (): void => {
    const frame = this.#pending;
    this.#pending = undefined; // an idle session must not keep a body, nor the chunk it is a view of
    if (frame) this.#work.done(frame);
    this.#runFrom(this.#take());
  };

  readonly #onFailed = (error: unknown): void => {
    const frame = this.#pending;
    this.#pending = undefined;
    if (frame) this.#work.failed(frame, error);
    this.#runFrom(this.#take());
  };

  #wait(frame: Frame): void {
    this.#waiting.push(frame);
    this.#waitingOctets += frame.body.length;
    if (!this.#isPaused && this.#isOver(1)) {
      this.#isPaused = true;
      this.#flow.pause();
    }
  }

  #take(): Frame | undefined {
    const frame = this.#waiting[this.#next];
    if (frame) {
      this.#next += 1;
      this.#waitingOctets -= frame.body.length;
    }
    if (this.#next === this.#waiting.length) this.clear();
    if (this.#isPaused && !this.#isOver(0.5)) {
      this.#isPaused = false;
      this.#flow.resume();
    }
    return frame;
  }

  #isOver(share: number): boolean {
    const { inboundQueueFrames, inboundQueueOctets } = this.#limits;
    return (
      this.#waiting.length - this.#next >= inboundQueueFrames * share ||
      this.#waitingOctets >= inboundQueueOctets * share
    );
  }
}
