/** A message that was published, as the reference knows it. Its header `n` is its name, so that a body may be empty. */
export interface ReferenceMessage {
  readonly name: string;
  /** As clients know it: `/user/queue/…` for a message to a user. */
  readonly destination: string;
  /** All sessions of this user get one of their own. */
  readonly toUser?: string | undefined;
  /** The only session that may get it, of a message to a user. */
  readonly owner?: string;
  /** What receivers read, beside what STOMP asks for and what a delivery has of its own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly isEmpty: boolean;
  /** The session that caused it; the application has none. */
  readonly sender?: string | undefined;
}

/** Whether a destination is covered by one that may have wildcards: `*` is anything within a segment, `**` any number of segments. */
export function covers(pattern: string, destination: string): boolean {
  if (!isPattern(pattern)) return pattern === destination;
  const expression = pattern.replaceAll('/**', '(/.*)?').replaceAll(/(?<![.])\*/g, '[^/]*');
  return new RegExp(`^${expression}$`, 's').test(destination);
}

/** Whether a destination has wildcards. */
export function isPattern(destination: string): boolean {
  return destination.includes('*');
}

/** When a message is of no use any more, in milliseconds since 1970; `Infinity` for never. */
export function expiryOf({ headers }: ReferenceMessage): number {
  return Number(headers['expires'] ?? 0) || Infinity;
}
