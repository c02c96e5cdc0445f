import { type Awaitable, isPromise, whenSettled } from '../foundation/awaitable.js';
import type { Clock, Timer } from '../foundation/clock.js';
import { diagnostics } from '../foundation/diagnostics.js';
import type { Logger } from '../foundation/logger.js';
import type { Trigger } from './trigger.js';

/** A schedule as it stands, for statistics and for people. */
export interface ScheduleDescription {
  /** `Class.method`. */
  readonly name: string;
  /** For people: `every 1000 ms`, `500 ms after the last run`, `cron 0 0 * * * * (Europe/Berlin)`. */
  readonly trigger: string;
  /** Runs that began. */
  readonly runs: number;
  /** Runs that threw or rejected. */
  readonly failures: number;
  /** Runs left out because an earlier one still went on. */
  readonly skipped: number;
  readonly isRunning: boolean;
  /** When the last run began. */
  readonly lastRunAt: Date | undefined;
  /** How long the last run that ended took, in milliseconds. */
  readonly lastDurationMs: number | undefined;
  /** When the next run begins, or should have; `undefined` before the start, during a run, after the stop, and when there is none. */
  readonly next: Date | undefined;
}

/** What a schedule consists of. */
export interface ScheduleOptions {
  readonly name: string;
  readonly trigger: Trigger;
  readonly run: () => unknown;
  readonly clock: Clock;
  readonly logger: Logger;
}

// Timers measure time that passes, calendars do not: when the machine slept or its time was set, the due date is looked at again after this.
const LONGEST_WAIT_MS = 60_000;

/** One method that runs by itself: one run after the other, from `start` to `stop`. */
export class Schedule {
  readonly #options: ScheduleOptions;
  #timer: Timer | undefined;
  #isStarted = false;
  #isRunning = false;
  #inProgress: Promise<void> | undefined;
  #runs = 0;
  #failures = 0;
  #skipped = 0;
  #lastRunAt: number | undefined;
  #lastDurationMs: number | undefined;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  start(): void {
    this.#isStarted = true;
    this.#options.trigger.begin(this.#options.clock);
    this.#wait();
  }

  /** No run begins any more; resolves when the one in progress has ended. */
  stop(): Awaitable<void> {
    this.#isStarted = false;
    this.#timer?.cancel();
    return this.#inProgress;
  }

  describe(): ScheduleDescription {
    const { clock, name, trigger } = this.#options;
    const remaining = this.#isStarted && !this.#isRunning ? trigger.remaining(clock) : undefined;
    return {
      name,
      trigger: trigger.text,
      runs: this.#runs,
      failures: this.#failures,
      skipped: this.#skipped,
      isRunning: this.#isRunning,
      lastRunAt: dateOf(this.#lastRunAt),
      lastDurationMs: this.#lastDurationMs,
      next: remaining === undefined ? undefined : dateOf(clock.wallTime() + remaining),
    };
  }

  #wait(): void {
    const remaining = this.#options.trigger.remaining(this.#options.clock);
    if (remaining === undefined) return;
    const wait = Math.min(Math.max(remaining, 0), LONGEST_WAIT_MS);
    this.#timer = this.#options.clock.setTimeout(() => this.#wake(), wait);
  }

  #wake(): void {
    const remaining = this.#options.trigger.remaining(this.#options.clock);
    // Timers fire up to a millisecond early, and long waits are cut.
    if (remaining === undefined || remaining > 0) return this.#wait();
    const { clock, run } = this.#options;
    const began = clock.now();
    this.#isRunning = true;
    this.#runs += 1;
    this.#lastRunAt = clock.wallTime();
    const ended = whenSettled(
      () => run() as Awaitable<void>, // its result is nobody's
      (error) => this.#ended(began, error),
    );
    if (isPromise(ended)) this.#inProgress = ended;
  }

  #ended(began: number, error: unknown): void {
    const { clock, trigger } = this.#options;
    this.#isRunning = false;
    this.#inProgress = undefined;
    this.#lastDurationMs = clock.now() - began;
    if (error !== undefined) this.#report(error);
    this.#skipped += trigger.advance(clock);
    if (this.#isStarted) this.#wait();
  }

  #report(error: unknown): void {
    this.#failures += 1;
    const { name, logger } = this.#options;
    logger.error(`the scheduled method ${name} failed`, { error });
    if (diagnostics.scheduleFailed.hasSubscribers) diagnostics.scheduleFailed.publish({ name, error });
  }
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
