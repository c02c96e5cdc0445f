import type { Report } from '../../../foundation/finding.js';
import { DestinationPattern, type WildcardStyle } from '../../../messaging/destination-pattern.js';

/** Reports what is a wildcard in the other style and plain text in this one: a pattern that no destination will ever match. */
export function checkWildcards(
  text: string,
  style: WildcardStyle = 'ant',
  location: string,
  report: Report,
): void {
  for (const word of text.split(/[/.]/)) {
    const cure = style === 'ant' ? cureForAnt(word) : cureForRabbit(word, text);
    if (cure === undefined) continue;
    return void report({ location, problem: `\`${word}\` in '${text}' is plain text with wildcards: '${style}'`, cure });
  }
}

function cureForAnt(word: string): string | undefined {
  return word === '#' ? "write `**`, or choose wildcards: 'rabbitmq'" : undefined;
}

function cureForRabbit(word: string, text: string): string | undefined {
  if (word === '**') return "write `#`, or choose wildcards: 'ant'";
  if (/^\{[^}]*\}$/.test(word)) return "write `*`, or choose wildcards: 'ant'";
  if (!/[*#]/.test(word)) return undefined;
  const isWord = DestinationPattern.isPattern(word, 'rabbitmq');
  const isBehindSlash = text.slice(text.lastIndexOf('/') + 1).split('.').includes(word);
  return isWord && isBehindSlash ? undefined : 'a wildcard is a whole word behind the last slash: `*` or `#`';
}
