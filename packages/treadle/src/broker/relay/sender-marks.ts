import { randomBytes } from 'node:crypto';

/** The header of a SEND that says who caused it. It is taken off before anybody gets the message. */
export const SENDER_HEADER = 'treadle-sender';

/**
 * Names of sessions for the broker, so that a message which comes back can be kept from the subscriptions of its sender (`no-echo`). Random, for others read
 * what the broker has: the id of a session is nobody else's business.
 */
export class SenderMarks {
  readonly #marks = new Map<string, string>();
  readonly #sessionIds = new Map<string, string>();

  /** From CONNECT on. */
  add(sessionId: string): void {
    const mark = randomBytes(9).toString('base64url');
    this.#marks.set(sessionId, mark);
    this.#sessionIds.set(mark, sessionId);
  }

  /** From DISCONNECT on. */
  delete(sessionId: string): void {
    this.#sessionIds.delete(this.#marks.get(sessionId) ?? '');
    this.#marks.delete(sessionId);
  }

  /** What `SENDER_HEADER` says about what this session caused; `undefined` when it is not here. */
  markOf(sessionId: string): string | undefined {
    return this.#marks.get(sessionId);
  }

  /** The session of a mark; `undefined` for one of another server. */
  sessionOf(mark: string | undefined): string | undefined {
    return mark === undefined ? undefined : this.#sessionIds.get(mark);
  }
}
