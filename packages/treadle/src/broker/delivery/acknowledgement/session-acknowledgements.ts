import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Acknowledgement } from '../../../messaging/acknowledgement.js';
import type { UnacknowledgedDelivery } from './unacknowledged-delivery.js';

/** The deliveries of one subscription, by message id. */
interface FindsByMessageId {
  findByMessageId(messageId: string): UnacknowledgedDelivery | undefined;
}

/** The deliveries of one session that wait to be acknowledged, under the names that its client has for them. */
export class SessionAcknowledgements {
  readonly #byAckId = new Map<string, UnacknowledgedDelivery>();
  readonly #windows = new Map<string, FindsByMessageId>();
  #nextAckId = 0;

  /** Unique per delivery on the session, a delivery of the same message to the same subscription included (STOMP 1.2 § ACK). */
  createAckId(): string {
    this.#nextAckId += 1;
    return String(this.#nextAckId);
  }

  /** @param subscriptionId as the session calls it */
  addWindow(subscriptionId: string, window: FindsByMessageId): void {
    this.#windows.set(subscriptionId, window);
  }

  deleteWindow(subscriptionId: string): void {
    this.#windows.delete(subscriptionId);
  }

  add(delivery: UnacknowledgedDelivery): void {
    if (delivery.ackId !== undefined) this.#byAckId.set(delivery.ackId, delivery);
  }

  delete({ ackId }: UnacknowledgedDelivery): void {
    if (ackId !== undefined) this.#byAckId.delete(ackId);
  }

  /**
   * The delivery that an ACK or NACK names. STOMP 1.0 lets a client leave the subscription out; of several that got the same message
   * the earliest subscription is meant then.
   * @throws MessageRejectedError `ACKNOWLEDGEMENT_UNKNOWN`
   */
  find({ ackId, messageId, subscriptionId }: Acknowledgement): UnacknowledgedDelivery {
    if (ackId !== undefined) {
      return this.#byAckId.get(ackId) ?? fail(`no delivery waits for an acknowledgement with the id "${ackId}"`);
    }
    if (messageId === undefined) return fail('an acknowledgement names no delivery');
    if (subscriptionId === undefined) return this.#findInAny(messageId);
    const found = this.#windows.get(subscriptionId)?.findByMessageId(messageId);
    return found ?? fail(`subscription "${subscriptionId}" has no unacknowledged message "${messageId}"`);
  }

  #findInAny(messageId: string): UnacknowledgedDelivery {
    for (const window of this.#windows.values()) {
      const found = window.findByMessageId(messageId);
      if (found) return found;
    }
    return fail(`no subscription has an unacknowledged message "${messageId}"`);
  }
}

function fail(detail: string): never {
  throw new MessageRejectedError(detail, { code: 'ACKNOWLEDGEMENT_UNKNOWN' });
}
