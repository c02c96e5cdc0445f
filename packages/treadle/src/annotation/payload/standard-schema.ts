import { type Awaitable, isPromise } from '../../foundation/awaitable.js';
import { shorten } from '../../foundation/error-text.js';
import type { ValidationIssue } from '../../foundation/errors.js';
import { LONGEST_KEY, LONGEST_MESSAGE, MOST_ISSUES } from './issue-limits.js';

/**
 * A schema of zod, valibot, arktype or any other library that follows Standard Schema (https://standardschema.dev, version 1). These
 * interfaces are the specification's own, which allows the copy; schemas fit them without knowing us.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': StandardSchemaProperties<Input, Output>;
}

/** What a schema holds under `~standard`. */
export interface StandardSchemaProperties<Input = unknown, Output = Input> {
  readonly version: 1;
  /** The library's name. */
  readonly vendor: string;
  /** Checks a value of any type and gives the output, or what is wrong. */
  readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
  /** Only for the compiler. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** The outcome of a check: without issues it is well. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong. */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The type that a schema gives. */
export type StandardOutput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output'];

/** What a schema says of a value. */
export type SchemaVerdict = { readonly value: unknown } | { readonly issues: readonly ValidationIssue[] };

/** True for schemas, which are objects or, as arktype's, functions; it need not be one that works. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
}

/** What keeps a schema from being used, for a finding; `undefined` when nothing does. */
export function problemOfSchema(schema: StandardSchema): string | undefined {
  const standard: Partial<StandardSchemaProperties> | undefined = schema['~standard']; // JavaScript may give anything
  if (standard?.version !== 1) return `its schema follows version ${String(standard?.version)} of Standard Schema, not 1`;
  return typeof standard.validate === 'function' ? undefined : 'its schema has no validate function';
}

/**
 * Asks a schema. A schema whose transformation throws on what a client sent has refused it, as class-transformer's do.
 * @returns at most `MOST_ISSUES` issues, their texts cut; at once when the schema is synchronous
 */
export function askSchema(schema: StandardSchema, value: unknown): Awaitable<SchemaVerdict> {
  const result = schema['~standard'].validate(value);
  return isPromise(result) ? result.then(verdictOf) : verdictOf(result);
}

function verdictOf(result: StandardResult<unknown>): SchemaVerdict {
  if (result.issues === undefined) return result;
  return { issues: result.issues.slice(0, MOST_ISSUES).map(issueOf) };
}

function issueOf({ message, path = [] }: StandardIssue): ValidationIssue {
  return { path: path.map(keyOf), message: shorten(message, LONGEST_MESSAGE) };
}

function keyOf(step: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof step === 'object' ? step.key : step;
  return typeof key === 'number' ? key : shorten(String(key), LONGEST_KEY);
}
