import { Cron } from 'croner';
import type { Clock } from '../foundation/clock.js';
import { textOf } from '../foundation/error-text.js';
import { ConfigurationError } from '../foundation/errors.js';
import type { WrittenSchedule } from './scheduled.js';

/** Says when a scheduled method runs next. One per schedule: it keeps the time of the next run. */
export interface Trigger {
  /** For people: `every 1000 ms`. */
  readonly text: string;
  /** The application has started: settles the first run. */
  begin(clock: Clock): void;
  /** A run has ended: settles the next one. Returns how many runs were due meanwhile and are left out. */
  advance(clock: Clock): number;
  /** Milliseconds to the next run, 0 or less when it is due; `undefined`: there is none. */
  remaining(clock: Clock): number | undefined;
}

/**
 * The trigger of what was written.
 * @param resolve replaces placeholders
 * @throws ConfigurationError that says what is wrong, and the cure
 */
export function createTrigger(written: WrittenSchedule, resolve: (text: string) => string): Trigger {
  const { fixedRate, fixedDelay, cron, initialDelay, timeZone } = written;
  const given = Object.entries({ fixedRate, fixedDelay, cron }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none of them' : given.map(([name]) => name).join(' and ');
    throw new ConfigurationError(`give exactly one of fixedRate, fixedDelay and cron; there is ${found}`);
  }
  if (cron !== undefined) {
    if (initialDelay !== undefined) throw new ConfigurationError('initialDelay does not fit cron: leave it away');
    const expression = resolve(cron).trim();
    return expression === DISABLED ? new NoTrigger() : new CronTrigger(expression, timeZone && resolve(timeZone));
  }
  if (timeZone !== undefined) throw new ConfigurationError('timeZone belongs to cron: leave it away');
  const delay = milliseconds('initialDelay', initialDelay ?? 0, { from: 0, resolve });
  if (fixedRate !== undefined) {
    return new FixedRateTrigger(milliseconds('fixedRate', fixedRate, { from: 1, resolve }), delay);
  }
  return new FixedDelayTrigger(milliseconds('fixedDelay', fixedDelay ?? '', { from: 1, resolve }), delay);
}

/** Turns a cron schedule off (Spring: `ScheduledTaskRegistrar.CRON_DISABLED`). */
const DISABLED = '-';

function milliseconds(
  name: string,
  given: number | string,
  { from, resolve }: { readonly from: number; readonly resolve: (text: string) => string },
): number {
  const text = typeof given === 'string' ? resolve(given).trim() : String(given);
  const value = text === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= from) return value;
  throw new ConfigurationError(`${name} is '${text}': it must be a number of milliseconds from ${from} on`);
}

/**
 * The ticks lie on a grid that begins with the first run. A run that takes longer than a period is followed at once by one late run; further
 * ticks that passed meanwhile are left out, where Java's scheduler would make up for each of them in a burst.
 */
class FixedRateTrigger implements Trigger {
  readonly text: string;
  readonly #period: number;
  readonly #initialDelay: number;
  #due = 0;

  constructor(period: number, initialDelay: number) {
    this.text = `every ${period} ms`;
    this.#period = period;
    this.#initialDelay = initialDelay;
  }

  begin(clock: Clock): void {
    this.#due = clock.now() + this.#initialDelay;
  }

  advance(clock: Clock): number {
    this.#due += this.#period;
    const leftOut = Math.max(0, Math.floor((clock.now() - this.#due) / this.#period));
    this.#due += leftOut * this.#period;
    return leftOut;
  }

  remaining(clock: Clock): number {
    return this.#due - clock.now();
  }
}

class FixedDelayTrigger implements Trigger {
  readonly text: string;
  readonly #delay: number;
  readonly #initialDelay: number;
  #due = 0;

  constructor(delay: number, initialDelay: number) {
    this.text = `${delay} ms after the last run`;
    this.#delay = delay;
    this.#initialDelay = initialDelay;
  }

  begin(clock: Clock): void {
    this.#due = clock.now() + this.#initialDelay;
  }

  advance(clock: Clock): number {
    this.#due = clock.now() + this.#delay;
    return 0;
  }

  remaining(clock: Clock): number {
    return this.#due - clock.now();
  }
}

/** The next run is reckoned from the end of the last one, so what falls due meanwhile is left out (Spring: `CronTrigger`). */
class CronTrigger implements Trigger {
  readonly text: string;
  readonly #cron: Cron;
  #due: number | undefined;

  constructor(expression: string, timeZone: string | undefined) {
    this.text = timeZone === undefined ? `cron ${expression}` : `cron ${expression} (${timeZone})`;
    this.#cron = parse(expression, timeZone);
    if (this.#cron.nextRun()) return;
    throw new ConfigurationError(`the cron expression '${expression}' fits no date: correct its day and month`);
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
class NoTrigger implements Trigger {
  readonly text = 'never: turned off';

  begin(): void {}

  advance(): number {
    return 0;
  }

  remaining(): undefined {
    return undefined;
  }
}

// Counting goes date by date; a schedule of every second whose run took a day must not hold the event loop for it.
const MOST_COUNTED = 1_000;

function parse(expression: string, timeZone: string | undefined): Cron {
  // croner would take a date as well.
  if (!expression.startsWith('@') && ![5, 6].includes(expression.split(/\s+/).length)) {
    throw new ConfigurationError(
      `'${expression}' is no cron expression: write 'second minute hour day-of-month month day-of-week', such as '0 */5 * * * *'`,
    );
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
    throw new ConfigurationError(`the cron expression '${expression}'${where} is not valid: ${textOf(error)}`, {
      cause: error,
    });
  }
}
