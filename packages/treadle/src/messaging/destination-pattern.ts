import { TreadleError } from '../foundation/errors.js';
import {
  type CapturingSegment,
  compileSegment,
  compileWord,
  type PatternSegment,
  type Variables,
} from './pattern-segment.js';
import { compareSpecificity, PatternSpecificity } from './pattern-specificity.js';

/** What may part the segments of destinations. */
export type DestinationSeparator = '/' | '.';

/**
 * How wildcards are spelled: as Spring does (`AntPathMatcher`), or as in the binding keys of RabbitMQ's topic exchange: words parted by `.` behind
 * the last `/`, `*` for exactly one word and `#` for any number of them, even none; everything else is literal.
 */
export type WildcardStyle = 'ant' | 'rabbitmq';

/** How destinations fall into segments, and what stands for several. */
export interface PatternSyntax {
  /** What parts the segments of Ant patterns; default `/`. */
  readonly separator?: DestinationSeparator | undefined;
  /** Default `'ant'`. */
  readonly wildcards?: WildcardStyle | undefined;
}

/** How a pattern is read. */
export interface PatternOptions extends PatternSyntax {
  /**
   * Whether `{name}` captures; default true. With `false`, for subscriptions of clients, `{anything}` is `*` and no regular expression
   * is ever built from the text.
   */
  readonly captures?: boolean;
}

const NO_VARIABLES: Readonly<Variables> = Object.freeze(Object.create(null) as Variables); // Object.create returns any

/**
 * A destination pattern in Ant style (Spring: `AntPathMatcher`): `?` is one character, `*` anything within a segment, `**` as a whole
 * segment any number of segments, `{name}` a variable, also inside a segment, `{name:regex}` one of that form. Case-sensitive.
 *
 * Text is cut at every separator and nothing is trimmed or skipped: `/a//b` has an empty segment, which only `*` and `**` match.
 * (Spring skips empty segments; then two spellings reach one handler, and a rule written for one misses the other.) Where dots part
 * segments, those within braces do not.
 * Without `{name:regex}` a match takes at most (pattern × destination) steps.
 *
 * With `wildcards: 'rabbitmq'` it is read as `WildcardStyle` says, and has no variables.
 */
export class DestinationPattern {
  readonly text: string;
  /** What `matches` compares, in order; the leading separator gives an empty first segment, as it does in a destination. */
  readonly segments: readonly PatternSegment[];
  readonly variableNames: readonly string[];
  /** True when it matches its own text only. */
  readonly isExact: boolean;
  readonly separator: DestinationSeparator;
  readonly #segments: readonly CapturingSegment[];
  readonly #syntax: Required<PatternOptions>;
  readonly #specificity: PatternSpecificity;

  private constructor(text: string, segments: readonly CapturingSegment[], syntax: Required<PatternOptions>) {
    const separator = syntax.wildcards === 'rabbitmq' ? '.' : (syntax.separator ?? '/');
    this.text = text;
    this.separator = separator;
    this.segments = segments;
    this.variableNames = segments.flatMap((segment) => segment.variableNames);
    this.isExact = segments.every((segment) => segment.kind === 'literal');
    this.#segments = segments;
    this.#syntax = syntax;
    this.#specificity = new PatternSpecificity(text, separator);
  }

  /** True if the text holds `*`, `?` or `{…}`; with RabbitMQ's wildcards if one of its words is `*` or `#`. */
  static isPattern(text: string, wildcards: WildcardStyle = 'ant'): boolean {
    if (wildcards === 'rabbitmq') return wordsOf(text).some((word) => word === '*' || word === '#');
    if (text.includes('*') || text.includes('?')) return true;
    const open = text.indexOf('{');
    return open >= 0 && text.includes('}', open);
  }

  /** @throws TreadleError `DESTINATION_MALFORMED`: a brace without its partner, a bad, repeated or missing variable name, a bad expression */
  static compile(text: string, options: PatternOptions = {}): DestinationPattern {
    const { separator = '/', captures = true, wildcards = 'ant' } = options;
    const syntax = { separator, captures, wildcards };
    if (wildcards === 'rabbitmq') return new DestinationPattern(text, wordsOf(text).map(compileWord), syntax);
    const names = new Set<string>();
    let start = 0;
    const segments = splitSegments(text, separator, captures).map((part) => {
      const fail = (problem: string, offset: number): never => malformed(text, problem, start + offset);
      const segment = compileSegment(part, captures, fail);
      for (const name of segment.variableNames) {
        if (names.has(name)) fail(`the variable '${name}' is there twice`, part.indexOf(`{${name}`));
        names.add(name);
      }
      start += part.length + separator.length;
      return segment;
    });
    return new DestinationPattern(text, segments, syntax);
  }

  /** The segments of a destination, as `matchesSegments` takes them. */
  static segmentsOf(destination: string, { separator = '/', wildcards }: PatternSyntax = {}): readonly string[] {
    return wildcards === 'rabbitmq' ? wordsOf(destination) : destination.split(separator);
  }

  matches(destination: string): boolean {
    if (this.isExact) return destination === this.text;
    return this.matchesSegments(DestinationPattern.segmentsOf(destination, this.#syntax));
  }

  /** As `matches`, of a destination that is cut already. */
  matchesSegments(destination: readonly string[]): boolean {
    return matchSegments(this.#segments, destination, undefined);
  }

  /** The variables, on a frozen object without prototype; `undefined` when the destination does not match. */
  match(destination: string): Readonly<Record<string, string>> | undefined {
    if (this.variableNames.length === 0) return this.matches(destination) ? NO_VARIABLES : undefined;
    const variables = Object.create(null) as Variables; // Object.create returns any
    const isMatch = matchSegments(this.#segments, DestinationPattern.segmentsOf(destination, this.#syntax), variables);
    return isMatch ? Object.freeze(variables) : undefined;
  }

  /**
   * This pattern, of a class, before the pattern of one of its methods (Spring: `AntPathMatcher.combine`): a `*` at the end is
   * replaced, a `**` stays; if this one has no variables and matches the child's text already, the child alone counts.
   */
  combine(child: DestinationPattern): DestinationPattern {
    const text = this.#combineText(child);
    if (text === this.text) return this;
    if (text === child.text) return child;
    return DestinationPattern.compile(text, this.#syntax);
  }

  #combineText(child: DestinationPattern): string {
    if (this.text === '') return child.text;
    if (child.text === '') return this.text;
    const covers = this.text !== child.text && !this.text.includes('{') && this.matches(child.text);
    if (covers) return child.text;
    if (this.text.endsWith(`${this.separator}*`)) return this.#join(this.text.slice(0, -1), child.text);
    return this.#join(this.text, child.text);
  }

  #join(parent: string, child: string): string {
    const { separator } = this;
    const head = parent.endsWith(separator) ? parent.slice(0, -separator.length) : parent;
    return child.startsWith(separator) ? head + child : head + separator + child;
  }

  /** Negative when this one says more about `destination` than the other (Spring: `AntPathMatcher.AntPatternComparator`). */
  compareTo(other: DestinationPattern, destination: string): number {
    return compareSpecificity(this.#specificity, other.#specificity, destination);
  }

  toString(): string {
    return this.text;
  }
}

/** What stands before the words, up to the last slash, and the words. A name that is empty has none (as the empty routing key of AMQP 0-9-1). */
function wordsOf(text: string): readonly string[] {
  const start = text.lastIndexOf('/') + 1;
  const name = text.slice(start);
  return name === '' ? [text] : [text.slice(0, start), ...name.split('.')];
}

/** A dot within braces parts nothing: in an expression it is any character. */
function splitSegments(text: string, separator: DestinationSeparator, captures: boolean): readonly string[] {
  if (separator === '/' || !captures || !text.includes('{')) return text.split(separator);
  const segments: string[] = [];
  let start = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (depth > 0 && character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (character !== separator || depth > 0) continue;
    segments.push(text.slice(start, index));
    start = index + 1;
  }
  return [...segments, text.slice(start)];
}

function malformed(text: string, problem: string, offset: number): never {
  throw new TreadleError(
    'DESTINATION_MALFORMED',
    `the pattern '${text}' is malformed at position ${offset}: ${problem}`,
  );
}

/**
 * Goes through both lists at once; where that fails, lets the latest `**` take one segment more. Earlier ones need not be tried
 * again, so the work is bounded by the product of the lengths.
 */
function matchSegments(
  pattern: readonly CapturingSegment[],
  path: readonly string[],
  variables: Variables | undefined,
): boolean {
  let at = 0;
  let rest = -1;
  let restTook = 0;
  for (let index = 0; index < path.length;) {
    const segment = pattern[at];
    if (segment?.kind === 'rest') {
      rest = at;
      restTook = index;
      at += 1;
    } else if (segment && matchOne(segment, path[index] ?? '', variables)) {
      at += 1;
      index += 1;
    } else if (rest >= 0) {
      restTook += 1;
      index = restTook;
      at = rest + 1;
    } else {
      return false;
    }
  }
  while (pattern[at]?.kind === 'rest') at += 1;
  return at === pattern.length;
}

function matchOne(segment: CapturingSegment, text: string, variables: Variables | undefined): boolean {
  return variables ? segment.capture(text, variables) : segment.matches(text);
}
