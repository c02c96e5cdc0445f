import { PayloadValidationError } from '../../foundation/errors.js';
import type { PayloadPath } from './payload-path.js';

/**
 * Deepest nesting of JSON that is made into instances or given to a schema. class-transformer, class-validator and schema libraries are
 * recursive: 20 000 levels end in a RangeError, and no honest payload is near that.
 */
const MAX_DEPTH = 64;

/** @throws PayloadValidationError `PAYLOAD_INVALID`, with one issue */
export function mismatch(path: PayloadPath, expected: string): never {
  const message = `must be ${expected}`;
  throw new PayloadValidationError(`the payload${path.length > 0 ? ` at ${path.join('.')}` : ''} ${message}`, [
    { path, message },
  ]);
}

/** @throws PayloadValidationError `PAYLOAD_INVALID` for a value nested deeper than 64 levels */
export function requireDepth(value: unknown, path: PayloadPath): void {
  if (isOpened(value) && isDeeperThan(MAX_DEPTH, value)) mismatch(path, `nested at most ${MAX_DEPTH} levels deep`);
}

/**
 * Keeps the work bounded that one frame can make: class-transformer and class-validator take microseconds for every value, so that a body of
 * 64 KiB could hold up everybody else for a second.
 * @throws PayloadValidationError `PAYLOAD_INVALID` for a value that holds more than `most` values, itself not counted
 */
export function requireFewValues(value: unknown, path: PayloadPath, most: number): void {
  if (isPlain(value) && holdsMoreThan(most, value)) mismatch(path, `made of at most ${most} values`);
}

/** Whether class-transformer or a schema will look into it. */
function isOpened(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
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

/** Without recursion, for the depth is not known yet. */
function holdsMoreThan(most: number, root: object): boolean {
  if (most === Infinity) return false;
  const open: object[] = [root];
  let count = 0;
  // The list grows while it is walked.
  for (const each of open) {
    const children: readonly unknown[] = Array.isArray(each) ? each : Object.values(each);
    count += children.length;
    if (count > most) return true;
    for (const child of children) if (isPlain(child)) open.push(child);
  }
  return false;
}

/** What JSON is made of; an instance that a converter made may be anything, a circle too. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
