import { ArgumentError } from '../../foundation/errors.js';
import type { Principal as SessionPrincipal, SessionContext } from '../../messaging/session-context.js';
import type { HandlerCall } from '../handler-call.js';
import { createParameterDecorator } from './create-parameter-decorator.js';
import type { FittingParameterDecorator } from './fitting-decorator.js';

/** The user of the session, `undefined` for an anonymous one. */
export function Principal(): FittingParameterDecorator<any> /* of the application's own kind, without `undefined` where all have logged in */ {
  return principal();
}

/** The type beside the decorator of the same name, so that one import serves both. */
export type Principal = SessionPrincipal;

const principal = createParameterDecorator(({ message }) => message.user, 'principal');

/** The session the message came from: id, user, attributes, handshake. A message without one ends with `ARGUMENT_MISSING`. */
export const Session = createParameterDecorator(sessionOf, 'session');

/** The id of the session (Spring: the header `simpSessionId`). A message without a session ends with `ARGUMENT_MISSING`. */
export const SessionId = createParameterDecorator((call) => sessionOf(call).id, 'sessionId');

/** What the application keeps with the session, to read and to change: a `Map` that lives as long as it (Spring: `SimpAttributes`). */
export const SessionAttributes = createParameterDecorator((call) => sessionOf(call).attributes, 'sessionAttributes');

/**
 * The `AbortSignal` of the call: it fires when nobody wants the outcome any more. An undecorated parameter of type `AbortSignal` gets
 * it too; where the compiler emits no types it takes this.
 */
export const Signal = createParameterDecorator(({ signal }) => signal, 'signal');

/** How a session attribute is taken. */
export interface SessionAttributeOptions<V> {
  /** Whether its absence is refused with `ARGUMENT_MISSING`, or gives `undefined`. Default true; a `defaultValue` stands in before. */
  readonly required?: boolean;
  /** Stands in for an attribute that is not there, without being stored; a function makes one per message. */
  readonly defaultValue?: V | (() => V);
}

/** One of the session's attributes (Spring: `@SessionAttribute`). Its type is the application's word: `@SessionAttribute<Cart>('cart')`. */
export function SessionAttribute<V = any /* what it is was decided by who stored it */>(
  name: string,
  options: SessionAttributeOptions<V> & { readonly required: false },
): FittingParameterDecorator<V | undefined>;
export function SessionAttribute<V = any /* what it is was decided by who stored it */>(
  name: string,
  options?: SessionAttributeOptions<V>,
): FittingParameterDecorator<V>;
export function SessionAttribute(
  name: string,
  { required = true, defaultValue }: SessionAttributeOptions<unknown> = {},
): FittingParameterDecorator<unknown> {
  return sessionAttribute(name, required, defaultValue);
}

const sessionAttribute = createParameterDecorator(
  (call, name: string, required: boolean, defaultValue: unknown): unknown => {
    const value = sessionOf(call).attributes.get(name) ?? makeDefault(defaultValue);
    if (value === undefined && required) {
      throw new ArgumentError('ARGUMENT_MISSING', `the session attribute '${name}' is missing`);
    }
    return value;
  },
  'sessionAttribute',
);

/** A default value, or what a function makes of it. */
function makeDefault(defaultValue: unknown): unknown {
  return typeof defaultValue === 'function' ? (defaultValue as () => unknown)() : defaultValue; // no other function may be a default
}

function sessionOf({ message }: HandlerCall): SessionContext {
  if (message.session) return message.session;
  throw new ArgumentError('ARGUMENT_MISSING', 'the message belongs to no session');
}
