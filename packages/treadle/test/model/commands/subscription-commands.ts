import * as fc from 'fast-check';
import type { ReferenceSession } from '../reference/reference-session.js';
import type { SubscribeOptions } from '../reference/reference-subscription.js';
import type { RecoveryHeaders } from '../reference/reference-topics.js';
import type { World } from '../world.js';
import { pick, requireSession, sessionOf, SLOTS, type Step } from './step.js';

/** Ids that a session has for its subscriptions; they are used again and again. */
const IDS: readonly string[] = ['s1', 's2', 's3'];

/** From where a subscription wants to recover. */
export type Recovering =
  'not at all' | 'from the last seen' | 'from the beginning' | 'of another epoch' | 'ahead of time';

interface SubscribeChoice {
  readonly slot: (typeof SLOTS)[number];
  readonly destination: string;
  readonly ack: SubscribeOptions['ack'];
  readonly prefetch: number;
  readonly kind: string | undefined;
  readonly noEcho: boolean;
  readonly recovering: Recovering;
}

/** A client subscribes. @param recoverings what may be asked for */
export function subscribing(
  destinations: readonly string[],
  recoverings: readonly Recovering[] = ['not at all'],
): fc.Arbitrary<Step> {
  const choice: fc.Arbitrary<SubscribeChoice> = fc.record({
    slot: fc.constantFrom(...SLOTS),
    destination: fc.constantFrom(...destinations),
    ack: fc.constantFrom('client-individual', 'client-individual', 'client', 'client', 'auto'),
    prefetch: fc.constantFrom(1, 1, 2, 2, 3, 5),
    kind: fc.constantFrom(undefined, undefined, undefined, 'x'),
    noEcho: fc.constantFrom(false, false, false, true),
    recovering: fc.constantFrom(...recoverings),
  });
  return choice.map((chosen) => {
    const { slot, destination } = chosen;
    return {
      title: `${slot} subscribes to ${destination} with ack:${chosen.ack}, recovering ${chosen.recovering}`,
      isPossible: (broker) => (sessionOf(broker, slot)?.subscriptions.size ?? IDS.length) < IDS.length,
      async perform(broker, world) {
        const session = requireSession(broker, slot);
        // STOMP 1.0 knows no other mode that acknowledges.
        const ack = session.version === '1.0' && chosen.ack !== 'auto' ? 'client' : chosen.ack;
        const id = IDS.find((each) => !session.subscriptions.has(each)) ?? '';
        const recovery = recoveryHeaders(chosen, world);
        const receipt = world.createName('r');
        const framesBefore = world.clientOf(slot).client.frames.length;
        await world.send(slot, 'SUBSCRIBE', { id, ...subscribeHeaders({ ...chosen, ack }, recovery), receipt });
        const headers = broker.subscribe(session, { ...chosen, ack, id }, recovery);
        session.receipts.push({ id: receipt, headers });
        const answersAtOnce = session.isReading && !world.isInHaste;
        if (answersAtOnce && destination.startsWith('/queue')) requireReceiptFirst(session, framesBefore, world);
      },
    };
  });
}

/** A client ends one of its subscriptions. */
export const unsubscribing: fc.Arbitrary<Step> = fc
  .record({ slot: fc.constantFrom(...SLOTS), index: fc.nat(5) })
  .map(({ slot, index }) => ({
    title: `${slot} unsubscribes`,
    isPossible: (broker) => (sessionOf(broker, slot)?.subscriptions.size ?? 0) > 0,
    async perform(broker, world) {
      const session = requireSession(broker, slot);
      const subscription = pick([...session.subscriptions.values()], index);
      if (!subscription) return;
      const receipt = world.createName('r');
      await world.send(slot, 'UNSUBSCRIBE', { id: subscription.options.id, receipt });
      broker.unsubscribe(subscription);
      session.receipts.push({ id: receipt, headers: {} });
    },
  }));

function subscribeHeaders(
  { destination, ack, prefetch, kind, noEcho }: SubscribeChoice,
  recovery: RecoveryHeaders | undefined,
): Record<string, string> {
  return {
    destination,
    ...(ack !== 'auto' && { ack, 'prefetch-count': String(prefetch) }),
    ...(kind !== undefined && { selector: `kind = '${kind}'` }),
    ...(noEcho && { 'no-echo': 'true' }),
    ...(recovery && { offset: String(recovery.offset) }),
    ...(recovery?.epoch !== undefined && { epoch: recovery.epoch }),
  };
}

/** What the client at a slot knows of a destination, from all its connections. */
function recoveryHeaders(
  { slot, destination, recovering }: SubscribeChoice,
  world: World,
): RecoveryHeaders | undefined {
  if (recovering === 'not at all') return undefined;
  const last = world.lastSeen(slot, destination);
  if (recovering === 'from the beginning' || !last) return { offset: 0, epoch: last?.epoch };
  if (recovering === 'of another epoch') return { offset: last.offset, epoch: 'another' };
  return { offset: last.offset + (recovering === 'ahead of time' ? 100 : 0), epoch: last.epoch };
}

/** What a queue holds comes behind the RECEIPT of the SUBSCRIBE. */
function requireReceiptFirst({ slot }: ReferenceSession, framesBefore: number, world: World): void {
  const [first] = world.clientOf(slot).client.frames.slice(framesBefore);
  if (first?.command === 'RECEIPT') return;
  throw new Error(`${slot} got ${first?.command} before the RECEIPT of its SUBSCRIBE`);
}
