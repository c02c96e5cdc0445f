/** `{name}` or `{name:expression}`, whose braces may nest once: `{year:\d{4}}`. */
const VARIABLE = /\{(?:[^{}]|\{[^{}]*\})*\}/g;

/** How much a pattern leaves open, counted once (Spring: `AntPathMatcher.AntPatternComparator.PatternInfo`). */
export class PatternSpecificity {
  readonly text: string;
  /** `/**`: matches everything. */
  readonly isCatchAll: boolean;
  /** Ends in a `**` segment but is not the catch-all. */
  readonly isPrefix: boolean;
  readonly variables: number;
  readonly singleWildcards: number;
  readonly doubleWildcards: number;
  /** Variables and wildcards; a `**` counts twice. */
  readonly total: number;
  /** Of the text, each variable counted as one character. */
  readonly length: number;

  constructor(text: string, separator: string) {
    const withoutVariables = text.replaceAll(VARIABLE, '#');
    const withoutDoubles = withoutVariables.replaceAll('**', '');
    this.text = text;
    this.isCatchAll = text === `${separator}**` || text === '**';
    this.isPrefix = !this.isCatchAll && text.endsWith(`${separator}**`);
    this.variables = text.match(VARIABLE)?.length ?? 0;
    this.doubleWildcards = (withoutVariables.length - withoutDoubles.length) / 2;
    this.singleWildcards = count(withoutDoubles, '*');
    this.total = this.variables + this.singleWildcards + 2 * this.doubleWildcards;
    this.length = withoutVariables.length;
  }
}

/** Negative when `first` says more about `destination` than `second`; 0 when neither does. */
export function compareSpecificity(first: PatternSpecificity, second: PatternSpecificity, destination: string): number {
  if (first.isCatchAll || second.isCatchAll) return Number(first.isCatchAll) - Number(second.isCatchAll);
  const exactness = Number(second.text === destination) - Number(first.text === destination);
  if (exactness !== 0) return exactness;
  if (first.isPrefix && second.isPrefix) return second.length - first.length;
  if (first.isPrefix && second.doubleWildcards === 0) return 1;
  if (second.isPrefix && first.doubleWildcards === 0) return -1;
  return (
    first.total - second.total ||
    second.length - first.length ||
    first.singleWildcards - second.singleWildcards ||
    first.variables - second.variables
  );
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
