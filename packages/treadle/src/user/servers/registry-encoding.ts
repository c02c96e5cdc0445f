import { type RegistryWord, WORD_VERSION } from './registry-words.js';

/** Octets of changes in one word: far below what any broker takes, so that words of others get their turn. */
const MOST_WORD_OCTETS = 64 * 1024;

/** A word as octets. @param changes of a word that has some, each as JSON already; its own are left out then */
export function encodeWord(word: RegistryWord, changes?: readonly string[]): Uint8Array {
  const text = JSON.stringify({ v: WORD_VERSION, ...word });
  if (!changes) return Buffer.from(text);
  const hole = '"changes":[]}';
  if (!text.endsWith(hole)) throw new TypeError(`a word of kind ${word.kind} has no changes at its end`);
  return Buffer.from(`${text.slice(0, -2)}${changes.join(',')}]}`);
}

/** Changes, each as JSON, in lists that fit into one word; at least one list. A change that is too long by itself is alone in its list. */
export function chunked(changes: Iterable<string>): readonly (readonly string[])[] {
  let chunk: string[] = [];
  let octets = 0;
  const chunks = [chunk];
  for (const change of changes) {
    const length = Buffer.byteLength(change) + 1;
    if (octets + length > MOST_WORD_OCTETS && chunk.length > 0) {
      chunk = [];
      chunks.push(chunk);
      octets = 0;
    }
    chunk.push(change);
    octets += length;
  }
  return chunks;
}
