import { ConfigurationError } from '../foundation/errors.js';
import { CronTrigger, NoTrigger } from './cron-trigger.js';
import { FixedDelayTrigger, FixedRateTrigger } from './interval-triggers.js';
import type { WrittenSchedule } from './scheduled.js';
import type { Trigger } from './trigger.js';

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
    throw new ConfigurationError({
      problem: `there is ${found}`,
      cure: 'give exactly one of fixedRate, fixedDelay and cron',
    });
  }
  if (cron !== undefined) {
    if (initialDelay !== undefined) {
      throw new ConfigurationError({ problem: 'initialDelay does not fit cron', cure: 'leave it away' });
    }
    const expression = resolve(cron).trim();
    return expression === DISABLED ? new NoTrigger() : new CronTrigger(expression, timeZone && resolve(timeZone));
  }
  if (timeZone !== undefined) {
    throw new ConfigurationError({ problem: 'timeZone belongs to cron', cure: 'leave it away' });
  }
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
  throw new ConfigurationError({
    problem: `${name} is '${text}'`,
    cure: `give a number of milliseconds from ${from} on`,
  });
}
