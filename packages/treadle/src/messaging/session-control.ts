import type { ApplicationError } from '../foundation/application-error.js';
import type { SubscriptionTicket } from './subscription-ticket.js';

/**
 * Why the server ends a session or a subscription. A text is for the log, and the client reads the code and sentence of the framework; an
 * `ApplicationError` is for the client, who reads its code and sentence.
 */
export type EndReason = string | ApplicationError;

/** A subscription that the server ended. */
export interface EndedSubscription {
  readonly subscriptionId: string;
  /** As the client wrote it. */
  readonly destination: string;
  readonly reason: EndReason;
}

/** What the server knows of a client session beside what its messages tell, and what it can do with it. A live view. */
export interface SessionControl {
  /** When its connection began. */
  readonly connectedAt: Date;
  /** What its octets travel by: `websocket`, `tcp`, `memory` … */
  readonly transport: string;
  /** The version of STOMP that was agreed on. */
  readonly version: '1.0' | '1.1' | '1.2';
  /** Whether more than half of `limits.sendBufferOctets` waits for its client. */
  readonly isCongested: boolean;
  /**
   * Ends the session with an ERROR frame, then closes the connection; does nothing when it has ended already. Resolves when everybody on the server has
   * taken in its end; handlers in progress are not waited for. Never rejects.
   */
  disconnect(reason: EndReason): Promise<void>;
  /**
   * Ends a subscription as an UNSUBSCRIBE of its client would, in the order of the session's frames: behind those that have come. Its client is told at
   * its error destination, and may still end it itself.
   * @param ticket of the subscription that is meant, as an id may be used again; default: the one there is
   * @returns whether there is such a subscription
   */
  unsubscribe(subscriptionId: string, reason: EndReason, ticket?: SubscriptionTicket): boolean;
}
