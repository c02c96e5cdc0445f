import type { ValidatorOptions } from 'class-validator';
import { type Awaitable, isPromise } from '../../foundation/awaitable.js';
import type { ValidationIssue } from '../../foundation/errors.js';
import { MOST_ISSUES } from './issue-limits.js';
import type { PayloadTarget } from './payload-target.js';
import { compileValidation, type ValidatePayload } from './payload-validation.js';

/** Items of a list that are validated together. */
const BATCH = 20;

type Issues = readonly ValidationIssue[];

/** The check of what a target is made into; `undefined` where there is nothing to check, or a schema has done it. */
export function compileTargetValidation(target: PayloadTarget, options: ValidatorOptions): ValidatePayload | undefined {
  if (target.kind === 'instance') return compileValidation(target.type, options);
  const validateItem = target.kind === 'array' ? compileTargetValidation(target.item, options) : undefined;
  if (!validateItem) return undefined;
  return (items) => validateFrom(0, [], items as readonly object[], validateItem); // shaped as an array of instances
}

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
