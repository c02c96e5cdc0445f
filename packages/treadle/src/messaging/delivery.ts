/**
 * What one delivery of a published message has for its receiver alone. Only deliveries that have something of their own have one: those to be
 * acknowledged, delivered again or recovered.
 */
export interface Delivery {
  /** Names this delivery in ACK and NACK; unique on its session. `undefined` when it needs none (STOMP 1.2 § MESSAGE: `ack` header). */
  readonly ackId?: string | undefined;
  /** Further headers of its MESSAGE frame, flat, such as `redelivered` and `true`; they stand before the sender's. */
  readonly headers?: readonly string[] | undefined;
}
