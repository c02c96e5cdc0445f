import type { SimpSession, SimpUser } from './simp-user.js';

/** Which sessions a message to a user means, as far as this server knows. */
export interface Recipients {
  /** Ids of those on this server. */
  readonly here: readonly string[];
  /** Those on others. */
  readonly elsewhere: readonly SimpSession[];
  /** Whether one session of this server is meant and no other, whatever other servers know. */
  readonly isOneSession: boolean;
}

const NOBODY: Recipients = { here: [], elsewhere: [], isOneSession: false };

/** This session of this server alone. */
export function thisSession(sessionId: string): Recipients {
  return { here: [sessionId], elsewhere: [], isOneSession: true };
}

/** Every session of a user. */
export function sessionsOf(user: SimpUser | undefined): Recipients {
  if (!user) return NOBODY;
  const here: string[] = [];
  const elsewhere: SimpSession[] = [];
  for (const session of user.sessions) {
    if (session.server === undefined) here.push(session.id);
    else elsewhere.push(session);
  }
  return { here, elsewhere, isOneSession: false };
}

/** A session by its id, wherever it is. */
export function sessionItself(session: SimpSession | undefined): Recipients {
  if (!session) return NOBODY;
  if (session.server === undefined) return thisSession(session.id);
  return { here: [], elsewhere: [session], isOneSession: false };
}

/** How many of these sessions have subscribed to exactly this destination, as their clients write it. */
export function countSubscribed(sessions: readonly SimpSession[], destination: string): number {
  return sessions.filter(({ subscriptions }) => subscriptions.some((each) => each.destination === destination)).length;
}
