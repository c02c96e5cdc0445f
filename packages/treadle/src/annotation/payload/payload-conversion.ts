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
import { mismatch, requireDepth, requireFewValues } from './payload-shape.js';
import type { ItemTarget, PayloadTarget } from './payload-target.js';
import { compileValidation, type ValidatePayload } from './payload-validation.js';
import { askSchema, type StandardSchema } from './standard-schema.js';
import { validateItems } from './item-validation.js';

/** How payloads become values for handlers. */
export interface PayloadConversionOptions {
  readonly converter: CompositeMessageConverter;
  /** Given to class-validator. */
  readonly validation?: ValidatorOptions;
  /** JSON values that a payload may hold which is made into instances or given to a schema; default `Infinity`. */
  readonly payloadValues?: number;
}

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
  readonly #mostValues: number;

  /** @param path leads to the part of the JSON value that is taken; empty for the whole */
  constructor(target: PayloadTarget, path: PayloadPath, options: PayloadConversionOptions) {
    this.#target = target;
    this.#path = path;
    this.#converter = options.converter;
    const made = target.kind === 'array' ? target.item : target;
    this.#validate = made.kind === 'instance' ? compileValidation(made.type, options.validation ?? {}) : undefined;
    this.#mostValues = options.payloadValues ?? Infinity;
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
    if (target.kind === 'array') return this.#makeList(target.item, value);
    if (target.kind === 'instance') requireFewValues(value, this.#path, this.#mostValues);
    const shaped = this.#shape(target, value, this.#path);
    if (!this.#validate) return shaped;
    const issues = this.#validate(shaped as object); // only instances have a check
    return whenDone(issues, (settled) => accept(shaped, this.#placed(settled)));
  }

  #makeList(item: ItemTarget, value: unknown): Awaitable<unknown> {
    if (!Array.isArray(value)) return mismatch(this.#path, 'an array');
    const given: readonly unknown[] = value;
    if (item.kind === 'any') return given;
    if (item.kind === 'instance') requireFewValues(value, this.#path, this.#mostValues);
    const list: unknown[] = [];
    const make = (index: number): unknown => {
      const made = this.#shape(item, given[index], this.#path, index);
      list.push(made);
      return made;
    };
    const issues = validateItems(given.length, make, this.#validate);
    return whenDone(issues, (settled) => accept(list, this.#placed(settled)));
  }

  #ask(schema: StandardSchema, value: unknown): Awaitable<unknown> {
    requireFewValues(value, this.#path, this.#mostValues);
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

  /** @param index of the item at `path`, if the value is one */
  #shape(target: ItemTarget, value: unknown, path: PayloadPath, index?: number): unknown {
    switch (target.kind) {
      case 'any':
      case 'octets':
        return value;
      case 'string':
      case 'number':
      case 'boolean':
        return typeof value === target.kind ? value : mismatch(placeOf(path, index), `a ${target.kind}`);
      case 'instance':
    }
    return this.#instantiate(target.type, value, placeOf(path, index));
  }

  #instantiate(type: Class, value: unknown, path: PayloadPath): unknown {
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

function placeOf(path: PayloadPath, index: number | undefined): PayloadPath {
  return index === undefined ? path : [...path, index];
}

function accept(value: unknown, issues: readonly ValidationIssue[]): unknown {
  if (issues.length === 0) return value;
  const broken = issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`).join('; ');
  const count = issues.length < MOST_ISSUES ? `${issues.length} rule(s)` : `${MOST_ISSUES} rules or more`;
  throw new PayloadValidationError(shorten(`the payload breaks ${count}: ${broken}`, LONGEST_DETAIL), issues);
}
