import { ConfigurationError } from '../src/foundation/errors';
import { findingText } from '../src/foundation/finding';

/** What a start fails with: one line per finding, in their order; nothing when it does not fail. */
export function findingsOfStart(start: () => unknown): readonly string[] {
  try {
    start();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.findings.map(findingText);
    throw error;
  }
}
