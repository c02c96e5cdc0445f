import { randomUUID } from 'node:crypto';

/** No id that a broker gives begins like this. */
const PREFIX = 'answer-';

/**
 * Message ids of what answers a SUBSCRIBE past the broker, such as the result of a `@SubscribeMapping` method. Where the subscription is to be acknowledged
 * the id is that of the `ack` header too, and an ACK or NACK of it is accepted and means nothing: nobody would deliver the answer again.
 */
export class AnswerIds {
  // The ids of one session come from several of these.
  readonly #prefix = `${PREFIX}${randomUUID()}-`;
  #lastId = 0;

  /** Another one. */
  next(): string {
    this.#lastId += 1;
    return this.#prefix + String(this.#lastId);
  }
}

/** Whether a message or ack id is that of an answer. */
export function isAnswerId(id: string): boolean {
  return id.startsWith(PREFIX);
}
