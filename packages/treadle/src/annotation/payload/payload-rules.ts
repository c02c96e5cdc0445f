import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { getMetadataStorage, ValidationTypes } from 'class-validator';
import { ConfigurationError } from '../../foundation/errors.js';
import { type DeclaredParameter, locationOf } from '../arguments/argument-resolver.js';
import type { Class } from '../metadata.js';
import type { PayloadTarget } from './payload-target.js';

/**
 * Looks at start for what would leave a payload's class unchecked: warns of a class without a single class-validator rule.
 * @throws ConfigurationError for `@ValidateNested()` where class-transformer makes no instance: every payload with it would be refused
 */
export function checkPayloadRules(parameter: DeclaredParameter, target: PayloadTarget): void {
  if (target.kind === 'array') return checkPayloadRules(parameter, target.item);
  if (target.kind !== 'instance') return;
  const { type } = target;
  if (rulesOf(type).length === 0) {
    const cure = 'add some, or write @Payload(Object) for any JSON value';
    parameter.declaration.warn({
      location: locationOf(parameter),
      problem: `${type.name} has no class-validator rules, so whatever JSON object comes is taken`,
      cure,
    });
  }
  const [first] = findUntyped(type, new Set());
  if (first === undefined) return;
  throw new ConfigurationError({
    location: locationOf(parameter),
    problem: `${first} has @ValidateNested(), but class-transformer does not know its class`,
    cure: 'add @Type(() => X) there',
  });
}

function rulesOf(type: Class): ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']> {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
}

/** The properties with a nested rule that class-transformer leaves plain, as `Class.property`; also those of nested classes. */
function findUntyped(type: Class, seen: Set<Class>): readonly string[] {
  if (seen.has(type)) return [];
  seen.add(type);
  const nested = rulesOf(type).filter((rule) => rule.type === ValidationTypes.NESTED_VALIDATION);
  return [...new Set(nested.map(({ propertyName }) => propertyName))].flatMap((property) => {
    const made = makeNested(type, property);
    if (made === undefined) return [];
    if (made === Object) return [`${type.name}.${property}`];
    return findUntyped(made, seen);
  });
}

/**
 * The class a nested object becomes; `Object` when it stays plain, `undefined` when only a real payload can tell. It is tried because
 * class-transformer does not publish what `@Type()` and `@Transform()` wrote.
 */
function makeNested(type: Class, property: string): Class | undefined {
  try {
    const instance: unknown = plainToInstance(type as unknown as ClassConstructor<object>, { [property]: {} }); // as for every payload
    const value: unknown = Reflect.get(instance as object, property); // made of an object
    return typeof value === 'object' && value !== null ? (value.constructor as Class) : undefined; // every object is of a class
  } catch {
    // A transformation of the application that wants more than an empty object.
    return undefined;
  }
}
