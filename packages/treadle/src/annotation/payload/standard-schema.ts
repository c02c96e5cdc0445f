import { type Awaitable, whenDone } from '../../foundation/awaitable.js';
import { shorten } from '../../foundation/error-text.js';
import type { ValidationIssue } from '../../foundation/errors.js';
import type { FindingDetails } from '../../foundation/finding.js';
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
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

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

/** What keeps a schema from being used; `undefined` when nothing does. */
export function problemOfSchema(schema: StandardSchema): Pick<FindingDetails, 'problem' | 'cure'> | undefined {
  const standard: Partial<StandardSchemaProperties> | undefined = schema['~standard']; // JavaScript may give anything
  const cure = 'use a release of its library that implements Standard Schema 1';
  const version = String(standard?.version);
  if (version !== '1') return { problem: `its schema follows version ${version} of Standard Schema, not 1`, cure };
  if (typeof standard?.validate !== 'function') return { problem: 'its schema has no validate function', cure };
  return undefined;
}

/**
 * Asks a schema. What it throws is a failure of its own and is passed on.
 * @returns at most `MOST_ISSUES` issues, their texts cut; at once when the schema is synchronous, unless it is one of zod
 */
export function askSchema(schema: StandardSchema, value: unknown): Awaitable<SchemaVerdict> {
  return whenDone(isOfZod(schema) ? askZod(schema, value) : schema['~standard'].validate(value), verdictOf);
}

/** What zod's schemas offer beside the standard. */
interface ZodSchema {
  safeParseAsync(value: unknown): Promise<{ readonly success: true; readonly data: unknown } | ZodFailure>;
}

interface ZodFailure {
  readonly success: false;
  readonly error: { readonly issues: readonly StandardIssue[] };
}

function isOfZod(schema: StandardSchema): schema is StandardSchema & ZodSchema {
  if (schema['~standard'].vendor !== 'zod' || !('safeParseAsync' in schema)) return false;
  return typeof schema.safeParseAsync === 'function';
}

/**
 * `validate` of zod 4 tries it without promises first and drops the one it meets: a check that rejects, because a database is away for
 * example, would end the process as an unhandled rejection, and every asynchronous check runs twice (colinhacks/zod#6610).
 */
async function askZod(schema: ZodSchema, value: unknown): Promise<StandardResult<unknown>> {
  const result = await schema.safeParseAsync(value);
  return result.success ? { value: result.data } : { issues: result.error.issues };
}

function verdictOf(result: StandardResult<unknown>): SchemaVerdict {
  if (result.issues === undefined) return result;
  return { issues: result.issues.slice(0, MOST_ISSUES).map(issueOf) };
}

function issueOf({ message, path = [] }: StandardIssue): ValidationIssue {
  // Spread, because a path may be a list of the library's own kind, whose `map` makes another one.
  return { path: [...path].map(keyOf), message: shorten(message, LONGEST_MESSAGE) };
}

function keyOf(step: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof step === 'object' ? step.key : step;
  return typeof key === 'number' ? key : shorten(String(key), LONGEST_KEY);
}
