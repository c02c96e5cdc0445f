import type { Message } from '../messaging/message.js';
import type { MessageHandler } from '../messaging/message-handler.js';
import { CLOSE_CODES, type Connection } from '../transport/connection.js';
import type { SessionEnvironment, SessionOwner } from './session-environment.js';
import { type FrameStats, SessionCounters, type SessionStats } from './session-statistics.js';
import { StompSession } from './stomp-session.js';

/** What the registry gives every session, and how many it takes. */
export interface SessionRegistryOptions extends Omit<SessionEnvironment, 'counters'> {
  /** Sessions at one time. */
  readonly maxSessions: number;
}

/** All sessions of this server, by id; hands them what the outbound channel carries. */
export class SessionRegistry implements MessageHandler {
  readonly #sessions = new Map<string, StompSession>();
  /** Of sessions that have ended, which others still have to take in. */
  readonly #farewells = new Map<Promise<void>, () => void>();
  readonly #environment: SessionEnvironment;
  readonly #maxSessions: number;
  readonly #counters = new SessionCounters();
  readonly #owner: SessionOwner = {
    onEnd: (sessionId) => this.#sessions.delete(sessionId),
    onFarewell: (farewell, cutShort) => this.#keep(farewell, cutShort),
  };
  #isStopping = false;

  constructor(options: SessionRegistryOptions) {
    this.#maxSessions = options.maxSessions;
    this.#environment = { ...options, counters: this.#counters };
  }

  /** How many sessions there are, those included that are still connecting. */
  get size(): number {
    return this.#sessions.size;
  }

  /** The numbers of this moment; looks at every session. */
  get stats(): { readonly sessions: Omit<SessionStats, 'refusedByCode'>; readonly frames: FrameStats } {
    return {
      sessions: this.#counters.describeSessions(this.#sessions.values()),
      frames: { ...this.#counters.frames },
    };
  }

  /** Begins a session on a new connection; refuses it with ERROR when there are too many. */
  accept(connection: Connection): void {
    const session = new StompSession(connection, this.#environment, this.#owner);
    const isFull = this.#sessions.size >= this.#maxSessions;
    this.#sessions.set(session.id, session);
    // Before it is opened: not even a CONNECT that came already is handled.
    if (this.#isStopping) session.fail('SERVER_STOPPING', 'the server is stopping');
    else if (isFull) session.fail('SESSION_LIMIT_EXCEEDED', `${this.#maxSessions} sessions are allowed`);
    else this.#counters.began(connection.transport);
    session.open();
  }

  /** Writes the frame of a message that names one of our sessions. */
  handleMessage(message: Message): void {
    const { type, session } = message;
    // Not looked up by its id: with a thousand sessions a tenth of the work for a delivery (`npm run bench -- --only topics`).
    if (type === 'MESSAGE' && session instanceof StompSession && session.isOf(this.#owner)) session.deliver(message);
  }

  /**
   * Takes no more frames, lets those that came be handled, then closes every session with 1001 and waits until all ends of sessions are
   * handled and told, those included that began before. Each of it at most until `deadline` resolves.
   */
  async stop(deadline: Promise<void>): Promise<void> {
    this.#isStopping = true;
    const sessions = [...this.#sessions.values()];
    await Promise.race([Promise.all(sessions.map((session) => session.drain())), deadline]);
    for (const session of this.#sessions.values()) session.close(CLOSE_CODES.goingAway, 'SERVER_STOPPING');
    await Promise.race([Promise.all(this.#farewells.keys()), deadline]);
    for (const cutShort of this.#farewells.values()) cutShort();
  }

  #keep(farewell: Promise<void>, cutShort: () => void): void {
    this.#farewells.set(farewell, cutShort);
    void farewell.then(() => this.#farewells.delete(farewell));
  }
}
