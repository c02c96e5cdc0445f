/**
 * How the segments of a destination become words between the dots of a broker's name, one-to-one and back. `~` begins what is written differently: brokers, and
 * the percent-decoding of RabbitMQ's STOMP plugin, give it no meaning.
 *
 * | in a name | for |
 * | --- | --- |
 * | `~2E` | one character, by its code: what brokers read something into |
 * | `~` | an empty segment: ActiveMQ skips those |
 * | `~!word` | a first word that has a meaning to the broker |
 * | `~_`, `~u`, `~s` alone, first | see `DestinationNames` |
 */

/** Parts of a name, ActiveMQ's composites (`,`) and options (`?`), percent-encoding, what no line may have. Behind them, the other separator. */
const MEANINGFUL = { '/': /[~%,?\p{Cc}.]/gu, '.': /[~%,?\p{Cc}/]/gu } as const;

/** Alone between two dots they are wildcards: of RabbitMQ the first two, of ActiveMQ the first and the last. */
const WILDCARDS: ReadonlySet<string> = new Set(['*', '#', '>']);

const ESCAPED = /~([0-9A-F]{2})/g;

/** The word of a segment. @param separator what parts the application's segments */
export function wordOf(segment: string, separator: '/' | '.'): string {
  if (segment === '') return '~';
  if (WILDCARDS.has(segment)) return escaped(segment);
  // ActiveMQ cuts spaces off at both ends of a name (ActiveMQ: `ActiveMQDestination.setPhysicalName`).
  return segment.replace(MEANINGFUL[separator], escaped).replace(/^ | $/g, escaped);
}

/** The segment of a word. Of a text that `wordOf` never gave it is one that has another word. */
export function segmentOf(word: string): string {
  if (word === '~') return '';
  const plain = word.startsWith('~!') ? word.slice(2) : word;
  return plain.replace(ESCAPED, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** A word that means nothing to the broker instead of one that would. */
export function harmlessWord(word: string): string {
  return `~!${word}`;
}

function escaped(character: string): string {
  return `~${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
