import { type ClassConstructor, plainToInstance } from 'class-transformer';
import type { ValidatorOptions } from 'class-validator';
import { type Awaitable, isPromise } from '../../foundation/awaitable.js';
import { shorten } from '../../foundation/error-text.js';
import { PayloadValidationError, type ValidationIssue } from '../../foundation/errors.js';
import type { CompositeMessageConverter } from '../../messaging/converters.js';
import type { Message } from '../../messaging/message.js';
import type { PayloadTarget } from './payload-target.js';
import { compileValidation, MOST_ISSUES, type ValidatePayload } from './payload-validation.js';

/** How payloads become values for handlers. */
export interface PayloadConversionOptions {
  readonly converter: CompositeMessageConverter;
  /** Given to class-validator. */
  readonly validation?: ValidatorOptions;
}

/**
 * Deepest nesting of JSON that is made into instances. class-transformer and class-validator are recursive: 20 000 levels end in a
 * RangeError, and no honest payload is near that.
 */
const MAX_DEPTH = 64;

/** Items of a list that are validated together. */
const BATCH = 20;

/** Characters of an error's message, which goes to the log. */
const LONGEST_DETAIL = 1000;

/**
 * Makes payloads into one target: converted by content type, checked for size and type, made an instance by class-transformer, and
 * validated by class-validator, in this order, so that neither sees what it cannot take.
 */
export class PayloadConversion {
  readonly #target: PayloadTarget;
  readonly #converter: CompositeMessageConverter;
  readonly #validate: ValidatePayload | undefined;

  constructor(target: PayloadTarget, options: PayloadConversionOptions) {
    this.#target = target;
    this.#converter = options.converter;
    this.#validate = compileTargetValidation(target, options.validation ?? {});
  }

  /**
   * `null` for the JSON value of that name.
   * @throws MessageConversionError `PAYLOAD_UNREADABLE`
   * @throws PayloadValidationError `PAYLOAD_INVALID`; both at once or, with asynchronous rules, as rejection
   */
  convert(message: Message): Awaitable<unknown> {
    const value = this.#converter.fromMessage(message, this.#target.type);
    if (value === null) return null;
    const shaped = this.#shape(this.#target, value, []);
    if (!this.#validate) return shaped;
    const issues = this.#validate(shaped as object); // only targets made of instances have a check
    return isPromise(issues) ? issues.then((late) => accept(shaped, late)) : accept(shaped, issues);
  }

  #shape(target: PayloadTarget, value: unknown, path: ValidationIssue['path']): unknown {
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

  #instantiate(type: PayloadTarget['type'], value: unknown, path: ValidationIssue['path']): unknown {
    // A converter of the application may know the class and have made it already.
    if (value instanceof type) return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return mismatch(path, 'an object');
    if (isDeeperThan(MAX_DEPTH, value)) return mismatch(path, `nested at most ${MAX_DEPTH} levels deep`);
    try {
      return plainToInstance(type as unknown as ClassConstructor<unknown>, value); // class-transformer calls it without arguments
    } catch (error) {
      const issue = { path, message: 'must have the expected structure' };
      throw new PayloadValidationError(`${type.name} could not be made from the payload`, [issue], { cause: error });
    }
  }
}

function compileTargetValidation(target: PayloadTarget, options: ValidatorOptions): ValidatePayload | undefined {
  if (target.kind === 'instance') return compileValidation(target.type, options);
  const validateItem = target.kind === 'array' ? compileTargetValidation(target.item, options) : undefined;
  if (!validateItem) return undefined;
  return (items) => validateFrom(0, [], items as readonly object[], validateItem); // shaped as an array of instances
}

type Issues = readonly ValidationIssue[];

/** Batch by batch, so that asynchronous rules of a few items run together and nothing is validated after enough issues are known. */
function validateFrom(
  from: number,
  before: Issues,
  items: readonly object[],
  validateItem: ValidatePayload,
): Awaitable<Issues> {
  let issues = before;
  for (let start = from; start < items.length && issues.length < MOST_ISSUES; start += BATCH) {
    const found = items.slice(start, start + BATCH).map((item) => validateItem(item));
    const settled = found.filter((each): each is Issues => !isPromise(each));
    if (settled.length < found.length) {
      return Promise.all(found.map((each) => Promise.resolve(each))).then((late) =>
        validateFrom(start + BATCH, withIndexes(issues, late, start), items, validateItem),
      );
    }
    issues = withIndexes(issues, settled, start);
  }
  return issues.slice(0, MOST_ISSUES);
}

function withIndexes(before: Issues, perItem: readonly Issues[], start: number): Issues {
  if (perItem.every((issues) => issues.length === 0)) return before;
  const added = perItem.flatMap((issues, at) => issues.map((each) => ({ ...each, path: [start + at, ...each.path] })));
  return [...before, ...added];
}

function accept(value: unknown, issues: Issues): unknown {
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

/** Never goes deeper than the limit itself. */
function isDeeperThan(levels: number, value: object): boolean {
  if (levels === 0) return true;
  const children: readonly unknown[] = Object.values(value);
  for (const child of children) {
    if (typeof child === 'object' && child !== null && isDeeperThan(levels - 1, child)) return true;
  }
  return false;
}
