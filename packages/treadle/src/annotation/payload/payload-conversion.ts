import { type ClassConstructor, plainToInstance } from 'class-transformer';
import type { ValidatorOptions } from 'class-validator';
import { type Awaitable, whenDone } from '../../foundation/awaitable.js';
import { shorten } from '../../foundation/error-text.js';
import { PayloadValidationError, type ValidationIssue } from '../../foundation/errors.js';
import type { CompositeMessageConverter } from '../../messaging/converters.js';
import type { Message } from '../../messaging/message.js';
import type { Class } from '../metadata.js';
import { MOST_ISSUES } from './issue-limits.js';
import { partOf, type PayloadPath } from './payload-path.js';
import type { PayloadTarget, PlainTarget } from './payload-target.js';
import type { ValidatePayload } from './payload-validation.js';
import { askSchema, type StandardSchema } from './standard-schema.js';
import { compileTargetValidation } from './target-validation.js';

/** How payloads become values for handlers. */
export interface PayloadConversionOptions {
  readonly converter: CompositeMessageConverter;
  /** Given to class-validator. */
  readonly validation?: ValidatorOptions;
}

/**
 * Deepest nesting of JSON that is made into instances or given to a schema. class-transformer, class-validator and schema libraries are
 * recursive: 20 000 levels end in a RangeError, and no honest payload is near that.
 */
const MAX_DEPTH = 64;

/** Characters of an error's message, which goes to the log. */
const LONGEST_DETAIL = 1000;

/**
 * Makes payloads into one target: converted by content type, checked for depth and type, made an instance by class-transformer and
 * validated by class-validator, or checked by a schema; in this order, so that none of them sees what it cannot take.
 */
export class PayloadConversion {
  readonly #target: PayloadTarget;
  readonly #path: PayloadPath;
  readonly #converter: CompositeMessageConverter;
  readonly #validate: ValidatePayload | undefined;

  /** @param path leads to the part of the JSON value that is taken; empty for the whole */
  constructor(target: PayloadTarget, path: PayloadPath, options: PayloadConversionOptions) {
    this.#target = target;
    this.#path = path;
    this.#converter = options.converter;
    this.#validate = compileTargetValidation(target, options.validation ?? {});
  }

  /**
   * The plain value of a message; `undefined` when its part is not there or it is JSON `null` where that says nothing.
   * @throws MessageConversionError `PAYLOAD_UNREADABLE`
   */
  read(message: Message): unknown {
    const isWhole = this.#path.length === 0;
    const value = this.#converter.fromMessage(message, isWhole ? this.#target.type : Object);
    const part = isWhole ? value : partOf(value, this.#path);
    const { kind } = this.#target;
    return part === null && kind !== 'any' && kind !== 'schema' ? undefined : part;
  }

  /**
   * What the handler gets of a value from `read`.
   * @throws PayloadValidationError `PAYLOAD_INVALID`, at once or, with asynchronous rules, as rejection
   */
  make(value: unknown): Awaitable<unknown> {
    const target = this.#target;
    if (target.kind === 'schema') return this.#ask(target.schema, value);
    const shaped = this.#shape(target, value, this.#path);
    if (!this.#validate) return shaped;
    const issues = this.#validate(shaped as object); // only targets made of instances have a check
    return whenDone(issues, (settled) => accept(shaped, this.#placed(settled)));
  }

  #ask(schema: StandardSchema, value: unknown): Awaitable<unknown> {
    requireDepth(value, this.#path);
    // What a schema throws is no verdict but a failure of its own, a lookup for example, and stays that.
    return whenDone(askSchema(schema, value), (verdict) =>
      'value' in verdict ? verdict.value : accept(undefined, this.#placed(verdict.issues)),
    );
  }

  /** Paths begin at the root of the payload, also where only a part of it was checked. */
  #placed(issues: readonly ValidationIssue[]): readonly ValidationIssue[] {
    if (this.#path.length === 0 || issues.length === 0) return issues;
    return issues.map((issue) => ({ ...issue, path: [...this.#path, ...issue.path] }));
  }

  #shape(target: PlainTarget, value: unknown, path: ValidationIssue['path']): unknown {
    switch (target.kind) {
      case 'any':
      case 'octets':
        return value;
      case 'string':
      case 'number':
      case 'boolean':
        return typeof value === target.kind ? value : mismatch(path, `a ${target.kind}`);
      case 'array':
        if (!Array.isArray(value)) return mismatch(path, 'an array');
        return value.map((item: unknown, index) => this.#shape(target.item, item, [...path, index]));
      case 'instance':
    }
    return this.#instantiate(target.type, value, path);
  }

  #instantiate(type: Class, value: unknown, path: ValidationIssue['path']): unknown {
    // A converter of the application may know the class and have made it already.
    if (value instanceof type) return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return mismatch(path, 'an object');
    requireDepth(value, path);
    try {
      return plainToInstance(type as unknown as ClassConstructor<unknown>, value); // class-transformer calls it without arguments
    } catch (error) {
      const issue = { path, message: 'must have the expected structure' };
      throw new PayloadValidationError(`${type.name} could not be made from the payload`, [issue], { cause: error });
    }
  }
}

function accept(value: unknown, issues: readonly ValidationIssue[]): unknown {
  if (issues.length === 0) return value;
  const broken = issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`).join('; ');
  const count = issues.length < MOST_ISSUES ? `${issues.length} rule(s)` : `${MOST_ISSUES} rules or more`;
  throw new PayloadValidationError(shorten(`the payload breaks ${count}: ${broken}`, LONGEST_DETAIL), issues);
}

function mismatch(path: ValidationIssue['path'], expected: string): never {
  const message = `must be ${expected}`;
  throw new PayloadValidationError(`the payload${path.length > 0 ? ` at ${path.join('.')}` : ''} ${message}`, [
    { path, message },
  ]);
}

function requireDepth(value: unknown, path: ValidationIssue['path']): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (isDeeperThan(MAX_DEPTH, value)) mismatch(path, `nested at most ${MAX_DEPTH} levels deep`);
}

/** Never goes deeper than the limit itself. */
function isDeeperThan(levels: number, value: object): boolean {
  if (levels === 0) return true;
  const children: readonly unknown[] = Object.values(value);
  for (const child of children) {
    if (typeof child === 'object' && child !== null && isDeeperThan(levels - 1, child)) return true;
  }
  return false;
}
