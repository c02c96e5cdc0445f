import { MessageRejectedError } from '../../foundation/errors.js';
import { DestinationPattern, type PatternSyntax } from '../../messaging/destination-pattern.js';

/**
 * What the pattern of a subscription may have, and the destinations that patterns are looked up for. Clients choose both, and the work of
 * a lookup is at most their product.
 */
const PATTERN_LIMITS = { characters: 512, segments: 32, rests: 2, questionedCharacters: 16 };
const DESTINATION_LIMITS = { characters: 1024, segments: 64 };

/** Text of a segment with `?` that stands between two wildcards: there alone matching is not linear. */
const QUESTIONED_TEXT = /[*}]([^*{}?]*\?[^*{}]*)(?=[*{])/g;

/**
 * The pattern of a subscription, within the limits of patterns.
 * @throws MessageRejectedError `DESTINATION_MALFORMED` beyond a limit; TreadleError of that code for what is no pattern
 */
export function compileSubscriptionPattern(destination: string, syntax: PatternSyntax): DestinationPattern {
  requireAtMost(PATTERN_LIMITS.characters, 'characters', destination.length);
  const segments = DestinationPattern.segmentsOf(destination, syntax);
  requireAtMost(PATTERN_LIMITS.segments, 'segments', segments.length);
  const rest = syntax.wildcards === 'rabbitmq' ? '#' : '**';
  requireAtMost(PATTERN_LIMITS.rests, `segments '${rest}'`, segments.filter((segment) => segment === rest).length);
  let questioned = 0;
  for (const segment of segments) {
    for (const [, text = ''] of segment.matchAll(QUESTIONED_TEXT)) questioned += text.length;
  }
  requireAtMost(PATTERN_LIMITS.questionedCharacters, "characters in texts with '?' between two wildcards", questioned);
  // Variables mean nothing to a subscription, and no regular expression may come from a client.
  return DestinationPattern.compile(destination, { ...syntax, captures: false });
}

/** The segments of a destination that patterns are looked up for; `undefined` of one that is too long: no pattern covers it. */
export function matchableSegments(destination: string, syntax: PatternSyntax): readonly string[] | undefined {
  if (destination.length > DESTINATION_LIMITS.characters) return undefined;
  const segments = DestinationPattern.segmentsOf(destination, syntax);
  return segments.length > DESTINATION_LIMITS.segments ? undefined : segments;
}

function requireAtMost(limit: number, what: string, actual: number): void {
  if (actual <= limit) return;
  const detail = `a subscription pattern has ${actual} ${what}; ${limit} are allowed`;
  throw new MessageRejectedError(detail, { code: 'DESTINATION_MALFORMED' });
}
