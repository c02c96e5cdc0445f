import { type ClassConstructor, plainToInstance } from 'class-transformer';
import type { ValidatorOptions } from 'class-validator';
import { type Awaitable, isPromise } from '../foundation/awaitable.js';
import { PayloadValidationError, type ValidationIssue } from '../foundation/errors.js';
import type { CompositeMessageConverter } from '../messaging/converters.js';
import type { Message } from '../messaging/message.js';
import type { PayloadTarget } from './payload-target.js';
import { compileValidation, type ValidatePayload } from './payload-validation.js';

/** How payloads become values for handlers. */
export interface PayloadConversionOptions {
  readonly converter: CompositeMessageConverter;
  /** Given to class-validator. */
  readonly validation?: ValidatorOptions;
  /** Deepest nesting of JSON that is made into instances of classes; above it `PAYLOAD_INVALID`. Default 64. */
  readonly maxDepth?: number;
}

/** class-transformer and class-validator are recursive: 20 000 levels end in a RangeError, and no honest payload is near that. */
const DEFAULT_MAX_DEPTH = 64;

/**
 * Makes payloads into one target: converted by content type, checked for size and type, made an instance by class-transformer, and
 * validated by class-validator, in this order, so that neither sees what it cannot take.
 */
export class PayloadConversion {
  readonly #target: PayloadTarget;
  readonly #converter: CompositeMessageConverter;
  readonly #maxDepth: number;
  readonly #validate: ValidatePayload | undefined;

  constructor(target: PayloadTarget, options: PayloadConversionOptions) {
    this.#target = target;
    this.#converter = options.converter;
    this.#maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
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
    if (isDeeperThan(this.#maxDepth, value)) return mismatch(path, `nested at most ${this.#maxDepth} levels deep`);
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
  return (items) => {
    const found = (items as readonly object[]).map((item) => validateItem(item)); // shaped as an array of instances
    const settled = found.filter((issues): issues is Issues => !isPromise(issues));
    if (settled.length === found.length) return atTheirIndex(settled);
    return Promise.all(found.map((issues) => Promise.resolve(issues))).then(atTheirIndex);
  };
}

type Issues = readonly ValidationIssue[];

function atTheirIndex(perItem: readonly Issues[]): Issues {
  return perItem.flatMap((issues, index) => issues.map((issue) => ({ ...issue, path: [index, ...issue.path] })));
}

function accept(value: unknown, issues: Issues): unknown {
  if (issues.length === 0) return value;
  const broken = issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`).join('; ');
  throw new PayloadValidationError(`the payload breaks ${issues.length} rule(s): ${broken}`, issues);
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
