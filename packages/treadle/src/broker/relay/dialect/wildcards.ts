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

/** A wildcard subscription as the broker is asked for it: one that covers all the pattern covers, and perhaps more. */
export interface SpelledPattern {
  readonly name: string;
  /** Whether it covers no more. */
  readonly isExact: boolean;
}

export function spellPattern({ words, isExact }: NamePattern, spelling: WildcardSpelling): SpelledPattern {
  const rest = words.findIndex((word) => typeof word !== 'string' && word.stands === 'rest');
  const isCut = rest >= 0 && rest < words.length - 1 && !spelling.restAnywhere;
  const spelled = (isCut ? words.slice(0, rest + 1) : words).map((word) => spell(word, spelling));
  return { name: spelled.join('.'), isExact: isExact && !isCut };
}

function spell(word: PatternWord, { any, rest }: WildcardSpelling): string {
  if (typeof word === 'string') return word;
  return word.stands === 'any' ? any : rest;
}
