import type { ValidationIssue } from '../../foundation/errors.js';

/** The keys that lead to a part of a JSON value. */
export type PayloadPath = ValidationIssue['path'];

/** A key, or an index in brackets. */
const STEP = /\.?(?:([^.[\]]+)|\[(\d+)\])/y;

/** The keys of `order.lines[0]`, or `undefined` for a text that is malformed. */
export function parsePayloadPath(text: string): PayloadPath | undefined {
  const path: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const step = STEP.exec(text);
    const needsDot = at > 0 && step?.[1] !== undefined;
    if (!step || text.startsWith('.', at) !== needsDot) return undefined;
    path.push(step[1] ?? Number(step[2]));
  }
  return path.length > 0 ? path : undefined;
}

/** The part of a JSON value, or `undefined` when it is not there; what objects inherit is no part of them. */
export function partOf(value: unknown, path: PayloadPath): unknown {
  let part = value;
  for (const key of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, key)) return undefined;
    // Indexes lead into lists only, so that `[0]` does not take a property of that name.
    if (typeof key === 'number' && !Array.isArray(part)) return undefined;
    part = Reflect.get(part, key);
  }
  return part;
}
