import type { PeerCertificate } from 'node:tls';
import type { ErrorCode } from '../foundation/errors.js';
import type { SessionControl } from './session-control.js';

/** Who a session belongs to. Applications add what they need (roles, tenant …). */
export interface Principal {
  /** Unique name: the user of user destinations, unless `destinationUserName` is one. */
  readonly name: string;
  /**
   * The name in user destinations and in `SimpUserRegistry` where it is not `name`: unique, for instance an account's id behind a name that
   * may change (Spring: `DestinationUserNameProvider`). CONNECTED shows the client `name`.
   */
  readonly destinationUserName?: string | undefined;
}

/** What user destinations, the user registry and presence call a principal. */
export function userNameOf({ name, destinationUserName }: Principal): string {
  return destinationUserName ?? name;
}

/** What the parts of the application know of a client session; travels with its messages. */
export interface SessionContext extends SessionControl {
  /** Random and unguessable, unique per connection. */
  readonly id: string;
  /** Set by authentication while CONNECT passes the inbound channel; `undefined` for an anonymous session. */
  user: Principal | undefined;
  /** Anything the application wants to keep as long as the session lives. */
  readonly attributes: Map<string, unknown>;
  /** What the connection began with. */
  readonly handshake: SessionHandshake;
  /**
   * Aborts once, when the client has gone or the session was ended, whichever comes first; the reason is a `CallAbortedError`
   * `SESSION_ENDED`. Made when it is first asked for. Take your listeners off it when you are done: sessions live long.
   */
  readonly signal: AbortSignal;
  /** As `signal`, for one of its subscriptions: aborts with `SUBSCRIPTION_ENDED` too, when UNSUBSCRIBE arrives. Aborted already for an unknown one. */
  subscriptionSignal(subscriptionId: string): AbortSignal;
  /**
   * Calls back once when the session is over: its DISCONNECT is handled, its last event told and its last handler done, or `limits.lingerTimeMs`
   * later when one of them does not come to its end (Spring: `SimpAttributes#registerDestructionCallback`). The callback registered last comes first, one after the other, promises awaited; what one
   * throws is logged. When that has begun already it is called at once, where Spring throws: what is to be released is released. Returns the
   * function that takes it back.
   */
  onEnd(callback: () => unknown): () => void;
  /**
   * Whether what is sent to it may still reach its client: false as soon as it has ended or its connection is gone, which may be long before its
   * DISCONNECT message.
   */
  readonly isReachable: boolean;
  /**
   * For those who can wait with what they send next: `undefined` while less than half of `limits.sendBufferOctets` waits for its client, else a promise that
   * resolves when that is so again or the session is over. It never rejects.
   */
  whenWritable(): Promise<void> | undefined;
  /**
   * Ends the session with an ERROR frame; does nothing when it has ended already.
   * @param detail for the log; the client reads the sentence of the code
   */
  fail(code: ErrorCode, detail: string): void;
}

/** What a session began with: an HTTP request, or over TCP the connection alone. */
export interface SessionHandshake {
  /** Path and query, as asked for; over TCP the server's own address, `stomp://127.0.0.1:61613`. */
  readonly url: string;
  /** Headers with lower-case names, as `IncomingMessage.headers`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly remoteAddress: string | undefined;
  /** Of a client over TCP with TLS, when the server asked for one (`requestCert`) and could verify it. */
  readonly clientCertificate?: PeerCertificate | undefined;
}
