import { HandlerInfo } from '../handler-info.js';
import type { ArgumentResolver } from './argument-resolver.js';
import { createParameterDecorator } from './create-parameter-decorator.js';

/**
 * Which method the message went to, as `HandlerInfo`: in an exception handler, the one that failed. An undecorated parameter of that class gets it
 * too; where the compiler emits no types it takes this.
 */
export const HandledBy = createParameterDecorator(({ handler }) => handler, 'handledBy');

/** For an undecorated parameter of type `HandlerInfo` (Spring: `HandlerMethod`, a provided argument of `InvocableHandlerMethod`). */
export const handlerInfoResolver: ArgumentResolver = {
  supportsParameter: ({ annotation, type }) => annotation === undefined && type === HandlerInfo,
  bind: () => (call) => call.handler,
};
