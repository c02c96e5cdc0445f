/**
 * What one segment of a pattern may match: its own text, any one segment (`*`), something in between (`a?c`, `*.json`, `{id}`,
 * `echo.{id}`), or any number of whole segments (`**`).
 */
export type SegmentKind = 'literal' | 'any' | 'wildcard' | 'rest';

/** One segment of a compiled `DestinationPattern`. */
export interface PatternSegment {
  readonly text: string;
  readonly kind: SegmentKind;
  /**
   * Whether it matches one segment of a destination, in (pattern + segment) steps; texts with `?` between two `*` take
   * (text × segment) steps.
   */
  matches(segment: string): boolean;
}

/** Where captured variables go: by name, on an object without prototype. */
export type Variables = Record<string, string>;

/** A segment that can also say what its variables caught. */
export interface CapturingSegment extends PatternSegment {
  readonly variableNames: readonly string[];
  /** As `matches`; when it does, writes its variables. */
  capture(segment: string, variables: Variables): boolean;
}

/** Compiles one segment. `fail` is called with what is wrong and the offset in the segment; it must throw. */
export function compileSegment(
  text: string,
  captures: boolean,
  fail: (problem: string, offset: number) => never,
): CapturingSegment {
  if (text === '**') return new FixedSegment(text, 'rest');
  const parts = splitParts(text, captures, fail);
  if (parts.length === 1 && parts[0] === STAR) return new FixedSegment(text, 'any');
  if (parts.every(isPlainText)) return new FixedSegment(text, 'literal');
  if (parts.some(hasExpression)) return new ExpressionSegment(text, parts, fail);
  return new GlobSegment(text, parts);
}

/** Compiles one word of a pattern as RabbitMQ reads it: `*` and `#` alone are wildcards. */
export function compileWord(text: string): CapturingSegment {
  if (text === '#') return new FixedSegment(text, 'rest');
  return new FixedSegment(text, text === '*' ? 'any' : 'literal');
}

/** Fixed text of a segment. */
export interface TextPart {
  readonly kind: 'text';
  /** `?` stands for any one character. */
  readonly text: string;
}

/** What a segment leaves open. */
export interface GapPart {
  readonly kind: 'gap';
  /** `undefined` for `*`. */
  readonly variable: string | undefined;
  /** The regular expression of `{variable:expression}`. */
  readonly expression: string | undefined;
}

/** A piece of one segment. */
export type Part = TextPart | GapPart;

/** The pieces, in order, of a segment that has been compiled already. */
export function partsOf({ text }: PatternSegment): readonly Part[] {
  return splitParts(text, true, (problem) => {
    throw new TypeError(`the segment '${text}' was never compiled: ${problem}`);
  });
}

const isPlainText = (part: Part): boolean => part.kind === 'text' && !part.text.includes('?');
const hasExpression = (part: Part): boolean => part.kind === 'gap' && part.expression !== undefined;
const STAR: GapPart = { kind: 'gap', variable: undefined, expression: undefined };

function splitParts(text: string, captures: boolean, fail: (problem: string, offset: number) => never): Part[] {
  const parts: Part[] = [];
  let literal = '';
  const push = (part: Part): void => {
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    parts.push(part);
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '}') fail("'}' closes nothing", index);
    if (character === '*') {
      push(STAR);
    } else if (character === '{') {
      const end = closingBrace(text, index);
      if (end < 0) fail("'{' is never closed within its segment", index);
      push(captures ? parseVariable(text.slice(index + 1, end), index, fail) : STAR);
      index = end;
    } else {
      literal += character;
    }
  }
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return parts;
}

/** The brace that ends the one at `start`; braces may nest, as in `{id:\d{4}}`. */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '\\') index += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

const VARIABLE_NAME = /^[\p{L}_$][\p{L}\p{N}_$.-]*$/u;

function parseVariable(inside: string, offset: number, fail: (problem: string, offset: number) => never): GapPart {
  const colon = inside.indexOf(':');
  const variable = colon < 0 ? inside : inside.slice(0, colon);
  if (!VARIABLE_NAME.test(variable)) fail(`'${variable}' is not a variable name`, offset + 1);
  return { kind: 'gap', variable, expression: colon < 0 ? undefined : inside.slice(colon + 1) };
}

/** `literal`, `any` and `rest`: nothing to capture. */
class FixedSegment implements CapturingSegment {
  readonly variableNames: readonly string[] = [];

  constructor(
    readonly text: string,
    readonly kind: 'literal' | 'any' | 'rest',
  ) {}

  matches(segment: string): boolean {
    return this.kind !== 'literal' || segment === this.text;
  }

  capture(segment: string): boolean {
    return this.matches(segment);
  }
}

/**
 * Texts with gaps between them. To capture, places the texts from the right, each as far right as it goes, so that the first variable takes the
 * most (as Spring's greedy expressions do) and nothing is ever tried twice.
 */
class GlobSegment implements CapturingSegment {
  readonly kind = 'wildcard';
  readonly variableNames: readonly string[];
  /** One more than there are gaps; empty where gaps touch each other or the border. */
  readonly #texts: readonly string[];
  readonly #gaps: readonly (string | undefined)[];
  readonly #isWholeVariable: boolean;

  constructor(
    readonly text: string,
    parts: readonly Part[],
  ) {
    const texts = [''];
    const gaps: (string | undefined)[] = [];
    for (const part of parts) {
      if (part.kind === 'text') texts[texts.length - 1] = part.text;
      else {
        gaps.push(part.variable);
        texts.push('');
      }
    }
    this.#texts = texts;
    this.#gaps = gaps;
    this.variableNames = gaps.filter((name) => name !== undefined);
    this.#isWholeVariable = parts.length === 1 && gaps[0] !== undefined;
  }

  /** Places the texts from the left: whether they fit does not depend on that, and `indexOf` is linear where `lastIndexOf` is not. */
  matches(segment: string): boolean {
    if (!this.#fitsBorders(segment)) return false;
    const texts = this.#texts;
    const end = segment.length - (texts.at(-1) ?? '').length;
    let at = (texts[0] ?? '').length;
    for (let index = 1; index < texts.length - 1; index += 1) {
      const text = texts[index] ?? '';
      const found = firstTextFrom(text, segment, at);
      if (found < 0 || found + text.length > end) return false;
      at = found + text.length;
    }
    return true;
  }

  capture(segment: string, variables: Variables): boolean {
    if (!this.#fitsBorders(segment)) return false;
    const texts = this.#texts;
    if (texts.length === 1) return true;
    const first = texts[0] ?? '';
    let end = segment.length - (texts.at(-1) ?? '').length;
    for (let index = texts.length - 2; index > 0; index -= 1) {
      const text = texts[index] ?? '';
      const at = lastTextBefore(text, segment, end - text.length, first.length);
      if (at < 0) return false;
      this.#write(index, segment, at + text.length, end, variables);
      end = at;
    }
    this.#write(0, segment, first.length, end, variables);
    return true;
  }

  /** Whether the first and the last text are where they must be. */
  #fitsBorders(segment: string): boolean {
    const texts = this.#texts;
    // `/chat/{room}` does not match `/chat/`: a variable that is the whole segment is never empty (Spring AntPathMatcher).
    if (this.#isWholeVariable && segment === '') return false;
    const first = texts[0] ?? '';
    if (texts.length === 1) return segment.length === first.length && isTextAt(first, segment, 0);
    const last = texts.at(-1) ?? '';
    const end = segment.length - last.length;
    return end >= first.length && isTextAt(first, segment, 0) && isTextAt(last, segment, end);
  }

  #write(gap: number, segment: string, start: number, end: number, variables: Variables): void {
    const name = this.#gaps[gap];
    if (name !== undefined) variables[name] = segment.slice(start, end);
  }
}

function isTextAt(text: string, segment: string, at: number): boolean {
  if (!text.includes('?')) return segment.startsWith(text, at);
  for (let index = 0; index < text.length; index += 1) {
    const expected = text.charAt(index);
    if (expected !== '?' && expected !== segment.charAt(at + index)) return false;
  }
  return true;
}

function firstTextFrom(text: string, segment: string, from: number): number {
  if (!text.includes('?')) return segment.indexOf(text, from);
  const last = segment.length - text.length;
  for (let at = from; at <= last; at += 1) if (isTextAt(text, segment, at)) return at;
  return -1;
}

function lastTextBefore(text: string, segment: string, from: number, start: number): number {
  for (let at = from; at >= start; at -= 1) if (isTextAt(text, segment, at)) return at;
  return -1;
}

/** A segment with an expression of the developer's own; never made from a client's text. */
class ExpressionSegment implements CapturingSegment {
  readonly kind = 'wildcard';
  readonly variableNames: readonly string[];
  readonly #expression: RegExp;

  constructor(
    readonly text: string,
    parts: readonly Part[],
    fail: (problem: string, offset: number) => never,
  ) {
    const names: string[] = [];
    const source = parts.map((part) => {
      if (part.kind === 'text') return escapeText(part.text);
      if (part.variable === undefined) return '.*';
      names.push(part.variable);
      return `(?<variable${names.length - 1}>${part.expression ?? '.*'})`;
    });
    this.variableNames = names;
    try {
      this.#expression = new RegExp(`^(?:${source.join('')})$`, 's');
    } catch (error) {
      fail(`'${text}' holds no regular expression: ${String(error)}`, 0);
    }
  }

  matches(segment: string): boolean {
    return this.#expression.test(segment);
  }

  capture(segment: string, variables: Variables): boolean {
    const groups = this.#expression.exec(segment)?.groups;
    if (!groups) return false;
    for (const [index, name] of this.variableNames.entries()) variables[name] = groups[`variable${index}`] ?? '';
    return true;
  }
}

function escapeText(text: string): string {
  return text.replaceAll(/[\\^$.*+()[\]{}|/-]/g, '\\$&').replaceAll('?', '.');
}
