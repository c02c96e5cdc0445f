import { ConfigurationError } from '../../foundation/errors.js';

/** Checks a number that `simpleBroker` was told. @throws ConfigurationError when it is no whole number from 1 on */
export function requireCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  const cure = 'give a whole number from 1 on';
  throw new ConfigurationError({ location: `simpleBroker, ${name}`, problem: `it is ${String(value)}`, cure });
}
