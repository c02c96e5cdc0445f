import * as fc from 'fast-check';
import type { LoggedDelivery } from '../delivery-log.js';
import type { ReferenceBroker } from '../reference/reference-broker.js';
import type { ReferenceSession, Verdict } from '../reference/reference-session.js';
import type { ReferenceDelivery } from '../reference/reference-subscription.js';
import type { World } from '../world.js';
import { pick, pickTransaction, requireSession, sessionOf, SLOTS, type Step } from './step.js';

/** A client acknowledges or rejects something that it has read and has not acknowledged. */
export const acknowledging: fc.Arbitrary<Step> = fc
  .record({
    slot: fc.constantFrom(...SLOTS),
    index: fc.nat(20),
    verdict: fc.constantFrom<Verdict[]>('ack', 'ack', 'requeue', 'requeue', 'drop'),
    transaction: fc.nat(5),
    leavesSubscriptionOut: fc.boolean(),
    wantsReceipt: fc.boolean(),
  })
  .map(({ slot, index, verdict, transaction, leavesSubscriptionOut, wantsReceipt }) => ({
    title: `${slot} says ${verdict}`,
    isPossible: (broker) => canAcknowledge(sessionOf(broker, slot), verdict),
    async perform(broker, world) {
      const session = requireSession(broker, slot);
      const delivery = pick(openDeliveries(session, broker, world), index);
      if (!delivery) return;
      const id = pickTransaction(session, transaction);
      const receipt = world.createName('r');
      const headers = {
        ...nameOf(delivery, session, leavesSubscriptionOut),
        ...(verdict === 'drop' && { requeue: 'false' }),
        ...(id !== undefined && { transaction: id }),
        ...(wantsReceipt && { receipt }),
      };
      await world.send(slot, verdict === 'ack' ? 'ACK' : 'NACK', headers);
      const meant = leavesSubscriptionOut && session.version === '1.0' ? earliest(delivery, session) : delivery;
      broker.acknowledge(meant, verdict, id);
      if (wantsReceipt) session.receipts.push({ id: receipt, headers: {} });
    },
  }));

/** A client acknowledges what is settled already, kept for a transaction, or needs none: its session ends. */
export const acknowledgingTwice: fc.Arbitrary<Step> = fc
  .record({ slot: fc.constantFrom(...SLOTS), index: fc.nat(20), isNack: fc.boolean() })
  .map(({ slot, index, isNack }) => ({
    title: `${slot} acknowledges what it must not`,
    isPossible: (broker) => sessionOf(broker, slot)?.version === '1.2',
    async perform(broker, world) {
      const session = requireSession(broker, slot);
      const over = readDeliveries(session, world).filter((each) => broker.deliveryOf(each)?.state !== 'open');
      const id = pick(over, index)?.ackId ?? 'never-given';
      await world.send(slot, isNack ? 'NACK' : 'ACK', { id });
      broker.end(session, 'ACKNOWLEDGEMENT_UNKNOWN');
    },
  }));

/** STOMP 1.0 knows no NACK. */
function canAcknowledge(session: ReferenceSession | undefined, verdict: Verdict): boolean {
  if (!session || (session.version === '1.0' && verdict !== 'ack')) return false;
  return [...session.subscriptions.values()].some(({ open }) => open.length > 0);
}

/** Those whose MESSAGE frame the client has read. */
function readDeliveries({ slot, id }: ReferenceSession, world: World): readonly LoggedDelivery[] {
  return world.log.ofSession(id).slice(0, world.messagesOf(slot).length);
}

function openDeliveries(
  session: ReferenceSession,
  broker: ReferenceBroker,
  world: World,
): readonly ReferenceDelivery[] {
  const deliveries = readDeliveries(session, world).map((each) => broker.deliveryOf(each));
  return deliveries.filter((each): each is ReferenceDelivery => each?.state === 'open');
}

/** How a client names a delivery (STOMP 1.2 § ACK, STOMP 1.1 § ACK, STOMP 1.0 § ACK). */
function nameOf(
  { messageId, ackId = '', subscription }: ReferenceDelivery,
  { version }: ReferenceSession,
  leavesSubscriptionOut: boolean,
): Record<string, string> {
  if (version === '1.2') return { id: ackId };
  if (version === '1.0' && leavesSubscriptionOut) return { 'message-id': messageId };
  return { 'message-id': messageId, subscription: subscription.options.id };
}

/** Of several subscriptions that got the same message, the earliest is meant. */
function earliest(delivery: ReferenceDelivery, session: ReferenceSession): ReferenceDelivery {
  for (const { open } of session.subscriptions.values()) {
    const same = open.find(({ messageId }) => messageId === delivery.messageId);
    if (same) return same;
  }
  return delivery;
}
