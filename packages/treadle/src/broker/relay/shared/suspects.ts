import type { SessionContext } from '../../../messaging/session-context.js';

/** As many destinations, and as many sessions, as could have been at fault by mistake; with more than these the oldest are trusted again. */
const MOST_SUSPECTS = 1000;

/**
 * Who may have brought it about that the broker ended a shared connection with an ERROR, which is how RabbitMQ refuses a SEND or SUBSCRIBE (no permission, no such
 * exchange): the session, or the user if it has one, whose SUBSCRIBE did; and those of every SEND that was unanswered then, since RabbitMQ does not say which one it was.
 * What they send and subscribe to from then on takes a connection of their own, where it disturbs nobody else. Messages to the destinations of those SENDs do so whoever
 * sends them.
 */
export class Suspects {
  readonly #destinations = new Set<string>();
  readonly #sessions = new Set<string>();

  has(session: SessionContext): boolean {
    return this.#sessions.size > 0 && this.#sessions.has(keyOf(session));
  }

  hasDestination(destination: string): boolean {
    return this.#destinations.size > 0 && this.#destinations.has(destination);
  }

  add(session: SessionContext): void {
    remember(this.#sessions, keyOf(session));
  }

  addDestination(destination: string): void {
    remember(this.#destinations, destination);
  }
}

/** The same user comes back with another session. */
function keyOf({ user, id }: SessionContext): string {
  return user ? `user ${user.name}` : `session ${id}`;
}

function remember(suspects: Set<string>, suspect: string): void {
  suspects.delete(suspect);
  suspects.add(suspect);
  const [oldest = ''] = suspects;
  if (suspects.size > MOST_SUSPECTS) suspects.delete(oldest);
}
