import type { FindingDetails } from '../../../foundation/finding.js';
import type { WildcardStyle } from '../../../messaging/destination-pattern.js';

/** Finds what is a wildcard in the other style and plain text in this one: a pattern that no destination will ever match. */
export function findForeignWildcard(text: string, style: WildcardStyle = 'ant'): FindingDetails | undefined {
  const found = style === 'ant' ? foreignToAnt(text) : foreignToRabbit(text);
  if (!found) return undefined;
  return { problem: `\`${found.word}\` in '${text}' is plain text with wildcards: '${style}'`, cure: found.cure };
}

interface ForeignWord {
  readonly word: string;
  readonly cure: string;
}

function foreignToAnt(text: string): ForeignWord | undefined {
  const isThere = wordsOf(text).includes('#');
  return isThere ? { word: '#', cure: "write `**`, or choose wildcards: 'rabbitmq'" } : undefined;
}

function foreignToRabbit(text: string): ForeignWord | undefined {
  const start = text.lastIndexOf('/') + 1;
  const plain = [
    ...wordsOf(text.slice(0, start)),
    ...wordsOf(text.slice(start)).filter((word) => word !== '*' && word !== '#'),
  ];
  const word = plain.find((each) => /[*#]|^\{.*\}$/.test(each));
  return word === undefined ? undefined : { word, cure: cureForRabbit(word) };
}

function cureForRabbit(word: string): string {
  if (word === '**') return "write `#`, or choose wildcards: 'ant'";
  if (word.startsWith('{')) return "write `*`, or choose wildcards: 'ant'";
  return 'a wildcard is a whole word behind the last slash: `*` or `#`';
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[/.]/);
}
