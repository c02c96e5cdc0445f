import type { MappingRegistry } from '../annotation/mapping/mapping-registry.js';
import type { Findings } from '../foundation/findings.js';

/**
 * Warns of results that are sent where nobody takes them: every call of such a method fails with `DESTINATION_UNSERVED`. Looks at what stands before
 * the first variable.
 * @param isServed whether the broker or a user destination takes a destination
 */
export function checkResults(
  { mappings }: MappingRegistry,
  isServed: (destination: string) => boolean,
  { warn }: Findings,
): void {
  for (const { handler } of mappings) {
    for (const { to, destination = '', isDeclared } of handler.description.results) {
      if (to !== 'everybody' || !isDeclared || !isKnown(destination)) continue;
      if (isServed(textBeforeVariable(destination))) continue;
      warn({
        location: handler.name,
        problem: `its result goes to '${destination}', which neither the broker nor a user destination takes`,
        cure: "begin it with one of the broker's prefixes",
      });
    }
  }
}

/** Whether its prefix is there before a variable begins. */
function isKnown(destination: string): boolean {
  return !destination.includes('{') || /[/.]$/.test(textBeforeVariable(destination).slice(1));
}

function textBeforeVariable(destination: string): string {
  return destination.split('{', 1)[0] ?? '';
}
