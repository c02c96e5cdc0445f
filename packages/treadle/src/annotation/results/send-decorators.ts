import { appendTo, type ControllerOrHandlerDecorator, noteMember } from '../decorate.js';
import { ANNOTATIONS } from '../metadata.js';

/**
 * Publishes a method's result to these destinations; `{variable}` is filled from the mapping. Without destinations: `/topic` and the
 * message's destination without its prefix. On a class: the default of its methods.
 */
export function SendTo(...destinations: readonly string[]): ControllerOrHandlerDecorator {
  return appendTo(ANNOTATIONS.sendTo, destinations);
}

/** `@SendToUser` with all its settings. */
export interface SendToUserOptions {
  readonly destinations?: readonly string[];
  /** Whether all sessions of the user get the result, or only the one that asked. Default true. */
  readonly broadcast?: boolean;
}

/**
 * Sends a method's result to the user who asked, at `/user` and these destinations; `{variable}` is filled from the mapping. Without
 * destinations: `/queue` and the message's destination without its prefix. An anonymous session is answered alone.
 */
export function SendToUser(...destinations: readonly string[]): ControllerOrHandlerDecorator;
export function SendToUser(options: SendToUserOptions): ControllerOrHandlerDecorator;
export function SendToUser(...given: readonly (string | SendToUserOptions)[]): ControllerOrHandlerDecorator {
  const [options] = given;
  const { destinations, broadcast = true } =
    typeof options === 'object' ? options : { destinations: given.map(String) };
  return (target, method) => {
    ANNOTATIONS.sendToUser.write({ destinations: destinations ?? [], broadcast }, target, method);
    noteMember(target, method);
  };
}
