import { HeaderError } from '../../../foundation/errors.js';
import type { AcknowledgementTransaction } from '../../../messaging/acknowledgement.js';
import type { Message } from '../../../messaging/message.js';
import type { BrokerCounters } from '../../delivery/broker-counters.js';
import type { DispatchLoop } from '../dispatch-loop.js';
import type { DeliveryWindows } from './delivery-windows.js';
import type { UnacknowledgedDelivery } from './unacknowledged-delivery.js';

/** What a client says about a delivery. */
type Verdict = 'acknowledge' | 'requeue' | 'drop';

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
  handle({ type, sessionId = '', headers, acknowledgement = {} }: Message): void {
    const verdict = type === 'ACK' ? 'acknowledge' : verdictOf(headers.get('requeue'));
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

/** As RabbitMQ reads the header: rejected messages go back unless it is `false`. */
function verdictOf(requeue: string | undefined): Verdict {
  if (requeue === undefined || requeue === 'true') return 'requeue';
  if (requeue === 'false') return 'drop';
  throw new HeaderError('requeue', 'is neither true nor false');
}
