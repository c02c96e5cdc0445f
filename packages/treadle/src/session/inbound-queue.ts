import type { Frame } from '@treadle/stomp';
import { type Awaitable, isPromise } from '../foundation/awaitable.js';

/** What a full queue does to the flow of octets. */
export interface InboundFlow {
  pause(): void;
  resume(): void;
}

/** How many frames, and octets of their headers and bodies, may wait. */
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

// So many in one go, then other sessions have their turn: one message may hold hundreds of thousands of frames.
const FRAMES_IN_A_ROW = 128;
// Below it the places of handled frames are not worth a copy.
const PLACES_TO_KEEP = 64;

/**
 * Handles the frames of one session strictly one after the other. While one is being handled the next ones wait; when too
 * many wait the session is not read any more until half of them are done.
 */
export class InboundQueue {
  readonly #work: FrameWork;
  readonly #limits: InboundQueueLimits;
  readonly #flow: InboundFlow;
  /** Those that wait, from `#next` on; the places before it are empty. */
  #waiting: (Frame | undefined)[] = [];
  #next = 0;
  #waitingOctets = 0;
  /** The frame whose promise is being waited for. */
  #pending: Frame | undefined;
  #isBusy = false;
  #isPaused = false;
  /** Since the last rest. */
  #handledInARow = 0;
  /** True until the turn of the event loop is over, after many frames in a row. */
  #isResting = false;
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
    if (this.#isBusy || this.#isResting) this.#wait(frame);
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
    if (this.#isBusy || this.#waiting.length > 0) this.#onIdle.push(callback);
    else callback();
  }

  /** Handles this frame and those that wait, until one takes time or a rest is due. */
  #runFrom(first: Frame | undefined): void {
    this.#isBusy = true;
    for (let frame = first; frame; frame = this.#take()) {
      if (!this.#finishesAtOnce(frame)) return;
    }
    this.#isBusy = false;
    if (this.#waiting.length > 0) return; // they are handled after the rest
    const onIdle = this.#onIdle;
    this.#onIdle = [];
    for (const callback of onIdle) callback();
  }

  #finishesAtOnce(frame: Frame): boolean {
    this.#handledInARow += 1;
    if (this.#handledInARow === FRAMES_IN_A_ROW) this.#rest();
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

  #rest(): void {
    this.#isResting = true;
    setImmediate(this.#onRested);
  }

  readonly #onRested = (): void => {
    this.#isResting = false;
    this.#handledInARow = 0;
    if (!this.#isBusy) this.#runFrom(this.#take());
  };

  #wait(frame: Frame): void {
    this.#waiting.push(frame);
    this.#waitingOctets += octetsOf(frame);
    if (!this.#isPaused && this.#isOver(1)) {
      this.#isPaused = true;
      this.#flow.pause();
    }
  }

  /** The next one, unless a rest is due. */
  #take(): Frame | undefined {
    if (this.#isResting) return undefined;
    const frame = this.#waiting[this.#next];
    if (frame) {
      this.#waiting[this.#next] = undefined; // what is handled must not be kept by those that wait
      this.#next += 1;
      this.#waitingOctets -= octetsOf(frame);
    }
    this.#dropEmptyPlaces();
    if (this.#isPaused && !this.#isOver(0.5)) {
      this.#isPaused = false;
      this.#flow.resume();
    }
    return frame;
  }

  /** Half of the places at least are dropped at once, so that each frame is copied once at most on average. */
  #dropEmptyPlaces(): void {
    if (this.#next === this.#waiting.length) return this.clear();
    if (this.#next <= PLACES_TO_KEEP || this.#next * 2 < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }

  #isOver(share: number): boolean {
    const { inboundQueueFrames, inboundQueueOctets } = this.#limits;
    return (
      this.#waiting.length - this.#next >= inboundQueueFrames * share ||
      this.#waitingOctets >= inboundQueueOctets * share
    );
  }
}

/** What a frame holds, roughly: characters beyond ASCII count as one. */
function octetsOf({ headers, body }: Frame): number {
  let octets = body.length;
  for (const text of headers) octets += text.length;
  return octets;
}
