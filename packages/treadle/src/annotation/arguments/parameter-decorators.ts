import type { Principal as SessionPrincipal } from '../../messaging/session-context.js';
import { annotate, type HandlerParameterDecorator } from '../decorate.js';
import type { HeadersType, HeaderType, TextType } from '../metadata.js';

/** How a header is taken. */
export interface HeaderOptions {
  /** Whether its absence is refused with `ARGUMENT_MISSING`, or gives `undefined`. Default true, false with a `defaultValue`. */
  readonly required?: boolean;
  /** Stands in for a header that is absent or empty. */
  readonly defaultValue?: string | number | boolean;
  /** Default: the parameter's type; where the compiler emits none it must be given. `Array` gives every header of the name. */
  readonly type?: HeaderType;
}

/** The first header of this name, as the parameter's `string`, `number`, `boolean` or `bigint`; all of them for an array. */
export function Header(name: string, options: HeaderOptions = {}): HandlerParameterDecorator {
  const { defaultValue, type, required = defaultValue === undefined } = options;
  return annotate({ kind: 'header', name, type, required, defaultValue });
}

/**
 * All headers, as the parameter's type or the given one: `NativeHeaders`, or an object with the first of repeated ones (`Object`). Where
 * the compiler emits no types it must be given.
 */
export function Headers(type?: HeadersType): HandlerParameterDecorator {
  return annotate({ kind: 'headers', type });
}

/**
 * A variable of the mapping, as the parameter's `string`, `number`, `boolean` or `bigint`; otherwise the message ends with
 * `ARGUMENT_INVALID`. Where the compiler emits no types, `type` must be given.
 */
export function DestinationVariable(name: string, type?: TextType): HandlerParameterDecorator {
  return annotate({ kind: 'destinationVariable', name, type });
}

/** The user of the session, `undefined` for an anonymous one. */
export function Principal(): HandlerParameterDecorator {
  return annotate({ kind: 'principal' });
}

/** The type beside the decorator of the same name, so that one import serves both. */
export type Principal = SessionPrincipal;
