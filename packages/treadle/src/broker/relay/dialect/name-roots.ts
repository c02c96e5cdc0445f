import type { DestinationSeparator } from '../../../messaging/destination-pattern.js';
import type { DestinationKind } from './dialect.js';
import { wordOf } from './name-words.js';

/** What some destinations begin with, and what becomes of it at the broker. */
export interface NameRoot {
  /** `/topic`, `/queue`, `/pub`. */
  readonly text: string;
  readonly kind: DestinationKind;
  /** What the names of its destinations begin with: nothing for `/topic` and `/queue`, which the broker has too; `pub` for `/pub`. */
  readonly words: readonly string[];
  /** What usually follows `text`. */
  readonly border: DestinationSeparator;
}

/**
 * The roots of an application's destinations, longest first. Whatever its prefixes are, a broker that speaks STOMP has `/topic/…` and `/queue/…`: destinations that
 * begin with neither are topics, in whose names the prefix comes first.
 * @param prefixes `destinationPrefixes` as the application gives them
 */
export function nameRoots(prefixes: readonly string[], separator: DestinationSeparator): readonly NameRoot[] {
  const roots = new Map<string, NameRoot>();
  for (const prefix of prefixes) {
    const root = rootOf(prefix, separator);
    // Of `/topic` and `/topic/private` the first says more about what follows `/topic`.
    if (!roots.has(root.text) || stripped(prefix) === root.text) roots.set(root.text, root);
  }
  return [...roots.values()].toSorted((one, other) => other.text.length - one.text.length);
}

function rootOf(prefix: string, separator: DestinationSeparator): NameRoot {
  const text = stripped(prefix);
  const slash = text.startsWith('/') ? '/' : '';
  const words = text.slice(slash.length).split(/[/.]/);
  const [first = ''] = words;
  const border = borderOf(prefix, separator);
  if (first === 'topic' || first === 'queue') return { text: slash + first, kind: first, words: [], border };
  return { text, kind: 'topic', words: words.map((word) => wordOf(word, separator)), border };
}

/** `/topic.` says that dots follow; else a slash follows what began with one. */
function borderOf(prefix: string, separator: DestinationSeparator): DestinationSeparator {
  const last = prefix.at(-1);
  if (last === '/' || last === '.') return last;
  return prefix.startsWith('/') ? '/' : separator;
}

function stripped(prefix: string): string {
  return prefix.replace(/[/.]+$/, '');
}
