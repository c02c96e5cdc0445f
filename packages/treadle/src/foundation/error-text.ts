import { types } from 'node:util';

/**
 * True for errors, those of other realms included (under Jest, all that Node itself makes); never throws, whatever it is given (`instanceof`
 * does for a proxy that does not want to be asked).
 */
export function isError(thrown: unknown): thrown is Error {
  try {
    return types.isNativeError(thrown) || thrown instanceof Error;
  } catch {
    return false;
  }
}

/** What was thrown, if it is an error; else an error with its text and the thing itself as cause. Never throws. */
export function asError(thrown: unknown): Error {
  if (isError(thrown)) return thrown;
  return new Error(`something that is no Error was thrown: ${textOf(thrown)}`, { cause: thrown });
}

/** The message of an error or the text of anything else, in at most 1000 characters. Never throws: applications may throw anything. */
export function textOf(thrown: unknown): string {
  try {
    const text: unknown = isError(thrown) ? thrown.message : thrown;
    return shorten(String(text), 1000);
  } catch {
    return '(it has no text)';
  }
}

/** `text`, cut where it is longer than `limit` characters. */
export function shorten(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
