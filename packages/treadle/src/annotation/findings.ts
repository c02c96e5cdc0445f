import { TreadleError } from '../foundation/errors.js';

/** Takes one mistake of a controller: class, method and cure. */
export type Report = (finding: string) => unknown;

/** Where a scan tells what it finds. */
export interface Findings {
  /** What fails the start. */
  readonly report: Report;
  /** What works but is probably not meant. */
  readonly warn: Report;
}

/** The result of `compile`, or `undefined` when it found a mistake, which is then reported. */
export function reporting<T>(report: Report, compile: () => T): T | undefined {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof TreadleError)) throw error;
    report(error.message);
    return undefined;
  }
}
