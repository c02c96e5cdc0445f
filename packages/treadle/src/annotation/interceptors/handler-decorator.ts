import { ConfigurationError } from '../../foundation/errors.js';
import type { ControllerOrHandlerDecorator } from '../decorate.js';
import type { HandlerInfo } from '../handler-info.js';

/** A decorator of the application's own that keeps a value on methods and classes, for interceptors to read. */
export interface HandlerMetadataDecorator<T> {
  (value: T): ControllerOrHandlerDecorator;
  /** The method's value, else that of its class; inherited ones count. `undefined` when neither has one. */
  of(handler: HandlerInfo): T | undefined;
}

/**
 * Makes a decorator for metadata: `const Roles = createHandlerDecorator<string[]>()`, `@Roles(['admin'])` on a method or a controller,
 * `Roles.of(call.handler)` in an interceptor.
 */
export function createHandlerDecorator<T>(): HandlerMetadataDecorator<T> {
  const key = Symbol('treadle:handler-metadata');
  const decorate = (value: T): ControllerOrHandlerDecorator => {
    if (value === undefined) throw new ConfigurationError('a decorator of createHandlerDecorator was given undefined');
    return (target, method) => {
      if (method === undefined) Reflect.defineMetadata(key, value, target);
      else Reflect.defineMetadata(key, value, target, method);
    };
  };
  const of = ({ controller, method }: HandlerInfo): T | undefined => {
    const prototype = controller.prototype as object; // a class has a prototype; its type says any
    const ofMethod: unknown = Reflect.getMetadata(key, prototype, method);
    return (ofMethod ?? Reflect.getMetadata(key, controller)) as T | undefined; // only `decorate` writes this key
  };
  return Object.assign(decorate, { of });
}
