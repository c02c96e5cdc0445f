import { type Clock, LONGEST_TIME_MS, type Timer } from '../../../foundation/clock.js';
import { ExpiryHeap } from './expiry-heap.js';
import type { QueuedMessage } from './queued-message.js';

const NONE: readonly QueuedMessage[] = [];

/** Watches over the waiting messages of one queue that expire, with one timer at most, which does not keep the process alive. */
export class QueueExpiry {
  #heap: ExpiryHeap | undefined;
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #timer: Timer | undefined;
  #timerAt = Infinity;
  #isStopped = false;

  /** @param onDue called when one of them may have expired: time to call `takeDue` */
  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  add(message: QueuedMessage): void {
    if (message.expiresAt === Infinity) return;
    this.#heap ??= new ExpiryHeap();
    this.#heap.add(message);
    this.#setTimer();
  }

  delete(message: QueuedMessage): void {
    if (message.expiresAt !== Infinity) this.#heap?.delete(message);
  }

  /** Takes those out that have expired. */
  takeDue(): readonly QueuedMessage[] {
    const heap = this.#heap;
    if (!heap?.first) return NONE;
    const due: QueuedMessage[] = [];
    const now = this.#clock.wallTime();
    for (let { first } = heap; first && first.expiresAt <= now; { first } = heap) {
      heap.delete(first);
      due.push(first);
    }
    this.#setTimer();
    return due;
  }

  /** Sets no timer any more, whatever comes. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }

  /** A timer that comes too early costs less than one that is set anew for every message. */
  #setTimer(): void {
    const first = this.#heap?.first;
    if (!first) return this.#cancelTimer();
    if (this.#isStopped || first.expiresAt >= this.#timerAt) return;
    this.#cancelTimer();
    this.#timerAt = first.expiresAt;
    const milliseconds = Math.max(1, Math.ceil(first.expiresAt - this.#clock.wallTime()));
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#cancelTimer();
        this.#onDue();
      },
      Math.min(milliseconds, LONGEST_TIME_MS),
    );
  }
}
