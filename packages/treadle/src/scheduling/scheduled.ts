import 'reflect-metadata';
import { DecoratedMembers } from '../foundation/decorated-methods.js';

/** Runs at a steady rate. */
export interface FixedRateOptions {
  /** Milliseconds from the start of one run to the start of the next, from 1 on; text for a placeholder. */
  readonly fixedRate: number | string;
  /** Milliseconds before the first run; default 0: as soon as the application has started. */
  readonly initialDelay?: number | string;
  readonly fixedDelay?: never;
  readonly cron?: never;
  readonly timeZone?: never;
}

/** Runs with a steady pause. */
export interface FixedDelayOptions {
  /** Milliseconds from the end of one run to the start of the next, from 1 on; text for a placeholder. */
  readonly fixedDelay: number | string;
  /** Milliseconds before the first run; default 0: as soon as the application has started. */
  readonly initialDelay?: number | string;
  readonly fixedRate?: never;
  readonly cron?: never;
  readonly timeZone?: never;
}

/** Runs at times of the calendar. */
export interface CronOptions {
  /**
   * `second minute hour day-of-month month day-of-week`, as in Spring's `CronExpression`, with `*`, `?`, lists, ranges, steps, names, `L`, `W`
   * and `#`; or five fields without the seconds; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. When both days are restricted both
   * must fit. `-` turns it off. May hold placeholders.
   */
  readonly cron: string;
  /** IANA name such as `Europe/Berlin`, in which the expression is read; default: that of the process. May hold placeholders. */
  readonly timeZone?: string;
  readonly fixedRate?: never;
  readonly fixedDelay?: never;
  readonly initialDelay?: never;
}

/** When a method runs: exactly one of the three, with nothing of the others. */
export type ScheduledOptions = FixedRateOptions | FixedDelayOptions | CronOptions;

/** What was written, of whatever form: looked at when the application is created. */
export interface WrittenSchedule {
  readonly fixedRate?: number | string | undefined;
  readonly fixedDelay?: number | string | undefined;
  readonly initialDelay?: number | string | undefined;
  readonly cron?: string | undefined;
  readonly timeZone?: string | undefined;
}

/** Fits methods without required parameters, of instances. */
export type ScheduledDecorator = <T extends () => unknown>(
  target: object,
  member: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/**
 * Lets a method of a service or controller run by itself, from the start of the application to its stop (Spring: `@Scheduled`). Repeat it for
 * several schedules. Two runs of one schedule never overlap; what a run throws is logged and the schedule goes on.
 */
export function Scheduled(options: ScheduledOptions): ScheduledDecorator {
  return (target, member) => {
    // Decorators run from the last to the first.
    const present = schedulesOf(target, member, 'own');
    Reflect.defineMetadata(SCHEDULES, [options, ...present], target, member);
    SCHEDULED_MEMBERS.note(target, member);
  };
}

const SCHEDULES = 'treadle:schedules';
/** Those that carry `@Scheduled`. */
export const SCHEDULED_MEMBERS = new DecoratedMembers('scheduled-members');

/** What is written at a member; `inherited`: also at the one it overrides. */
export function schedulesOf(
  target: object,
  member: string | symbol,
  which: 'own' | 'inherited',
): readonly WrittenSchedule[] {
  const read = which === 'own' ? Reflect.getOwnMetadata : Reflect.getMetadata;
  const schedules: unknown = read(SCHEDULES, target, member);
  return Array.isArray(schedules) ? (schedules as WrittenSchedule[]) : []; // only `Scheduled` writes this key
}
