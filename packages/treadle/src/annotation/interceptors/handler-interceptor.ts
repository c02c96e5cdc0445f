import type { Awaitable } from '../../foundation/awaitable.js';
import type { HandlerCall } from '../handler-call.js';

/**
 * Hooks around the methods of controllers that have a mapping (the counterpart of Spring MVC's `HandlerInterceptor` for messages). Given to
 * `@UseInterceptors` or to the option `handlerInterceptors`. All hooks are optional; while every one answers at once, no promise is made.
 *
 * Whatever a hook throws goes the way of the handler's own errors: to the exception handlers, then to the error policy. One object serves all
 * messages, many at a time: what belongs to one call is kept by `call` in a `WeakMap`.
 */
export interface HandlerInterceptor {
  /**
   * Before any argument is made, so before the payload is even read. `false` refuses the message with `ACCESS_DENIED`, an error refuses it
   * with that error; neither the method nor the interceptors further in are asked then.
   */
  beforeHandle?(call: HandlerCall): Awaitable<boolean | void>; // `void`: most hooks only look
  /**
   * After the method, and the interceptors further in, went well; before the result is sent. What it returns takes the result's place: `null`
   * for no result, `undefined` to leave it. The result is what the method's promise resolved with; a stream comes as a stream.
   */
  afterHandle?(call: HandlerCall, result: unknown): unknown;
  /**
   * When an argument, the method or an interceptor further in failed. The error goes on unless the hook throws another one; give that one
   * the first as `cause`. For every call whose `beforeHandle` went well, exactly one of `afterHandle` and `onError` runs.
   */
  onError?(call: HandlerCall, error: Error): Awaitable<void>;
}

/** A class of interceptors: resolved from the container, one instance unless it is registered there otherwise. */
export type HandlerInterceptorClass = new (...args: any[]) => HandlerInterceptor; // constructors take whatever the container injects

/** What `@UseInterceptors` takes: a class, or an object that is there already. */
export type HandlerInterceptorSource = HandlerInterceptor | HandlerInterceptorClass;

/** True for a class. */
export function isInterceptorClass(source: HandlerInterceptorSource): source is HandlerInterceptorClass {
  return typeof source === 'function';
}
