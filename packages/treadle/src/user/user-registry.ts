import type { Message } from '../messaging/message.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import { type SessionContext, userNameOf } from '../messaging/session-context.js';
import {
  ConnectedSession,
  ConnectedUser,
  type SimpSession,
  type SimpSubscription,
  type SimpUser,
} from './simp-user.js';

/**
 * Who is connected, and what they subscribed to (Spring: `SimpUserRegistry`). Injectable.
 *
 * What it returns are lists of this moment with live users and sessions in them: their properties follow what happens, the lists do
 * not. A session is here from its accepted CONNECT to its end, a subscription from the moment it is live. Anonymous sessions are found
 * by id and by their subscriptions, but make no user.
 *
 * It listens on `clientInboundChannel` behind everything that may refuse a frame. A session whose CONNECT it saw must be ended by a
 * DISCONNECT message, whatever the reason.
 */
export class SimpUserRegistry implements MessageHandler {
  readonly #users = new Map<string, ConnectedUser>();
  readonly #sessions = new Map<string, ConnectedSession>();
  // A CONNECT that was held up on its way may come after its session ended; it must not stay for ever.
  readonly #endedSessions = new WeakSet<SessionContext>();

  /** The user with this name (`destinationUserName` where the principal has one), if any session of theirs is connected. */
  getUser(name: string): SimpUser | undefined {
    return this.#users.get(name);
  }

  /** All users with a session, in the order they came. */
  getUsers(): readonly SimpUser[] {
    return [...this.#users.values()];
  }

  get userCount(): number {
    return this.#users.size;
  }

  /** The session with this id, anonymous or not. */
  getSession(sessionId: string): SimpSession | undefined {
    return this.#sessions.get(sessionId);
  }

  /** All sessions, anonymous ones included, in the order they connected. */
  getSessions(): readonly SimpSession[] {
    return [...this.#sessions.values()];
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** All subscriptions, also of anonymous sessions, for which `matcher` returns true. Looks at every one of them. */
  findSubscriptions(matcher: (subscription: SimpSubscription) => boolean): readonly SimpSubscription[] {
    return [...this.#sessions.values()].flatMap((session) => session.subscriptions.filter(matcher));
  }

  handleMessage({ type, session, subscriptionId, destination, ticket }: Message): void {
    if (!session) return;
    if (type === 'CONNECT') return this.#connect(session);
    if (type === 'DISCONNECT') return this.#disconnect(session);
    if (subscriptionId === undefined) return;
    const connected = this.#sessions.get(session.id);
    if (type === 'SUBSCRIBE' && destination !== undefined) connected?.add(subscriptionId, destination, ticket);
    if (type === 'UNSUBSCRIBE') connected?.remove(subscriptionId);
  }

  #connect(session: SessionContext): void {
    if (this.#sessions.has(session.id) || this.#endedSessions.has(session)) return;
    const connected = new ConnectedSession(session, this.#userOf(session));
    this.#sessions.set(session.id, connected);
    connected.user?.add(connected);
  }

  #userOf({ user: principal }: SessionContext): ConnectedUser | undefined {
    if (!principal) return undefined;
    const known = this.#users.get(userNameOf(principal));
    if (known) return known;
    const user = new ConnectedUser(principal);
    this.#users.set(user.name, user);
    return user;
  }

  #disconnect(session: SessionContext): void {
    this.#endedSessions.add(session);
    const connected = this.#sessions.get(session.id);
    if (!connected) return;
    this.#sessions.delete(session.id);
    const { user } = connected;
    user?.remove(connected);
    if (user?.sessions.length === 0) this.#users.delete(user.name);
  }
}
