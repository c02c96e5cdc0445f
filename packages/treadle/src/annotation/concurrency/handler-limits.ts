import { LONGEST_TIME_MS } from '../../foundation/clock.js';
import { ConfigurationError } from '../../foundation/errors.js';
import { ANNOTATIONS, type ControllerClass, type MemberName } from '../metadata.js';

/** How many calls of one handler method there may be at a time, and how long each may take. */
export interface HandlerLimits {
  /** Messages of one session in progress in it while the session goes on; `false`: the session waits for each. */
  readonly concurrency: number | false;
  /** Milliseconds one call may take; `Infinity` for no limit. */
  readonly timeMs: number;
}

/** A method whose limits are asked for. */
export interface LimitedMethod {
  readonly controller: ControllerClass;
  readonly member: MemberName;
  /** `Class.method`. */
  readonly name: string;
  readonly isExceptionHandler: boolean;
}

/**
 * The limits of a method: its own `@Concurrent` and `@TimeLimit`, else its class's, else the application's.
 * @throws ConfigurationError for a number that makes no sense, or `@Concurrent` where nothing waits
 */
export function readHandlerLimits(method: LimitedMethod, defaults: HandlerLimits): HandlerLimits {
  const { controller, member, name } = method;
  const prototype = controller.prototype as object; // a class has a prototype; its type says any
  const own = ANNOTATIONS.concurrent.read(prototype, member);
  if (own !== undefined && method.isExceptionHandler) {
    throw new ConfigurationError({
      location: name,
      problem: '@Concurrent has no effect, for an exception handler answers no messages',
      cure: 'put it on the methods it stands behind',
    });
  }
  const concurrency = own ?? ANNOTATIONS.concurrent.read(controller) ?? defaults.concurrency;
  const timeMs =
    ANNOTATIONS.timeLimit.read(prototype, member) ?? ANNOTATIONS.timeLimit.read(controller) ?? defaults.timeMs;
  requireConcurrency(concurrency, name, `@Concurrent(${concurrency})`);
  requireTime(timeMs, name, `@TimeLimit(${timeMs})`);
  return { concurrency, timeMs };
}

/** @throws ConfigurationError unless it is a whole number from 1 on, `Infinity` or `false` */
export function requireConcurrency(given: number | false, location: string, what = String(given)): void {
  if (given === false || given === Infinity || (Number.isSafeInteger(given) && given >= 1)) return;
  throw new ConfigurationError({
    location,
    problem: `${what} is no number of messages`,
    cure: 'give a whole number from 1 on, Infinity, or false for strict order',
  });
}

function requireTime(given: number, location: string, what: string): void {
  if (given === Infinity || (given >= 1 && given <= LONGEST_TIME_MS)) return;
  throw new ConfigurationError({
    location,
    problem: `${what} is no time`,
    cure: `give milliseconds from 1 to ${LONGEST_TIME_MS}, or Infinity for no limit`,
  });
}
