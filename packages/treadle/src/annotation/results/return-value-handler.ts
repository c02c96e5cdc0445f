import type { Awaitable } from '../../foundation/awaitable.js';
import type { HandlerCall } from '../handler-call.js';
import type { HandlerDeclaration } from '../handler-declaration.js';
import type { SendToUserAnnotation } from '../metadata.js';

/** What annotations say about the result of a handler method. */
export interface HandlerReturn {
  readonly handler: HandlerDeclaration;
  /** Whether it answers SUBSCRIBE frames; a method with both mappings is compiled once for each. */
  readonly isSubscription: boolean;
  readonly method: SendAnnotations;
  readonly controller: SendAnnotations;
}

/** `@SendTo` and `@SendToUser` of a method or a class. */
export interface SendAnnotations {
  readonly sendTo: readonly string[] | undefined;
  readonly sendToUser: SendToUserAnnotation | undefined;
}

/** Sends a result, which is never `null` or `undefined`. Settles when all who were to get it are served. */
export type SendResult = (value: unknown, call: HandlerCall) => Awaitable<void>;

/** Serves one kind of result (Spring: `HandlerMethodReturnValueHandler`). The first that supports a method binds it. */
export interface ReturnValueHandler {
  supportsReturn(result: HandlerReturn): boolean;
  /**
   * Called once per method at start, so that nothing is decided per message.
   * @throws ConfigurationError naming method and cure
   */
  bind(result: HandlerReturn): SendResult;
}
