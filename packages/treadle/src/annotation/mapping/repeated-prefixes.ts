import type { Findings } from '../../foundation/findings.js';
import { ApplicationPrefixes } from './application-prefixes.js';
import type { MappingRegistry } from './mapping-registry.js';

/** Warns of patterns that repeat an application prefix: they answer below that prefix, not at it. */
export function checkRepeatedPrefixes(
  { mappings, separator }: MappingRegistry,
  applicationPrefixes: readonly string[],
  { warn }: Pick<Findings, 'warn'>,
): void {
  const prefixes = new ApplicationPrefixes(applicationPrefixes, separator);
  for (const { handler, pattern } of mappings) {
    const prefix = prefixes.repeatedBy(pattern.text);
    if (prefix === undefined) continue;
    warn({
      location: handler.name,
      problem: `the pattern '${pattern.text}' begins with the application prefix, so it answers '${prefix}${pattern.text}'`,
      cure: `leave '${prefix}' away: '${pattern.text.slice(prefix.length)}'`,
    });
  }
}
