import type { Frame } from '@treadle/stomp';
import { type Awaitable, isPromise } from '../foundation/awaitable.js';
import { SessionTurn, type TurnOwner } from './session-turn.js';
import { octetsOf, WaitingFrames } from './waiting-frames.js';

/** Where the frames come from. */
export interface InboundFlow {
  /** Whether octets have come that are not decoded yet. */
  readonly hasMore: boolean;
  /** Decodes them until the queue has enough: pushes their frames meanwhile. */
  readOn(): void;
  /** The queue is full: the client is to send no more. */
  pause(): void;
  /** Half of it is done. */
  resume(): void;
}

/** How many frames, and octets of their headers and bodies, may wait or be in progress beside the order. */
export interface InboundQueueLimits {
  readonly inboundQueueFrames: number;
  readonly inboundQueueOctets: number;
}

/** What is done with a frame, and told of how it ended. Exactly one of `done` and `failed` is called for each; neither throws. */
export interface FrameWork {
  /** Settles when the frame has taken effect. The next frame begins when it has, or when somebody lets go of the turn. */
  perform(frame: Frame, turn: SessionTurn): Awaitable<void>;
  done(frame: Frame): void;
  failed(frame: Frame, error: unknown): void;
  /** Whether a frame has to wait for this earlier one, which let go of its turn and is still in progress. */
  mustFollow(frame: Frame, earlier: Frame): boolean;
}

// So many in one go, then other sessions have their turn: one message may hold hundreds of thousands of frames.
const FRAMES_IN_A_ROW = 256;

// The same for few frames that are much work, large lists that are validated for example.
const MILLISECONDS_IN_A_ROW = 10;

// Asking for the time costs more than a small frame may: only one of so many is timed, and stands for all of them.
const SMALL_FRAMES_PER_LOOK = 16;
const SMALL_OCTETS = 1024;

/**
 * Handles the frames of one session one after the other: the next one begins when the one before it is done or lets go of its turn. When
 * too many wait, or are in progress beside the order, the session is not read any more until half of them are done.
 */
export class InboundQueue implements TurnOwner {
  readonly #work: FrameWork;
  readonly #limits: InboundQueueLimits;
  readonly #flow: InboundFlow;
  readonly #waiting = new WaitingFrames();
  /** Of the frame whose turn it is. */
  #turn = new SessionTurn(this);
  /** Of the frames that let go and are still in progress; made for the first of them, as few sessions have any. */
  #besides: Set<SessionTurn> | undefined;
  #besidesOctets = 0;
  #isBusy = false;
  /** True while the handling of a frame has been called and has not returned. */
  #isCalling = false;
  #isPaused = false;
  /** Since the last rest. */
  #handledInARow = 0;
  /** Milliseconds that these took, roughly. */
  #workedInARow = 0;
  /** When the frame in progress began, if it is timed; else 0. */
  #beganAt = 0;
  /** True until the turn of the event loop is over, after many frames in a row. */
  #isResting = false;
  #onIdle: (() => void)[] = [];

  constructor(work: FrameWork, limits: InboundQueueLimits, flow: InboundFlow) {
    this.#work = work;
    this.#limits = limits;
    this.#flow = flow;
  }

  /** Whether a further frame had better not be decoded now: too many wait, or a rest is due. */
  get hasEnough(): boolean {
    return this.#isPaused || this.#isResting;
  }

  /** Handles the frame at once when nothing is in progress that it has to wait for, else in its turn. */
  push(frame: Frame): void {
    if (this.#isBusy || this.#isResting || this.#waiting.size > 0 || this.#isHeldBack(frame)) this.#wait(frame);
    else this.#runFrom(frame);
  }

  /** Forgets the frames that wait; those in progress end by themselves. */
  clear(): void {
    this.#waiting.clear();
  }

  /** Lets other sessions have their turn before the next frame begins. */
  rest(): void {
    if (this.#isResting) return;
    this.#isResting = true;
    setImmediate(() => this.#rested());
  }

  /** Octets that came have been decoded, and all of their frames may be done already. */
  decoded(): void {
    if (this.#onIdle.length > 0) this.#tellIfIdle();
  }

  /** Calls back when nothing is in progress, waits, or is still to be decoded; at once if that is so now. */
  whenIdle(callback: () => void): void {
    if (this.#isIdle) callback();
    else this.#onIdle.push(callback);
  }

  onLetGo(turn: SessionTurn): void {
    if (turn !== this.#turn || !turn.frame) return;
    this.#turn = new SessionTurn(this);
    this.#besides ??= new Set();
    this.#besides.add(turn);
    this.#besidesOctets += octetsOf(turn.frame);
    this.#pauseIfFull();
    // Who lets go is in the middle of something: it comes to its end before the next frame begins.
    if (!this.#isCalling) queueMicrotask(() => this.#runOn());
  }

  onDone(turn: SessionTurn): void {
    const { frame } = turn;
    turn.frame = undefined;
    if (frame) this.#work.done(frame);
    this.#ended(turn, frame);
  }

  onFailed(turn: SessionTurn, error: unknown): void {
    const { frame } = turn;
    turn.frame = undefined;
    if (frame) this.#work.failed(frame, error);
    this.#ended(turn, frame);
  }

  get #isIdle(): boolean {
    const isWorking = this.#isBusy || (this.#besides?.size ?? 0) > 0;
    return !isWorking && this.#waiting.size === 0 && !this.#flow.hasMore;
  }

  /** Handles this frame and those that wait, until one takes time, has to wait itself, or a rest is due. */
  #runFrom(first: Frame | undefined): void {
    this.#isBusy = true;
    for (let frame = first; frame; frame = this.#take()) {
      if (!this.#letsGoOn(frame)) return;
    }
    this.#isBusy = false;
    this.#tellIfIdle();
  }

  /** Handles those that wait. */
  #runOn(): void {
    this.#isBusy = true; // what is decoded now comes behind them
    this.#runFrom(this.#take());
  }

  #tellIfIdle(): void {
    if (!this.#isIdle) return; // those that wait are handled after the rest, or after the one they follow
    const onIdle = this.#onIdle;
    this.#onIdle = [];
    for (const callback of onIdle) callback();
  }

  /** Handles one frame; false when the next one has to wait for it. */
  #letsGoOn(frame: Frame): boolean {
    this.#handledInARow += 1;
    if (this.#handledInARow === FRAMES_IN_A_ROW) this.rest();
    this.#beganAt = this.#isTimed(frame) ? performance.now() : 0;
    const turn = this.#turn;
    turn.frame = frame;
    this.#isCalling = true;
    try {
      const result = this.#work.perform(frame, turn);
      this.#isCalling = false;
      if (isPromise(result)) {
        result.then(turn.onDone, turn.onFailed);
        return turn !== this.#turn;
      }
    } catch (error) {
      this.#isCalling = false;
      turn.frame = undefined;
      this.#work.failed(frame, error);
      if (this.#beganAt > 0) this.#countTime(frame);
      this.#leaveBesides(turn, frame);
      return true;
    }
    turn.frame = undefined;
    this.#work.done(frame);
    if (this.#beganAt > 0) this.#countTime(frame);
    this.#leaveBesides(turn, frame);
    return true;
  }

  #ended(turn: SessionTurn, frame: Frame | undefined): void {
    if (this.#beganAt > 0 && frame && turn === this.#turn) this.#countTime(frame);
    this.#leaveBesides(turn, frame);
    // The end of one beside the order concerns only those that wait for it, or for all to be done.
    if (turn === this.#turn || !this.#isBusy) this.#runOn();
  }

  #leaveBesides(turn: SessionTurn, frame: Frame | undefined): void {
    if (turn === this.#turn || !frame) return;
    this.#besides?.delete(turn);
    this.#besidesOctets -= octetsOf(frame);
    this.#resumeIfHalf();
  }

  #isTimed(frame: Frame): boolean {
    return frame.body.length > SMALL_OCTETS || this.#handledInARow % SMALL_FRAMES_PER_LOOK === 0;
  }

  /** Of one that waited for something it is the time of that too: a rest too many costs next to nothing. */
  #countTime(frame: Frame): void {
    const frames = frame.body.length > SMALL_OCTETS ? 1 : SMALL_FRAMES_PER_LOOK;
    this.#workedInARow += (performance.now() - this.#beganAt) * frames;
    this.#beganAt = 0;
    if (this.#workedInARow >= MILLISECONDS_IN_A_ROW) this.rest();
  }

  #rested(): void {
    this.#isResting = false;
    this.#handledInARow = 0;
    this.#workedInARow = 0;
    if (!this.#isBusy) this.#runOn();
    else this.#flow.readOn();
  }

  #wait(frame: Frame): void {
    this.#waiting.add(frame);
    this.#pauseIfFull();
  }

  /** The next one, unless a rest is due or it has to wait for one in progress. */
  #take(): Frame | undefined {
    if (this.#isResting) return undefined;
    if (this.#flow.hasMore) this.#flow.readOn();
    const { first } = this.#waiting;
    if (first && this.#isHeldBack(first)) return undefined;
    const frame = this.#waiting.take();
    this.#resumeIfHalf();
    return frame;
  }

  #isHeldBack(frame: Frame): boolean {
    if (!this.#besides || this.#besides.size === 0) return false;
    for (const { frame: earlier } of this.#besides) {
      if (earlier && this.#work.mustFollow(frame, earlier)) return true;
    }
    return false;
  }

  #pauseIfFull(): void {
    if (this.#isPaused || !this.#isOver(1)) return;
    this.#isPaused = true;
    this.#flow.pause();
  }

  #resumeIfHalf(): void {
    if (!this.#isPaused || this.#isOver(0.5)) return;
    this.#isPaused = false;
    this.#flow.resume();
  }

  #isOver(share: number): boolean {
    const { inboundQueueFrames, inboundQueueOctets } = this.#limits;
    return (
      this.#waiting.size + (this.#besides?.size ?? 0) >= inboundQueueFrames * share ||
      this.#waiting.octets + this.#besidesOctets >= inboundQueueOctets * share
    );
  }
}
