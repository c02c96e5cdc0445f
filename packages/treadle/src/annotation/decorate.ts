import { type Annotation, ANNOTATIONS, type Class, type MemberName, type ParameterAnnotation } from './metadata.js';

/** Fits classes. */
export type ControllerDecorator = (target: Class) => void;
/** Fits methods. */
export type HandlerDecorator = (target: object, method: MemberName) => void;
/** Fits classes and methods. */
export type ControllerOrHandlerDecorator = (target: object, method?: MemberName) => void;
/** Fits parameters of methods, not of constructors. */
export type HandlerParameterDecorator = (target: object, method: MemberName, index: number) => void;

/** Adds values to a list on a class or method. */
export function appendTo<T>(annotation: Annotation<readonly T[]>, values: readonly T[]): ControllerOrHandlerDecorator {
  return (target, method) => {
    // Decorators run from the last to the first: a repeated one stands before what is there.
    const present = annotation.readOwn(target, method) ?? [];
    annotation.write([...values, ...present], target, method);
    noteMember(target, method);
  };
}

/** Lets the scan of controllers find an annotated member. */
export function noteMember(target: object, method: MemberName | undefined): void {
  if (method !== undefined) ANNOTATIONS.members.note(target, method);
}

/** A decorator that says this of a parameter. */
export function annotate(annotation: ParameterAnnotation): HandlerParameterDecorator {
  return (target, method, index) => {
    const present = ANNOTATIONS.parameters.readOwn(target, method) ?? [];
    ANNOTATIONS.parameters.write([...present, { index, annotation }], target, method);
    noteMember(target, method);
  };
}
