import type { ErrorCode } from '../foundation/errors.js';

/** Who a session belongs to. Applications add what they need (roles, tenant …). */
export interface Principal {
  /** Unique name: the user of user destinations. */
  readonly name: string;
}

/** What the parts of the application know of a client session; travels with its messages. */
export interface SessionContext {
  /** Random and unguessable, unique per connection. */
  readonly id: string;
  /** Set by authentication while CONNECT passes the inbound channel; `undefined` for an anonymous session. */
  user: Principal | undefined;
  /** Anything the application wants to keep as long as the session lives. */
  readonly attributes: Map<string, unknown>;
  /** The HTTP request the connection began with. */
  readonly handshake: SessionHandshake;
  /**
   * Ends the session with an ERROR frame; does nothing when it has ended already.
   * @param detail for the log; the client reads the sentence of the code
   */
  fail(code: ErrorCode, detail: string): void;
}

/** The HTTP request of a session. */
export interface SessionHandshake {
  /** Path and query, as asked for. */
  readonly url: string;
  /** Headers with lower-case names, as `IncomingMessage.headers`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress: string | undefined;
}
