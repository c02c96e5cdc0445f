import type { Awaitable } from '../../foundation/awaitable.js';
import type { NativeHeaders } from '../../messaging/native-headers.js';
import type { HandlerCall } from '../handler-call.js';
import type { HandlerDeclaration } from '../handler-declaration.js';
import type { HandlerInfo } from '../handler-info.js';
import type { SendToUserAnnotation } from '../metadata.js';

/** What is known at start of the result of a handler method. */
export interface HandlerReturn {
  /** Class and method; reads annotations of your own: `Stored.of(handler)`. */
  readonly handler: HandlerInfo;
  /** Whether it answers SUBSCRIBE frames; a method with both mappings is compiled once for each. */
  readonly isSubscription: boolean;
  readonly method: SendAnnotations;
  readonly controller: SendAnnotations;
  /** The type the compiler emitted for the result: `Promise` for every async method, `undefined` when it emits none (esbuild, tsx). */
  readonly type: unknown;
}

/** `@SendTo` and `@SendToUser` of a method or a class. */
export interface SendAnnotations {
  readonly sendTo: readonly string[] | undefined;
  readonly sendToUser: SendToUserAnnotation | undefined;
}

/**
 * Sends a result: an item if it was a stream, the payload if it was a `reply(…)`; never a promise or `undefined`, and `null` only inside
 * a reply. Settles when all who were to get it are served.
 * @param headers what the message must carry: those copied from the request (option `replyHeaders`) and those of the reply
 */
export type SendResult = (value: unknown, call: HandlerCall, headers: NativeHeaders) => Awaitable<void>;

/** Serves one kind of result (Spring: `HandlerMethodReturnValueHandler`). The first that supports a method binds it. */
export interface ReturnValueHandler {
  supportsReturn(result: HandlerReturn): boolean;
  /**
   * Called at start, so that nothing is decided per message: once for every method it supports, for one with both mappings once for each.
   * @throws ConfigurationError naming method and cure
   */
  bind(result: HandlerReturn): SendResult;
}

/** A result with what is known while its method is compiled: for the framework's own handlers. */
export interface DeclaredReturn extends HandlerReturn {
  readonly declaration: HandlerDeclaration;
}

/** What results are bound by: every `ReturnValueHandler` is one, those of the framework know more. */
export interface ResultHandler {
  supportsReturn(result: DeclaredReturn): boolean;
  bind(result: DeclaredReturn): SendResult;
}
