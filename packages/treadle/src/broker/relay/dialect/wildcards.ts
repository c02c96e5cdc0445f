import type { NamePattern, PatternWord } from './destination-names.js';

/** How a broker spells wildcards. */
export interface WildcardSpelling {
  /** Exactly one word. */
  readonly any: string;
  /** Any number of words, even none. */
  readonly rest: string;
  /** Whether `rest` may stand before other words. */
  readonly restAnywhere: boolean;
}

/** The name that covers what a pattern does, and perhaps more: what follows a `rest` that must be the last word is left out. */
export function spellPattern({ words }: NamePattern, spelling: WildcardSpelling): string {
  const rest = words.findIndex((word) => typeof word !== 'string' && word.stands === 'rest');
  const end = rest < 0 || spelling.restAnywhere ? words.length : rest + 1;
  return words
    .slice(0, end)
    .map((word) => spell(word, spelling))
    .join('.');
}

function spell(word: PatternWord, { any, rest }: WildcardSpelling): string {
  if (typeof word === 'string') return word;
  return word.stands === 'any' ? any : rest;
}
