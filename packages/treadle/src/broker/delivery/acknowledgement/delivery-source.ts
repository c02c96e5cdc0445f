import type { Message } from '../../../messaging/message.js';

/** What a source gives to a window: a published message, with whatever the source needs to know about it. */
export interface Deliverable {
  readonly published: Message;
  /** Of payload and headers. */
  readonly octets: number;
}

/** Where windowed deliveries come from; of each delivery it hears exactly once. Nothing it is told may throw. */
export interface DeliverySource<T extends Deliverable = Deliverable> {
  /** The client has it for good: by ACK, or because its subscription needs none and it was sent. */
  acknowledged(item: T): void;
  /** By NACK. @param requeue false when the client wants it to be forgotten */
  rejected(item: T, requeue: boolean): void;
  /** Its subscription ended first. @param wasSent false when we know that the client cannot have seen it */
  returned(item: T, wasSent: boolean): void;
  /** The outbound channel did not let it through to this subscriber: an interceptor stopped it, or failed. */
  stopped(item: T): void;
}

/** What one delivery says of itself. */
export interface DeliveryFacts {
  /** Whether it was given to a client before; its MESSAGE frame says `redelivered:true` then. Default false. */
  readonly isRedelivered?: boolean;
  /** Further headers of its MESSAGE frame, flat. */
  readonly headers?: readonly string[];
}
