import { appendTo, type ControllerOrHandlerDecorator } from '../decorate.js';
import { ANNOTATIONS } from '../metadata.js';
import type { HandlerInterceptorSource } from './handler-interceptor.js';

/**
 * Puts interceptors around a method with a mapping, or around all of a controller's: those of the class outside those of the method, in the order
 * given. What a class it extends, or the method it overrides, declares stays, outside its own: a guard cannot be lost by inheriting. One that is
 * named twice runs once, at its outermost place.
 */
export function UseInterceptors(...interceptors: readonly HandlerInterceptorSource[]): ControllerOrHandlerDecorator {
  return appendTo(ANNOTATIONS.useInterceptors, interceptors);
}
