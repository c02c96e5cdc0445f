import { Cron } from 'croner';
import type { Clock } from '../foundation/clock.js';
import { textOf } from '../foundation/error-text.js';
import { ConfigurationError } from '../foundation/errors.js';
import type { Trigger } from './trigger.js';

// Counting goes date by date; a schedule of every second whose run took a day must not hold the event loop for it.
const MOST_COUNTED = 1_000;

/** The next run is reckoned from the end of the last one, so what falls due meanwhile is left out (Spring: `CronTrigger`). */
export class CronTrigger implements Trigger {
  readonly text: string;
  readonly #cron: Cron;
  #due: number | undefined;

  constructor(expression: string, timeZone: string | undefined) {
    this.text = timeZone === undefined ? `cron ${expression}` : `cron ${expression} (${timeZone})`;
    this.#cron = parse(expression, timeZone);
    if (this.#cron.nextRun()) return;
    throw new ConfigurationError({
      problem: `the cron expression '${expression}' fits no date`,
      cure: 'correct its day and month',
    });
  }

  begin(clock: Clock): void {
    this.#due = this.#nextAfter(clock.wallTime());
  }

  advance(clock: Clock): number {
    const now = clock.wallTime();
    let leftOut = 0;
    let next = this.#nextAfter(this.#due ?? now);
    for (; next !== undefined && next <= now && leftOut < MOST_COUNTED; leftOut += 1) next = this.#nextAfter(next);
    // The clock may have been set back: then a date that had its run already is not due again.
    this.#due = this.#nextAfter(Math.max(now, this.#due ?? now));
    return leftOut;
  }

  remaining(clock: Clock): number | undefined {
    return this.#due === undefined ? undefined : this.#due - clock.wallTime();
  }

  #nextAfter(time: number): number | undefined {
    return this.#cron.nextRun(new Date(time))?.getTime();
  }
}

/** Of a cron schedule turned off. */
export class NoTrigger implements Trigger {
  readonly text = 'never: turned off';

  begin(): void {}

  advance(): number {
    return 0;
  }

  remaining(): undefined {
    return undefined;
  }
}

const CRON_FORM = "write 'second minute hour day-of-month month day-of-week', such as '0 */5 * * * *'";

function parse(expression: string, timeZone: string | undefined): Cron {
  // croner would take a date as well.
  if (!expression.startsWith('@') && ![5, 6].includes(expression.split(/\s+/).length)) {
    throw new ConfigurationError({ problem: `'${expression}' is no cron expression`, cure: CRON_FORM });
  }
  try {
    const cron = new Cron(expression, {
      mode: '5-or-6-parts',
      // Spring's rules: both days must fit, and `0/15` is a range to the end.
      domAndDow: true,
      sloppyRanges: true,
      ...(timeZone !== undefined && { timezone: timeZone }),
    });
    cron.nextRun(); // it looks at the time zone only now
    return cron;
  } catch (error) {
    const where = timeZone === undefined ? '' : ` in the time zone '${timeZone}'`;
    const problem = `the cron expression '${expression}'${where} is not valid: ${textOf(error)}`;
    throw new ConfigurationError({ problem, cure: CRON_FORM }, { cause: error });
  }
}
