import type { Constructor } from '../options.js';
import { type InjectedParameter, injectedParameters } from './constructor-parameters.js';

/** One parameter of a constructor. */
export interface ParameterPlace {
  readonly type: Constructor;
  readonly index: number;
}

/**
 * Told of each parameter; answers with the class whose constructor is to be looked at in its turn, or `undefined`.
 * @param at where it stands
 * @param path the places that led to it, the outermost first; the last one is `at`
 */
export type ParameterVisitor = (
  parameter: InjectedParameter,
  at: ParameterPlace,
  path: readonly ParameterPlace[],
) => Constructor | undefined;

/**
 * Goes through the parameters of a constructor, and through those of what it needs, as far as the visitor says; constructs nothing.
 * @param passed the classes that were looked at before: each is looked at once
 */
export function walkConstructors(type: Constructor, visit: ParameterVisitor, passed: Set<Constructor>): void {
  walk(type, visit, passed, []);
}

function walk(
  type: Constructor,
  visit: ParameterVisitor,
  passed: Set<Constructor>,
  pathToType: readonly ParameterPlace[],
): void {
  if (passed.has(type)) return;
  passed.add(type);
  for (const [index, parameter] of injectedParameters(type).entries()) {
    const at = { type, index };
    const path = [...pathToType, at];
    const next = visit(parameter, at, path);
    if (next) walk(next, visit, passed, path);
  }
}
