import type { IncomingMessage } from 'node:http';
import type { Awaitable } from '../foundation/awaitable.js';

/** What a handshake interceptor answers instead of letting the client in. */
export interface HandshakeRefusal {
  /** HTTP status, 400 to 599, or 300 to 399 with a `location` header. */
  readonly status: number;
  /** Further headers of the response, such as `www-authenticate`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The response's text, which the client reads; default the status in words. */
  readonly body?: string;
}

/**
 * Hooks around the HTTP upgrade that a WebSocket begins with (Spring: `HandshakeInterceptor`). An endpoint's interceptors run in the order given, after
 * the origin check: a page that may not connect reaches none of them. All of them together have `limits.handshakeTimeMs`.
 */
export interface HandshakeInterceptor {
  /**
   * Lets the client in with `true`; `false` refuses it with 403, a `HandshakeRefusal` with its own status. Anything else refuses too: what was
   * forgotten must not open a door. An error refuses with 500 and goes to the log; the client reads nothing of it.
   * @param request the upgrade request, its body never read
   * @param attributes what is put in here the session's `attributes` begin with
   */
  beforeHandshake(request: IncomingMessage, attributes: Map<string, unknown>): Awaitable<boolean | HandshakeRefusal>;
  /**
   * After the upgrade, in reverse order, for each whose `beforeHandshake` answered `true`. Not waited for; its errors are logged only.
   * @param failure why there is no connection after all: a later interceptor refused or failed, the time ran out, or the client
   *   has left; `undefined` when there is one
   */
  afterHandshake?(request: IncomingMessage, failure: Error | undefined): Awaitable<void>;
}
