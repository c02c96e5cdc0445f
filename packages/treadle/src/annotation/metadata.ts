import 'reflect-metadata';
import type { NativeHeaders } from '../messaging/native-headers.js';

/** A class, whatever its constructor takes. */
export type Class<T extends object = object> = abstract new (...args: never[]) => T;

/** A class that can be constructed, by the container or by `new`. */
export type ControllerClass = new (...args: any[]) => object; // constructors take whatever the container injects

/** A method's name. */
export type MemberName = string | symbol;

/** What a payload may be made into: a class, `String`, `Number`, `Boolean`, `Uint8Array`, `Object` for any JSON, or `[Item]`. */
export type PayloadType = Class | readonly [Class];

/** What text of headers and destination variables may be made into. */
export type TextType = StringConstructor | NumberConstructor | BooleanConstructor | BigIntConstructor;

/** What one header may be made into: `Array` gives every header of its name. */
export type HeaderType = TextType | ArrayConstructor;

/** What all headers together may be made into. */
export type HeadersType = typeof NativeHeaders | ObjectConstructor;

/** What a decorator says of one parameter. */
export type ParameterAnnotation =
  | PayloadAnnotation
  | HeaderAnnotation
  | { readonly kind: 'headers'; readonly type: HeadersType | undefined }
  | { readonly kind: 'destinationVariable'; readonly name: string; readonly type: TextType | undefined }
  | { readonly kind: 'principal' };

export interface PayloadAnnotation {
  readonly kind: 'payload';
  /** True when the decorator was given a type, even if that was `undefined` because of a circular import. */
  readonly hasType: boolean;
  readonly type: PayloadType | undefined;
  readonly required: boolean;
}

export interface HeaderAnnotation {
  readonly kind: 'header';
  readonly name: string;
  readonly type: HeaderType | undefined;
  readonly required: boolean;
  readonly defaultValue: string | number | boolean | undefined;
}

/** `@SendToUser` as written. */
export interface SendToUserAnnotation {
  readonly destinations: readonly string[];
  readonly broadcast: boolean;
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

/** What the decorators write. Lists hold what was given, in order; an empty list is an annotation without value. */
export const ANNOTATIONS = {
  controller: new Annotation<true>('controller'),
  messageMapping: new Annotation<readonly string[]>('message-mapping'),
  subscribeMapping: new Annotation<readonly string[]>('subscribe-mapping'),
  sendTo: new Annotation<readonly string[]>('send-to'),
  sendToUser: new Annotation<SendToUserAnnotation>('send-to-user'),
  messageExceptionHandler: new Annotation<readonly (Class | undefined)[]>('message-exception-handler'),
  parameters: new Annotation<readonly AnnotatedParameter[]>('parameters'),
  /** On the prototype: every member that carries one of the others, methods or not. */
  members: new Annotation<readonly MemberName[]>('members'),
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
