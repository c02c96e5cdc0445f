import {
  appendTo,
  type ControllerDecorator,
  type ControllerOrHandlerDecorator,
  type HandlerDecorator,
} from '../decorate.js';
import { ANNOTATIONS, THIS_COPY } from '../metadata.js';

/** Marks a class whose methods answer messages. List it in the `controllers` of the application. */
export function Controller(): ControllerDecorator {
  return (target) => {
    ANNOTATIONS.controller.write(true, target);
    ANNOTATIONS.copy.write(THIS_COPY, target);
  };
}

/**
 * Lets a method answer SEND frames to destinations of these patterns, without the application prefix; on a class, begins the patterns of
 * all its methods. `?`, `*`, `**`, `{variable}` and `{variable:regex}` as in `DestinationPattern`; a missing leading `/` is added. Exactly
 * one method answers a message: the one with the most specific pattern.
 */
export function MessageMapping(...patterns: readonly string[]): ControllerOrHandlerDecorator {
  return appendTo(ANNOTATIONS.messageMapping, patterns);
}

/**
 * Lets a method answer SUBSCRIBE frames to destinations of these patterns. Its result goes straight to that subscription, once, unless
 * `@SendTo` or `@SendToUser` say otherwise. A class-level `@MessageMapping` begins these patterns too.
 */
export function SubscribeMapping(...patterns: readonly string[]): HandlerDecorator {
  return appendTo(ANNOTATIONS.subscribeMapping, patterns);
}
