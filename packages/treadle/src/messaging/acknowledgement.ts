import type { Awaitable } from '../foundation/awaitable.js';

/**
 * Which delivery an ACK or NACK message is about, in the form of the client's version of STOMP: STOMP 1.2 names it by the `ack` header of its MESSAGE
 * frame (STOMP 1.2 § ACK), 1.1 by message id and subscription, 1.0 by message id and, if it likes, subscription.
 */
export interface Acknowledgement {
  /** STOMP 1.2: the value of the `ack` header. */
  readonly ackId?: string | undefined;
  /** STOMP 1.0 and 1.1: the `message-id`. */
  readonly messageId?: string | undefined;
  /** STOMP 1.0 and 1.1: the id of the subscription, as the session calls it. */
  readonly subscriptionId?: string | undefined;
  /** The transaction it belongs to; `undefined` when it counts at once. */
  readonly transaction?: AcknowledgementTransaction | undefined;
}

/**
 * A client's transaction, as far as acknowledgements are concerned. Who takes one that has a transaction checks it at once, throws as without
 * a transaction, keeps the delivery for the transaction (whatever becomes of its subscription) and enlists; later exactly one of `commit`
 * and `rollback` is called, in the order of enlisting: `rollback` from inside `enlist` already when the transaction is over, and otherwise before the DISCONNECT
 * message of its session. After `rollback` the delivery can be acknowledged again, or goes back if its subscription has gone. Neither may throw; but a
 * `commit` that has to ask a broker elsewhere resolves with its answer, and its rejection fails the COMMIT: its RECEIPT waits for it.
 */
export interface AcknowledgementTransaction {
  enlist(work: { commit(): Awaitable<void>; rollback(): void }): void;
}
