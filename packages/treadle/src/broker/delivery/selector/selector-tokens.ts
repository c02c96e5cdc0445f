import { MessageRejectedError } from '../../../foundation/errors.js';

/** A word, sign or literal of a selector. */
export interface Token {
  /** `word`: a reserved word; `header`: the name of one, quoted or not; `end`: behind the last one. */
  readonly kind: 'word' | 'header' | 'text' | 'number' | 'symbol' | 'end';
  /** What it stands for: words in capitals, names and texts without their quotes. */
  readonly value: string;
  /** Of its first character in the selector, from 0. */
  readonly position: number;
}

/** Reserved in any case (Jakarta Messaging § Message Selector Syntax: identifiers). */
const WORDS: ReadonlySet<string> = new Set([
  'NULL',
  'TRUE',
  'FALSE',
  'NOT',
  'AND',
  'OR',
  'BETWEEN',
  'LIKE',
  'IN',
  'IS',
  'ESCAPE',
]);

/** In this order: blanks, 'text', "name", number, name, symbol. Each alternative reads its characters once. */
const TOKEN =
  /(?<blank>[ \t\f\r\n]+)|(?<text>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")+")|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}\p{Nl}_$][\p{L}\p{N}\p{M}_$]*)|(?<symbol><>|<=|>=|[=<>+\-*/(),])/guy;

/** The tokens of a selector, with an `end` at its end. @throws MessageRejectedError `SELECTOR_MALFORMED` where none begins */
export function tokensOf(selector: string): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  for (const { 0: found, groups } of selector.matchAll(TOKEN)) {
    const token = tokenOf(groups ?? {}, position);
    if (token) tokens.push(token);
    position += found.length;
  }
  if (position < selector.length) malformed(problemAt(selector.charAt(position)), position);
  return [...tokens, { kind: 'end', value: '', position }];
}

/** @throws MessageRejectedError `SELECTOR_MALFORMED`, always */
export function malformed(problem: string, position: number): never {
  const detail = `SUBSCRIBE: the selector is malformed at position ${position}: ${problem}`;
  throw new MessageRejectedError(detail, { code: 'SELECTOR_MALFORMED' });
}

type Groups = Readonly<Record<string, string | undefined>>;

function tokenOf({ text, quoted, number, name, symbol }: Groups, position: number): Token | undefined {
  if (text !== undefined) return { kind: 'text', value: unquoted(text), position };
  if (quoted !== undefined) return { kind: 'header', value: unquoted(quoted), position };
  if (number !== undefined) return { kind: 'number', value: number, position };
  if (symbol !== undefined) return { kind: 'symbol', value: symbol, position };
  if (name === undefined) return undefined;
  const word = /^[A-Za-z]{2,7}$/.test(name) ? name.toUpperCase() : '';
  return WORDS.has(word) ? { kind: 'word', value: word, position } : { kind: 'header', value: name, position };
}

/** Within quotes two of them stand for one. */
function unquoted(quoted: string): string {
  const quote = quoted.charAt(0);
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}

function problemAt(character: string): string {
  if (character === "'") return 'the text is never closed';
  if (character === '"') return 'the name is empty or never closed';
  return `${JSON.stringify(character)} begins nothing`;
}
