import type { Principal as SessionPrincipal } from '../messaging/session-context.js';
import {
  type Annotation,
  ANNOTATIONS,
  type Class,
  type HeadersType,
  type HeaderType,
  type MemberName,
  type ParameterAnnotation,
  type PayloadType,
  type TextType,
} from './metadata.js';

/** Fits classes. */
export type ControllerDecorator = (target: Class) => void;
/** Fits methods. */
export type HandlerDecorator = (target: object, method: MemberName) => void;
/** Fits classes and methods. */
export type ControllerOrHandlerDecorator = (target: object, method?: MemberName) => void;
/** Fits parameters of methods, not of constructors. */
export type HandlerParameterDecorator = (target: object, method: MemberName, index: number) => void;

/** Marks a class whose methods answer messages. List it in the `controllers` of the application. */
export function Controller(): ControllerDecorator {
  return (target) => ANNOTATIONS.controller.write(true, target);
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

/**
 * Lets a method handle errors of the controller's other methods: of their arguments, the call and the result. The nearest type counts,
 * first for the error, then for its `cause`. Without types they are those of the parameters that are errors. Takes the same arguments
 * as other handlers and an undecorated parameter of an error class, or of a union of some; its result is sent by the same rules.
 */
export function MessageExceptionHandler(...errorTypes: readonly Class<Error>[]): HandlerDecorator {
  return (target, method) => {
    ANNOTATIONS.messageExceptionHandler.write(errorTypes, target, method);
    noteMember(target, method);
  };
}

/** How a payload is taken. */
export interface PayloadOptions {
  /** Whether an empty payload is refused with `PAYLOAD_MISSING`, or gives `undefined`. Default true. */
  readonly required?: boolean;
}

/**
 * The message's payload as the parameter's type, or as the given one: a class (the JSON object becomes an instance, validated by its
 * class-validator rules; properties without rules are kept), `String`, `Number`, `Boolean`, `Uint8Array` or `Buffer` (the octets),
 * `[Item]` for an array, `Object` for any JSON as it is.
 *
 * Interfaces, unions, `unknown`, arrays and classes imported with `import type` leave no type behind: then name it, or the start fails.
 */
export function Payload(options?: PayloadOptions): HandlerParameterDecorator;
export function Payload(type: PayloadType, options?: PayloadOptions): HandlerParameterDecorator;
export function Payload(...given: readonly (PayloadType | PayloadOptions | undefined)[]): HandlerParameterDecorator {
  const [first, second] = given;
  const hasType = given.length > 0 && !isPayloadOptions(first);
  const options = isPayloadOptions(first) ? first : second;
  const required = !isPayloadOptions(options) || options.required !== false;
  return annotate({ kind: 'payload', hasType, type: isPayloadOptions(first) ? undefined : first, required });
}

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

function appendTo(annotation: Annotation<readonly string[]>, values: readonly string[]): ControllerOrHandlerDecorator {
  return (target, method) => {
    // Decorators run from the last to the first: a repeated one stands before what is there.
    const present = annotation.readOwn(target, method) ?? [];
    annotation.write([...values, ...present], target, method);
    noteMember(target, method);
  };
}

function noteMember(target: object, method: MemberName | undefined): void {
  const present = ANNOTATIONS.members.readOwn(target) ?? [];
  if (method !== undefined && !present.includes(method)) ANNOTATIONS.members.write([...present, method], target);
}

function annotate(annotation: ParameterAnnotation): HandlerParameterDecorator {
  return (target, method, index) => {
    const present = ANNOTATIONS.parameters.readOwn(target, method) ?? [];
    ANNOTATIONS.parameters.write([...present, { index, annotation }], target, method);
    noteMember(target, method);
  };
}

function isPayloadOptions(value: PayloadType | PayloadOptions | undefined): value is PayloadOptions {
  return typeof value === 'object' && !Array.isArray(value);
}
