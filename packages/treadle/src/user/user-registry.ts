import type { Message } from '../messaging/message.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import type { SessionContext } from '../messaging/session-context.js';
import { localSource } from './connected-session.js';
import { ConnectedSessions } from './connected-sessions.js';
import type { SimpSession, SimpSubscription, SimpUser } from './simp-user.js';

/**
 * Who is connected, and what they subscribed to (Spring: `SimpUserRegistry`). Injectable.
 *
 * What it returns are lists of this moment with live users and sessions in them: their properties follow what happens, the lists do
 * not. A session is here from its accepted CONNECT to its end, a subscription from the moment it is live. Anonymous sessions are found
 * by id and by their subscriptions, but make no user.
 *
 * Behind a broker that several servers share it covers all of them (Spring: `MultiServerUserRegistry`), a user with sessions on several counted once: of
 * another server it knows what that one told last, usually moments ago, and nothing any more 20 to 30 s after its last word.
 *
 * It listens on `clientInboundChannel` behind everything that may refuse a frame. A session whose CONNECT it saw must be ended by a
 * DISCONNECT message, whatever the reason.
 */
export class SimpUserRegistry implements MessageHandler {
  readonly #connected: ConnectedSessions;
  // A CONNECT that was held up on its way may come after its session ended; it must not stay for ever.
  readonly #endedSessions = new WeakSet<SessionContext>();

  /** @param connected which others add to, for the sessions of other servers; the application gives it */
  constructor(connected = new ConnectedSessions()) {
    this.#connected = connected;
  }

  /** The user with this name (`destinationUserName` where the principal has one), if any session of theirs is connected. */
  getUser(name: string): SimpUser | undefined {
    return this.#connected.users.get(name);
  }

  /** All users with a session, in the order they came. */
  getUsers(): readonly SimpUser[] {
    return [...this.#connected.users.values()];
  }

  /** How many users there are, each counted once. */
  get userCount(): number {
    return this.#connected.users.size;
  }

  /** The session with this id, anonymous or not. */
  getSession(sessionId: string): SimpSession | undefined {
    return this.#connected.sessions.get(sessionId);
  }

  /** All sessions, anonymous ones included, in the order they connected. */
  getSessions(): readonly SimpSession[] {
    return [...this.#connected.sessions.values()];
  }

  /** How many sessions there are. */
  get sessionCount(): number {
    return this.#connected.sessions.size;
  }

  /** All subscriptions, also of anonymous sessions, for which `matcher` returns true. Looks at every one of them. */
  findSubscriptions(matcher: (subscription: SimpSubscription) => boolean): readonly SimpSubscription[] {
    return this.getSessions().flatMap((session) => session.subscriptions.filter(matcher));
  }

  handleMessage({ type, session, subscriptionId, destination, ticket }: Message): void {
    if (!session) return;
    if (type === 'CONNECT') return this.#connect(session);
    if (type === 'DISCONNECT') return this.#disconnect(session);
    if (subscriptionId === undefined) return;
    if (type === 'SUBSCRIBE' && destination !== undefined) {
      this.#connected.subscribe(session.id, subscriptionId, destination, ticket);
    }
    if (type === 'UNSUBSCRIBE') this.#connected.unsubscribe(session.id, subscriptionId);
  }

  #connect(session: SessionContext): void {
    if (!this.#endedSessions.has(session)) this.#connected.connect(localSource(session), session.user);
  }

  #disconnect(session: SessionContext): void {
    this.#endedSessions.add(session);
    this.#connected.disconnect(session.id);
  }
}
