import type { Principal } from '../messaging/session-context.js';
import type { EndReason } from '../messaging/session-control.js';

/** A user with at least one session (Spring: `SimpUser`). A live view: once the last session has gone it has none. */
export interface SimpUser {
  /** The name in user destinations: `destinationUserName` of the principal where it has one, else its `name`. */
  readonly name: string;
  /** As authentication returned it for the user's first session of now on this server; of a user who is connected elsewhere alone it has the name, nothing more. */
  readonly principal: Principal;
  /** Those of the moment of asking, on all servers, in the order this one learnt of them. */
  readonly sessions: readonly SimpSession[];
  getSession(sessionId: string): SimpSession | undefined;
  /** Ends every session of the user on all servers, as `SimpSession.disconnect`. Resolves with how many are over. */
  disconnect(reason?: EndReason): Promise<number>;
  /**
   * Ends every subscription of the user to this destination, written as its clients wrote it, as `SimpSubscription.unsubscribe`.
   * @returns how many those are, those on other servers, which are asked to, included
   */
  unsubscribe(destination: string, reason?: EndReason): number;
}

/** A client session that has connected, to this server or another of the application (Spring: `SimpSession`). A live view. */
export interface SimpSession {
  readonly id: string;
  /** The id of the server it is connected to; `undefined` for this one. */
  readonly server: string | undefined;
  /** `undefined` for an anonymous session. */
  readonly user: SimpUser | undefined;
  /** Those of the moment of asking, in the order they were made. */
  readonly subscriptions: readonly SimpSubscription[];
  /** When its connection began. */
  readonly connectedAt: Date;
  /** What its octets travel by: `websocket`, `tcp`, `memory` or what another `Connection` calls itself. */
  readonly transport: string;
  /** Of the client or of a proxy before it; `undefined` where the transport knows none. */
  readonly remoteAddress: string | undefined;
  /** The version of STOMP that was agreed on. */
  readonly version: '1.0' | '1.1' | '1.2';
  /** Whether more than half of `limits.sendBufferOctets` waits for its client; false for one of another server, which alone knows it. */
  readonly isCongested: boolean;
  getSubscription(subscriptionId: string): SimpSubscription | undefined;
  /**
   * Ends the session: the client gets ERROR, then the connection closes. Does nothing when it has ended already. Resolves when everybody on the server has
   * taken in its end; handlers in progress are not waited for. Never rejects. One of another server is ended by that one, which is asked to: resolves when this
   * server has learnt of the end, at the latest after 10 s, and at once when nobody can be asked, which is logged. A client may connect again; whether it is let in is for authentication to say.
   * @param reason a text is for the log, and the client reads `DISCONNECTED_BY_SERVER`; of an `ApplicationError` it reads code and sentence
   */
  disconnect(reason?: EndReason): Promise<void>;
}

/** A subscription of a client, to whatever answers it: broker, user destination or controller (Spring: `SimpSubscription`). */
export interface SimpSubscription {
  readonly id: string;
  /** As the client wrote it: `/user/queue/errors`, not its translation. */
  readonly destination: string;
  readonly session: SimpSession;
  /**
   * Ends the subscription, as an UNSUBSCRIBE of the client would, in the order of the session's frames: behind those that have come. The client is told
   * by an `ErrorNotice` with the subscription's id at `/user/queue/errors`, as STOMP has no frame for it. It may still send its own UNSUBSCRIBE, and may
   * subscribe again; whether it may is for an interceptor to say.
   * @param reason a text is for the log, and the client reads `UNSUBSCRIBED_BY_SERVER`; of an `ApplicationError` it reads code, sentence and details
   * @returns false when it has ended already, as far as this server knows
   */
  unsubscribe(reason?: EndReason): boolean;
}
