/** Characters in the texts with `_` that stand between two `%`, of one pattern: there alone matching is not linear. */
const MOST_BLANKED = 16;

/** Whether a text matches a pattern of LIKE. */
export type LikeTest = (text: string) => boolean;

/** A character of a pattern; `undefined` for `_`, which is any one. */
type Character = string | undefined;

/**
 * Compiles the pattern of a LIKE: `_` is any one character, `%` any number of them, and behind the escape character both are themselves (Jakarta
 * Messaging § Message Selector Syntax). No regular expression is made of it, and a test takes time in proportion to the text.
 * @param escape one character, or none
 * @param fail called with what is wrong; it must throw
 */
export function compileLike(pattern: string, escape: string | undefined, fail: (problem: string) => never): LikeTest {
  const pieces = piecesOf([...pattern], escape, fail);
  const between = pieces.slice(1, -1).filter((piece) => piece.includes(undefined));
  const blanked = between.reduce((sum, { length }) => sum + length, 0);
  if (blanked > MOST_BLANKED) {
    fail(`${blanked} characters stand in texts with '_' between two '%'; ${MOST_BLANKED} are allowed`);
  }
  if (pieces.some((piece) => piece.includes(undefined))) return (text) => matchesPieces(pieces, charactersOf(text));
  const texts = pieces.map((piece) => piece.join(''));
  return (text) => matchesTexts(texts, text);
}

/** What stands before, between and behind the `%`. */
function piecesOf(
  characters: readonly string[],
  escape: string | undefined,
  fail: (problem: string) => never,
): readonly (readonly Character[])[] {
  let piece: Character[] = [];
  const pieces = [piece];
  let isEscaped = false;
  for (const character of characters) {
    if (isEscaped) {
      piece.push(character);
      isEscaped = false;
    } else if (character === escape) {
      isEscaped = true;
    } else if (character === '%') {
      piece = [];
      pieces.push(piece);
    } else {
      piece.push(character === '_' ? undefined : character);
    }
  }
  if (isEscaped) fail('the escape character at the end of the pattern escapes nothing');
  return pieces;
}

/** Places each text as far left as it goes: whether all fit does not depend on that. */
function matchesTexts(texts: readonly string[], text: string): boolean {
  const first = texts[0] ?? '';
  if (texts.length === 1) return text === first;
  const last = texts.at(-1) ?? '';
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (let index = 1; index < texts.length - 1; index += 1) {
    const wanted = texts[index] ?? '';
    const found = text.indexOf(wanted, at);
    if (found < 0 || found + wanted.length > end) return false;
    at = found + wanted.length;
  }
  return true;
}

/** One entry per character, as a reader counts them: an emoji is one. */
function charactersOf(text: string): ArrayLike<string> {
  return /[\uD800-\uDFFF]/.test(text) ? [...text] : text;
}

/** The same with `_`. */
function matchesPieces(pieces: readonly (readonly Character[])[], text: ArrayLike<string>): boolean {
  const first = pieces[0] ?? [];
  if (!isPieceAt(first, text, 0)) return false;
  if (pieces.length === 1) return text.length === first.length;
  const last = pieces.at(-1) ?? [];
  const end = text.length - last.length;
  if (end < first.length || !isPieceAt(last, text, end)) return false;
  let at = first.length;
  for (let index = 1; index < pieces.length - 1; index += 1) {
    const piece = pieces[index] ?? [];
    while (at + piece.length <= end && !isPieceAt(piece, text, at)) at += 1;
    if (at + piece.length > end) return false;
    at += piece.length;
  }
  return true;
}

function isPieceAt(piece: readonly Character[], text: ArrayLike<string>, at: number): boolean {
  if (at + piece.length > text.length) return false;
  for (let index = 0; index < piece.length; index += 1) {
    const character = piece[index];
    if (character !== undefined && character !== text[at + index]) return false;
  }
  return true;
}
