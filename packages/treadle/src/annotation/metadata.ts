import 'reflect-metadata';
import type { ValidatorOptions } from 'class-validator';
import { DecoratedMembers } from '../foundation/decorated-methods.js';
import type { NativeHeaders } from '../messaging/native-headers.js';
import type { StandardSchema } from './payload/standard-schema.js';

/** A class, whatever its constructor takes. */
export type Class<T extends object = object> = abstract new (...args: never[]) => T;

/** A class that can be constructed, by the container or by `new`. */
export type ControllerClass = new (...args: any[]) => object; // constructors take whatever the container injects

/** A method's name. */
export type MemberName = string | symbol;

/** What a payload may be made into: a class, `String`, `Number`, `Boolean`, `Uint8Array`, `Object` for any JSON, `[Item]`, or what a schema gives. */
export type PayloadType = Class | readonly [Class] | StandardSchema;

/** What text of headers and destination variables may be made into; `Date` takes ISO 8601. */
export type TextType = StringConstructor | NumberConstructor | BooleanConstructor | BigIntConstructor | DateConstructor;

/** A TypeScript enum, or an object such as `{ Red: 'red', Green: 'green' } as const`. Text becomes the member of that value, or a numeric one of that name. */
export type EnumObject = Readonly<Record<string, string | number>>;

/** What one of repeated headers may be made into. */
export type ItemType = TextType | EnumObject;

/** What a destination variable may be made into. */
export type VariableType = ItemType | StandardSchema;

/** What one header may be made into: `Array` gives every header of its name as text, `[Item]` each as an item. */
export type HeaderType = VariableType | ArrayConstructor | readonly [ItemType];

/** What all headers together may be made into. */
export type HeadersType = typeof NativeHeaders | ObjectConstructor | MapConstructor;

/** What a decorator says of one parameter. */
export type ParameterAnnotation =
  | PayloadAnnotation
  | HeaderAnnotation
  | { readonly kind: 'headers'; readonly type: HeadersType | undefined }
  | DestinationVariableAnnotation
  | CallAnnotation;

/** What a decorator that may name a type says of it. */
interface NamedType {
  /** True when the decorator was given a type, even if that was `undefined` because of a circular import. */
  readonly hasType: boolean;
  /** As it was given: JavaScript may give anything. */
  readonly type: unknown;
}

export interface PayloadAnnotation extends NamedType {
  readonly kind: 'payload';
  /** `undefined` when the decorator does not say it. */
  readonly required: boolean | undefined;
  /** A function makes one per message. */
  readonly defaultValue: unknown;
  /** Where in the JSON value, as it was written. */
  readonly path: string | undefined;
  /** What differs from the application's options for class-validator. */
  readonly validation: ValidatorOptions | undefined;
}

export interface HeaderAnnotation extends NamedType {
  readonly kind: 'header';
  readonly name: string;
  /** `undefined` when the decorator does not say it. */
  readonly required: boolean | undefined;
  readonly defaultValue: unknown;
}

export interface DestinationVariableAnnotation extends NamedType {
  readonly kind: 'destinationVariable';
  readonly name: string;
  readonly required: boolean;
}

/** A parameter that is made from the call as a whole, by the framework's decorators and by users' own. */
export interface CallAnnotation {
  readonly kind: 'call';
  /** Takes a `HandlerCall`; to name it here would be a circle of imports. */
  readonly resolve: (call: never) => unknown;
  /** What descriptions of the application call it. */
  readonly name: string | undefined;
}

/** `@SendToUser` as written. */
export interface SendToUserAnnotation {
  readonly destinations: readonly string[];
  readonly broadcast: boolean;
}

/** What an advice is about. Without `controllers` and `appliesTo` it is about every controller. */
export interface ControllerAdviceOptions {
  /** Controllers it is about, with every class that extends one of them. */
  readonly controllers?: readonly Class[];
  /** Asked once per controller at start: for a decorator of your own, or whatever else tells them apart. With `controllers`, one of both is enough. */
  readonly appliesTo?: (controller: Class) => boolean;
  /** The smaller one is asked first, equal ones in the order of the option `controllers`. Default: after all that have one. */
  readonly order?: number;
}

/** One kind of annotation, kept as metadata of classes or methods. Values are replaced, never changed. */
export class Annotation<T> {
  readonly #key: string;

  constructor(name: string) {
    this.#key = `treadle:${name}`;
  }

  write(value: T, target: object, member?: MemberName): void {
    if (member === undefined) Reflect.defineMetadata(this.#key, value, target);
    else Reflect.defineMetadata(this.#key, value, target, member);
  }

  /** The value of a class or of a method of a prototype, or the one it inherits. */
  read(target: object, member?: MemberName): T | undefined {
    const value: unknown =
      member === undefined ? Reflect.getMetadata(this.#key, target) : Reflect.getMetadata(this.#key, target, member);
    return value as T | undefined; // only `write` writes this key
  }

  /** The value without what is inherited. */
  readOwn(target: object, member?: MemberName): T | undefined {
    const value: unknown =
      member === undefined
        ? Reflect.getOwnMetadata(this.#key, target)
        : Reflect.getOwnMetadata(this.#key, target, member);
    return value as T | undefined; // only `write` writes this key
  }
}

/**
 * Written beside `@Controller()`, to know the decorators of this copy of Treadle from those of another one in the same process: their classes are
 * not ours, so nothing would be recognised.
 */
export const THIS_COPY: object = Object.freeze({ package: 'treadle' });

const PROBE = 'treadle:probe';
Reflect.defineMetadata(PROBE, true, THIS_COPY);

/** False when `reflect-metadata` was loaded once more after Treadle, by a release that forgets what was written before. */
export function isMetadataKept(): boolean {
  return Reflect.getMetadata(PROBE, THIS_COPY) === true;
}

/** What the decorators write. Lists hold what was given, in order; an empty list is an annotation without value. */
export const ANNOTATIONS = {
  controller: new Annotation<true>('controller'),
  /** On controllers and advices: whose decorator it was. */
  copy: new Annotation<object>('copy'),
  controllerAdvice: new Annotation<ControllerAdviceOptions>('controller-advice'),
  messageMapping: new Annotation<readonly string[]>('message-mapping'),
  subscribeMapping: new Annotation<readonly string[]>('subscribe-mapping'),
  sendTo: new Annotation<readonly string[]>('send-to'),
  sendToUser: new Annotation<SendToUserAnnotation>('send-to-user'),
  messageExceptionHandler: new Annotation<readonly (Class | undefined)[]>('message-exception-handler'),
  /** Handler interceptors and their classes. */
  useInterceptors: new Annotation<readonly unknown[]>('use-interceptors'),
  parameters: new Annotation<readonly AnnotatedParameter[]>('parameters'),
  concurrent: new Annotation<number | false>('concurrent'),
  timeLimit: new Annotation<number>('time-limit'),
  /** On the prototype: every member that carries one of the others, methods or not. */
  members: new DecoratedMembers('members'),
} as const;

/** A decorated parameter; one that is decorated twice is there twice. */
export interface AnnotatedParameter {
  readonly index: number;
  readonly annotation: ParameterAnnotation;
}

/** The types the compiler emitted for a method's parameters; `undefined` when it emits none (esbuild, tsx). */
export function readParameterTypes(prototype: object, member: MemberName): readonly unknown[] | undefined {
  const types: unknown = Reflect.getMetadata('design:paramtypes', prototype, member);
  return Array.isArray(types) ? types : undefined;
}
