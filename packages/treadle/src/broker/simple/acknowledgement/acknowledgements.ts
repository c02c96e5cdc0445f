import type { AcknowledgementTransaction } from '../../../messaging/acknowledgement.js';
import type { Message } from '../../../messaging/message.js';
import { type Verdict, verdictOf } from '../../delivery/ack-headers.js';
import type { BrokerCounters } from '../../delivery/broker-counters.js';
import type { DispatchLoop } from '../../delivery/dispatch-loop.js';
import type { DeliveryWindows } from '../../delivery/acknowledgement/delivery-windows.js';
import type { UnacknowledgedDelivery } from '../../delivery/acknowledgement/unacknowledged-delivery.js';

/** What acknowledgements act on. */
export interface AcknowledgementsParts {
  readonly windows: DeliveryWindows;
  readonly loop: DispatchLoop;
  readonly counters: BrokerCounters;
}

/** Takes the ACK and NACK messages of clients: each delivery is acknowledged or rejected at most once. */
export class Acknowledgements {
  readonly #parts: AcknowledgementsParts;

  constructor(parts: AcknowledgementsParts) {
    this.#parts = parts;
  }

  /**
   * When it returns, the acknowledgement has taken effect, or is kept for its transaction.
   * @throws MessageRejectedError `ACKNOWLEDGEMENT_UNKNOWN` for a delivery that is none, needs no acknowledgement, had one or is kept for a
   *   transaction; `HEADER_MALFORMED` for a `requeue` header that is neither `true` nor `false`
   */
  handle(message: Message): void {
    const { sessionId = '', acknowledgement = {} } = message;
    const verdict = verdictOf(message);
    const named = this.#parts.windows.find(sessionId, acknowledgement);
    const covered = named.window.coveredBy(named);
    const { transaction } = acknowledgement;
    if (transaction) this.#reserve(covered, verdict, transaction);
    else this.#settle(covered, verdict);
  }

  /** All deliveries are of one window, in their order. */
  #reserve(
    deliveries: readonly UnacknowledgedDelivery[],
    verdict: Verdict,
    transaction: AcknowledgementTransaction,
  ): void {
    for (const delivery of deliveries) delivery.window.reserve(delivery);
    transaction.enlist({
      commit: () => this.#settle(deliveries, verdict),
      rollback: () => this.#parts.loop.batch(() => deliveries[0]?.window.restore(deliveries)),
    });
  }

  #settle(deliveries: readonly UnacknowledgedDelivery[], verdict: Verdict): void {
    const { loop, counters } = this.#parts;
    loop.batch(() => {
      for (const delivery of deliveries) {
        if (!delivery.window.settle(delivery)) continue;
        const { source, item } = delivery;
        if (verdict === 'acknowledge') {
          counters.acknowledged += 1;
          source.acknowledged(item);
        } else {
          counters.rejected += 1;
          source.rejected(item, verdict === 'requeue');
        }
      }
    });
  }
}
