import {
  getMetadataStorage,
  type MetadataStorage,
  validate,
  validateSync,
  type ValidationError,
  type ValidatorOptions,
  ValidationTypes,
} from 'class-validator';
import type { Awaitable } from '../../foundation/awaitable.js';
import { shorten } from '../../foundation/error-text.js';
import type { ValidationIssue } from '../../foundation/errors.js';
import type { Class } from '../metadata.js';
import { LONGEST_KEY, LONGEST_MESSAGE, MOST_ISSUES } from './issue-limits.js';

/** Checks an instance by its class's rules and answers what is broken, at most `MOST_ISSUES`; nothing when all is well. */
export type ValidatePayload = (instance: object) => Awaitable<readonly ValidationIssue[]>;

/**
 * The check for a class with class-validator rules of its own or inherited; `undefined` for a class without any.
 * It is synchronous unless a rule may be asynchronous, because class-validator's synchronous form skips those in silence.
 * @param options given to class-validator; by default unknown properties stay, `whitelist: true` drops them
 */
export function compileValidation(type: Class, options: ValidatorOptions): ValidatePayload | undefined {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  if (rules.length === 0) return undefined;
  if (rules.some(mayBeAsync)) return async (instance) => issuesOf(await validate(instance, options));
  return (instance) => issuesOf(validateSync(instance, options));
}

type Rule = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];

function mayBeAsync(rule: Rule): boolean {
  if (rule.type === ValidationTypes.PROMISE_VALIDATION) return true;
  // What a nested rule meets is known only per message, so any asynchronous rule of the process may be among it.
  if (rule.type === ValidationTypes.NESTED_VALIDATION) return hasAsyncRules();
  if (!rule.constraintCls) return false;
  return getMetadataStorage().getTargetValidatorConstraints(rule.constraintCls).some(isAsync);
}

interface Constraint {
  readonly async: boolean;
}

const isAsync = (constraint: Constraint): boolean => constraint.async;

function hasAsyncRules(): boolean {
  const known: unknown = Reflect.get(getMetadataStorage(), 'constraintMetadatas');
  // Private there; where it has changed its shape we take the slower way, which is always right.
  if (!(known instanceof Map)) return true;
  const lists = [...(known as Map<unknown, readonly Constraint[]>).values()]; // class-validator's `ConstraintMetadata[]`
  return lists.flat().some(isAsync);
}

const NO_ISSUES: readonly ValidationIssue[] = [];

function issuesOf(errors: readonly ValidationError[]): readonly ValidationIssue[] {
  if (errors.length === 0) return NO_ISSUES;
  const issues: ValidationIssue[] = [];
  collect(errors, [], issues);
  return issues;
}

function collect(errors: readonly ValidationError[], parent: ValidationIssue['path'], issues: ValidationIssue[]): void {
  for (const error of errors) {
    const path = pathOf(error, parent);
    for (const [rule, message] of Object.entries(error.constraints ?? {})) {
      if (issues.length >= MOST_ISSUES) return;
      issues.push({ path, message: shorten(message, LONGEST_MESSAGE), rule });
    }
    collect(error.children ?? [], path, issues);
    if (issues.length >= MOST_ISSUES) return;
  }
}

function pathOf(error: ValidationError, parent: ValidationIssue['path']): ValidationIssue['path'] {
  // class-validator leaves `property` out when the whole value is unknown to it, and writes indexes as text.
  const property = error.property as string | undefined; // its type denies that
  if (property === undefined) return parent;
  return [...parent, Array.isArray(error.target) ? Number(property) : shorten(property, LONGEST_KEY)];
}
