import { type ControllerOrHandlerDecorator, noteMember } from '../decorate.js';
import { ANNOTATIONS } from '../metadata.js';

/**
 * Lets up to `atMost` messages of one session be in progress in a handler method at the same time: the session goes on with its next frame as soon
 * as the method has been called, and only the message after `atMost` waits, and those behind it. On a class it counts for each method that says
 * nothing itself. Without it, and with `false`, the session waits for the handler to finish; `createApplication({ concurrency })` changes that
 * default.
 *
 * Answers may then overtake one another: RECEIPTs and results come in the order of completion. What stays in order is written in
 * docs/guide/concurrency.md.
 * @param atMost a whole number from 1 on, `Infinity` for no bound of its own, or `false`; anything else fails the start
 */
export function Concurrent(atMost: number | false): ControllerOrHandlerDecorator {
  return (target, method) => {
    ANNOTATIONS.concurrent.write(atMost, target, method);
    noteMember(target, method);
  };
}

/**
 * Limits how long a handler method may take, from its first argument to its result's acceptance; on a class, each method that says nothing itself.
 * Then the message fails with `HANDLER_TIME_EXCEEDED`, an `AbortSignal` the method asked for is aborted, the session goes on, and what the method
 * still gives is dropped. Default `limits.handlerTimeMs`: none. A stream is out of it once it has begun.
 *
 * Time is looked at when the method gives control away: a synchronous one is never interrupted.
 * @param milliseconds from 1 on, at most 2 147 483 647, or `Infinity` for none; anything else fails the start
 */
export function TimeLimit(milliseconds: number): ControllerOrHandlerDecorator {
  return (target, method) => {
    ANNOTATIONS.timeLimit.write(milliseconds, target, method);
    noteMember(target, method);
  };
}
