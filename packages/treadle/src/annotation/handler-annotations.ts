import type { Placeholders } from '../foundation/placeholders.js';
import { prototypeChain } from '../foundation/class-members.js';
import { type AnnotatedParameter, ANNOTATIONS, type MemberName, type ParameterAnnotation } from './metadata.js';
import type { SendAnnotations } from './results/return-value-handler.js';

/**
 * The decorated parameters of a method. One that an overriding method leaves undecorated keeps what the overridden method says of it (Spring:
 * `AnnotatedMethod`).
 */
export function readParameters(prototype: object, member: MemberName): readonly AnnotatedParameter[] {
  const found: AnnotatedParameter[] = [];
  for (const holder of prototypeChain(prototype)) {
    const known = new Set(found.map(({ index }) => index));
    const own = ANNOTATIONS.parameters.readOwn(holder, member) ?? [];
    found.push(...own.filter(({ index }) => !known.has(index)));
  }
  return found;
}

/**
 * With the values of the placeholders in name and default.
 * @throws ConfigurationError for a placeholder without value
 */
export function resolveParameter(
  annotation: ParameterAnnotation | undefined,
  placeholders: Placeholders,
): ParameterAnnotation | undefined {
  if (annotation?.kind !== 'header') return annotation;
  const where = `@Header('${annotation.name}')`;
  const { defaultValue } = annotation;
  return {
    ...annotation,
    name: placeholders.resolve(annotation.name, where),
    defaultValue: typeof defaultValue === 'string' ? placeholders.resolve(defaultValue, where) : defaultValue,
  };
}

/**
 * `@SendTo` and `@SendToUser` of a method, or of a class, with the values of the placeholders in their destinations.
 * @throws ConfigurationError for a placeholder without value
 */
export function readSendAnnotations(
  target: object,
  member: MemberName | undefined,
  placeholders: Placeholders,
): SendAnnotations {
  const sendTo = ANNOTATIONS.sendTo.read(target, member);
  const sendToUser = ANNOTATIONS.sendToUser.read(target, member);
  const resolve = (annotation: string, destinations: readonly string[]): readonly string[] =>
    destinations.map((text) => placeholders.resolve(text, `${annotation}('${text}')`));
  return {
    sendTo: sendTo && resolve('@SendTo', sendTo),
    sendToUser: sendToUser && { ...sendToUser, destinations: resolve('@SendToUser', sendToUser.destinations) },
  };
}
