import { FakeClock } from '@treadle/testing';
import type { SessionContext } from '../../../src/messaging/session-context.js';
import type { EndReason } from '../../../src/messaging/session-control.js';
import { ConnectedSessions } from '../../../src/user/connected-sessions.js';
import { RegistryReplication } from '../../../src/user/servers/registry-replication.js';
import { SimpUserRegistry } from '../../../src/user/user-registry.js';
import {
  connect,
  createSession,
  disconnect,
  handle,
  RecordingLogger,
  type SessionUnderTest,
  subscribe,
  unsubscribe,
} from '../../broker/broker-under-test.js';
import type { HubLink, ServerHub } from './server-hub.js';

/** A session that notes why it was ended. */
export interface EndedSession extends SessionUnderTest {
  readonly reasons: EndReason[];
}

/** One server as far as its registry goes. */
export class RegistryServer {
  readonly link: HubLink;
  readonly clock: FakeClock;
  readonly logger = new RecordingLogger();
  readonly connected = new ConnectedSessions();
  readonly users = new SimpUserRegistry(this.connected);
  /** What happened to sessions of other servers, as `joined id`, `left id`. */
  readonly heard: string[] = [];
  readonly replication: RegistryReplication;
  readonly #sessions = new Map<string, EndedSession>();

  constructor(hub: ServerHub, clock = new FakeClock()) {
    this.link = hub.link();
    this.clock = clock;
    const { connected, link, logger } = this;
    this.replication = new RegistryReplication({ connected, link, logger, clock });
    connected.observe({
      onConnected: ({ id, server }) => void (server !== undefined && this.heard.push(`joined ${id}`)),
      onSubscribed: () => undefined,
      onUnsubscribed: () => undefined,
      onDisconnected: ({ id, server }) => void (server !== undefined && this.heard.push(`left ${id}`)),
    });
    this.replication.start();
  }

  connect(id: string, user?: string): EndedSession {
    const session: EndedSession = { ...createSession(id, user), reasons: [] };
    // As the real one does: who ends it hears of its end by a DISCONNECT message.
    session.disconnect = async (reason) => {
      session.failures.push('DISCONNECTED_BY_SERVER');
      session.reasons.push(reason);
      await Promise.resolve();
      this.disconnect(id);
    };
    this.#sessions.set(id, session);
    handle(this.users, connect(session));
    return session;
  }

  subscribe(id: string, subscriptionId: string, destination: string): void {
    handle(this.users, subscribe(this.#session(id), subscriptionId, destination));
  }

  unsubscribe(id: string, subscriptionId: string): void {
    handle(this.users, unsubscribe(this.#session(id), subscriptionId));
  }

  disconnect(id: string): void {
    handle(this.users, disconnect(this.#session(id)));
    this.#sessions.delete(id);
  }

  /** Ids of the sessions connected here. */
  get sessionIds(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  /** `id user subscription:destination …` of every session of every server, sorted. */
  get view(): readonly string[] {
    const lines = this.users.getSessions().map(({ id, user, subscriptions }) => {
      const subscribed = subscriptions.map((each) => `${each.id}:${each.destination}`).toSorted();
      return [id, user?.name ?? '-', ...subscribed].join(' ');
    });
    return lines.toSorted();
  }

  #session(id: string): SessionContext {
    const session = this.#sessions.get(id);
    if (!session) throw new Error(`there is no session ${id}`);
    return session;
  }
}
