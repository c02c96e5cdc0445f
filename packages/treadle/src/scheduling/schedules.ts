import type { Clock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import { Schedule, type ScheduleDescription } from './schedule.js';
import type { ScheduledMethod } from './schedule-scan.js';

/** What all schedules of an application share. */
export interface SchedulesOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What runs by itself in an application: its `@Scheduled` methods. Injectable; also `application.schedules`. */
export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #schedules: Schedule[] = [];

  /** The application makes it. */
  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  /** Every schedule as it stands, in the order of services, controllers and methods; empty before the application has started. */
  describe(): readonly ScheduleDescription[] {
    return this.#schedules.map((schedule) => schedule.describe());
  }

  /** Begins to run a method of this instance. The application calls it, when all services have started. */
  start({ name, member, trigger }: ScheduledMethod, instance: object): void {
    const methods = instance as Record<string | symbol, () => unknown>; // the scan has found the method in its class
    const schedule = new Schedule({ ...this.#options, name, trigger, run: () => methods[member]?.() });
    this.#schedules.push(schedule);
    schedule.start();
  }

  /**
   * No run begins any more; resolves when those in progress have ended, at the latest when `deadline` resolves. Those that have not are named
   * in the log.
   */
  async stop(deadline: Promise<void>): Promise<void> {
    const ended = Promise.all(this.#schedules.map(async (schedule) => schedule.stop()));
    await Promise.race([ended, deadline]);
    for (const { name, isRunning } of this.describe()) {
      if (isRunning) this.#options.logger.warn(`the scheduled method ${name} is still running; the stop does not wait`);
    }
  }
}
