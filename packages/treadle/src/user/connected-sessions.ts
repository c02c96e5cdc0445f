import { type Principal, userNameOf } from '../messaging/session-context.js';
import type { SubscriptionTicket } from '../messaging/subscription-ticket.js';
import { ConnectedSession, type SessionSource } from './connected-session.js';
import { ConnectedUser } from './connected-user.js';
import type { SimpSession, SimpSubscription } from './simp-user.js';

/** Who is told what happens to sessions, of this server and of others: `session.server` says which. */
export interface SessionObserver {
  onConnected(session: SimpSession): void;
  onSubscribed(subscription: SimpSubscription): void;
  onUnsubscribed(subscription: SimpSubscription): void;
  /** Its subscriptions ended with it. */
  onDisconnected(session: SimpSession): void;
}

/** The sessions of all servers as far as this one knows, by id, and the users they make. */
export class ConnectedSessions {
  readonly #users = new Map<string, ConnectedUser>();
  readonly #sessions = new Map<string, ConnectedSession>();
  readonly #observers = new Set<SessionObserver>();

  get users(): ReadonlyMap<string, ConnectedUser> {
    return this.#users;
  }

  get sessions(): ReadonlyMap<string, ConnectedSession> {
    return this.#sessions;
  }

  /** @returns takes the observer away */
  observe(observer: SessionObserver): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** Does nothing for an id that is there. @param principal of its user; a session without one is anonymous */
  connect(source: SessionSource, principal: Principal | undefined): void {
    if (this.#sessions.has(source.id)) return;
    const user = principal && this.#userNamed(userNameOf(principal));
    const session = new ConnectedSession(source, user);
    this.#sessions.set(session.id, session);
    user?.add(session, principal);
    for (const observer of this.#observers) observer.onConnected(session);
  }

  subscribe(sessionId: string, subscriptionId: string, destination: string, ticket?: SubscriptionTicket): void {
    const subscription = this.#sessions.get(sessionId)?.add(subscriptionId, destination, ticket);
    if (subscription) for (const observer of this.#observers) observer.onSubscribed(subscription);
  }

  unsubscribe(sessionId: string, subscriptionId: string): void {
    const subscription = this.#sessions.get(sessionId)?.remove(subscriptionId);
    if (subscription) for (const observer of this.#observers) observer.onUnsubscribed(subscription);
  }

  disconnect(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    this.#sessions.delete(sessionId);
    const { user } = session;
    user?.remove(session);
    if (user?.sessions.length === 0) this.#users.delete(user.name);
    for (const observer of this.#observers) observer.onDisconnected(session);
  }

  #userNamed(name: string): ConnectedUser {
    const known = this.#users.get(name);
    if (known) return known;
    const user = new ConnectedUser(name);
    this.#users.set(name, user);
    return user;
  }
}
