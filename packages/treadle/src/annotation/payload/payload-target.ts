import { ConfigurationError } from '../../foundation/errors.js';
import { type HandlerParameter, locationOf, nameOfType, NO_TYPES_EMITTED } from '../arguments/argument-resolver.js';
import { Principal } from '../arguments/session-decorators.js';
import type { Class, PayloadAnnotation } from '../metadata.js';
import { isStandardSchema, problemOfSchema, type StandardSchema } from './standard-schema.js';

/** What a payload is made into. */
export type PayloadTarget = PlainTarget | SchemaTarget;

/** What a class or a list of one stands for. */
export type PlainTarget = ItemTarget | { readonly kind: 'array'; readonly type: Class; readonly item: ItemTarget };

/** What a class stands for; JSON is not made into lists of lists, but `@Payload(Object)` takes them. */
export type ItemTarget =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'octets' | 'any'; readonly type: Class }
  | { readonly kind: 'instance'; readonly type: Class };

/** What a schema gives; its input is whatever the content type says. */
export interface SchemaTarget {
  readonly kind: 'schema';
  readonly type: undefined;
  readonly schema: StandardSchema;
}

/**
 * Decides what a parameter's payload becomes: what `@Payload(…)` names, else the emitted type.
 * @throws ConfigurationError when neither names a type: the payload would reach the handler unconverted and unvalidated
 */
export function payloadTarget(parameter: HandlerParameter): PayloadTarget {
  const annotation = parameter.annotation?.kind === 'payload' ? parameter.annotation : undefined;
  if (annotation?.hasType) return namedTarget(parameter, annotation);
  if (!parameter.hasTypes) throw erased(parameter, NO_TYPES_EMITTED);
  return emittedTarget(parameter);
}

function namedTarget(parameter: HandlerParameter, { type }: PayloadAnnotation): PayloadTarget {
  if (isStandardSchema(type)) return schemaTarget(parameter, type);
  const item = Array.isArray(type) ? (type as readonly unknown[])[0] : undefined; // a list may hold what its type forbids
  if (type === undefined || (Array.isArray(type) && item === undefined)) {
    throw mistake(
      parameter,
      'the type given to @Payload is undefined',
      'break the circular import or move the class up',
    );
  }
  if (Array.isArray(type)) return { kind: 'array', type: Array, item: targetOf(parameter, item) };
  if (type === Array) return { kind: 'array', type: Array, item: { kind: 'any', type: Object } };
  return targetOf(parameter, type);
}

function schemaTarget(parameter: HandlerParameter, schema: StandardSchema): PayloadTarget {
  const problem = problemOfSchema(schema);
  if (problem === undefined) return { kind: 'schema', type: undefined, schema };
  throw new ConfigurationError({ location: locationOf(parameter), ...problem });
}

function emittedTarget(parameter: HandlerParameter): PayloadTarget {
  switch (parameter.type) {
    case undefined:
      throw erased(parameter, 'its class was not defined yet (circular import)');
    case Object:
      throw erased(parameter, 'its type is an interface, a union, unknown, any, or imported with `import type`');
    case Function:
      throw erased(parameter, 'its class is imported with `import type`');
    case Array:
      throw mistake(
        parameter,
        "the type of an array's items is erased",
        'write @Payload([Item]), or @Payload(Array) for any',
      );
    default:
      return targetOf(parameter, parameter.type);
  }
}

/** Classes that JSON does not express. */
const NOT_PAYLOADS: readonly unknown[] = [
  Function,
  Promise,
  Date,
  Map,
  Set,
  WeakMap,
  WeakSet,
  RegExp,
  Symbol,
  BigInt,
  Error,
];

function targetOf(parameter: HandlerParameter, type: unknown): ItemTarget {
  if (type === Principal) {
    throw mistake(parameter, 'the user is no payload', 'decorate it with @Principal() to get the user');
  }
  if (isStandardSchema(type)) {
    const cure = 'write z.array(…), v.array(…), schema.array()';
    throw mistake(parameter, 'a list of a schema is a schema of its library', cure);
  }
  // Arrow functions have no prototype.
  if (typeof type !== 'function' || !('prototype' in type) || NOT_PAYLOADS.includes(type)) {
    const name = typeof type === 'function' ? nameOfType(type) : 'not a class';
    throw mistake(parameter, `its type is ${name}, which no payload becomes`, 'name a class, as in @Payload(Dto)');
  }
  const named = type as unknown as Class; // every function that reaches this line was written as a class
  const kind = PLAIN.get(type);
  return kind ? { kind, type: named } : { kind: 'instance', type: named };
}

const PLAIN = new Map<unknown, 'string' | 'number' | 'boolean' | 'octets' | 'any'>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [Uint8Array, 'octets'],
  [Buffer, 'octets'],
  [Object, 'any'],
]);

function erased(parameter: HandlerParameter, why: string): ConfigurationError {
  const problem = `the payload's type is not known at run time: ${why}`;
  return mistake(parameter, problem, 'name it: @Payload(Dto), or @Payload(Object) for any JSON value');
}

function mistake(parameter: HandlerParameter, problem: string, cure: string): ConfigurationError {
  return new ConfigurationError({ location: locationOf(parameter), problem, cure });
}
