import { type Awaitable, isPromise } from '../../foundation/awaitable.js';
import type { ValidationIssue } from '../../foundation/errors.js';
import { MOST_ISSUES } from './issue-limits.js';
import type { ValidatePayload } from './payload-validation.js';

/** Items of a list that are made and validated together. */
const BATCH = 20;

type Issues = readonly ValidationIssue[];

/**
 * Makes the items of a list and checks them, batch by batch, so that asynchronous rules of a few items run together and nothing is made or
 * validated after enough issues are known.
 * @param make gives an item by its index; called in order
 * @param validate checks an item; left out, all are only made
 * @returns at most `MOST_ISSUES`, their paths beginning with the index
 */
export function validateItems(
  count: number,
  make: (index: number) => unknown,
  validate: ValidatePayload | undefined,
): Awaitable<Issues> {
  if (validate) return validateFrom(0, [], count, (index) => validate(make(index) as object)); // only instances have a check
  for (let index = 0; index < count; index += 1) make(index);
  return [];
}

function validateFrom(
  from: number,
  before: Issues,
  count: number,
  validateAt: (index: number) => Awaitable<Issues>,
): Awaitable<Issues> {
  let issues = before;
  for (let start = from; start < count && issues.length < MOST_ISSUES; start += BATCH) {
    const found: Awaitable<Issues>[] = [];
    for (let index = start; index < Math.min(start + BATCH, count); index += 1) found.push(validateAt(index));
    const settled = found.filter((each): each is Issues => !isPromise(each));
    if (settled.length < found.length) {
      return Promise.all(found.map((each) => Promise.resolve(each))).then((late) =>
        validateFrom(start + BATCH, withIndexes(issues, late, start), count, validateAt),
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
