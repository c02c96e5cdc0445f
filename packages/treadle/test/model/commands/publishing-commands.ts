import * as fc from 'fast-check';
import { isError } from '../../../src/foundation/error-text.js';
import type { ReferenceBroker } from '../reference/reference-broker.js';
import type { ReferenceMessage } from '../reference/reference-message.js';
import type { Slot } from '../reference/reference-session.js';
import { LARGE_OCTETS, type World } from '../world.js';
import { pickTransaction, requireSession, sessionOf, SLOTS, type Step } from './step.js';

/** SEND frames that one transaction holds at most here: together they must not fill anybody's buffer. */
const MOST_SENDS = 5;
/** What is recovered is taken bit by bit when it is large: what the history then has lost nobody could say either. */
const NEVER_LARGE: ReadonlySet<string> = new Set(['/topic/log', '/topic/log-and-last']);
/** What expires there is not noticed at once, so nobody could say how many wait. */
const NEVER_EXPIRING: ReadonlySet<string> = new Set(['/topic/newest', '/topic/keyed']);
const LARGE_BODY = 'x'.repeat(LARGE_OCTETS);

interface PublishChoice {
  /** The application publishes when it is `undefined`. */
  readonly slot: Slot | undefined;
  readonly destination: string;
  readonly kind: string | undefined;
  readonly size: 'empty' | 'small' | 'large';
  /** Milliseconds from now. */
  readonly expiresIn: number | undefined;
  readonly wantsReceipt: boolean;
  readonly transaction: number;
}

/** A client or the application publishes a message. */
export function publishing(destinations: readonly string[]): fc.Arbitrary<Step> {
  const choice: fc.Arbitrary<PublishChoice> = fc.record({
    slot: fc.constantFrom(...SLOTS, undefined),
    destination: fc.constantFrom(...destinations),
    kind: fc.constantFrom(undefined, 'x', 'y'),
    size: fc.constantFrom('small', 'small', 'small', 'small', 'large', 'large', 'empty'),
    expiresIn: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 500, 2000, 100_000, 100_000, -1),
    wantsReceipt: fc.boolean(),
    transaction: fc.nat(5),
  });
  return choice.map((chosen) => {
    const { slot, destination } = chosen;
    return {
      title: `${slot ?? 'the application'} publishes to ${destination}`,
      isPossible: (broker) => isPossible(broker, chosen),
      perform: (broker, world) => (slot ? send(broker, world, { ...chosen, slot }) : tell(broker, world, chosen)),
    };
  });
}

function isPossible(
  broker: Readonly<ReferenceBroker>,
  { slot, destination, size, transaction }: PublishChoice,
): boolean {
  if (size === 'large' && (NEVER_LARGE.has(destination) || !hasRoomForLargeOnes(broker))) return false;
  if (slot === undefined) return true;
  const session = sessionOf(broker, slot);
  if (!session) return false;
  const id = pickTransaction(session, transaction);
  return id === undefined || (session.transactions.get(id)?.sends.length ?? 0) < MOST_SENDS;
}

/** The reference does not count octets, so no line may hold so many that they are too much for a session. */
function hasRoomForLargeOnes(broker: Readonly<ReferenceBroker>): boolean {
  for (const { subscriptions } of broker.sessions.values()) {
    let waiting = 0;
    for (const subscription of subscriptions.values()) waiting += broker.topics.waitingFor(subscription).length;
    if (waiting > 3) return false;
  }
  return true;
}

async function send(broker: ReferenceBroker, world: World, choice: PublishChoice & { slot: Slot }): Promise<void> {
  const { slot, destination, wantsReceipt } = choice;
  const session = requireSession(broker, slot);
  const transaction = pickTransaction(session, choice.transaction);
  const message = createMessage(choice, world, session.id);
  const receipt = world.createName('r');
  const body = transaction === undefined || choice.size === 'empty' ? bodyOf(choice) : 'small';
  const headers = {
    destination,
    ...message.headers,
    ...(transaction !== undefined && { transaction }),
    ...(wantsReceipt && { receipt }),
  };
  await world.send(slot, 'SEND', headers, body);
  const held = transaction === undefined ? undefined : session.transactions.get(transaction);
  held?.sends.push(message);
  const refusal = held ? undefined : broker.publish(message);
  if (!wantsReceipt) return;
  if (refusal === undefined) session.receipts.push({ id: receipt, headers: {} });
  else broker.end(session, refusal); // ERROR is all that STOMP has for an answer
}

async function tell(broker: ReferenceBroker, world: World, choice: PublishChoice): Promise<void> {
  const message = createMessage(choice, world, undefined);
  world.note(`application: publishes ${message.name} to ${choice.destination} ${JSON.stringify(message.headers)}`);
  let code: string | undefined;
  try {
    await world.application.template.convertAndSend(choice.destination, bodyOf(choice), { ...message.headers });
  } catch (error) {
    code = isError(error) && 'code' in error ? String(error.code) : String(error);
  }
  if (!world.isInHaste) await world.settle();
  const refusal = broker.publish(message);
  if (code !== refusal) throw new Error(`the application was told ${code}, not ${refusal}`);
}

function createMessage(
  { destination, kind, size, expiresIn }: PublishChoice,
  world: World,
  sender: string | undefined,
): ReferenceMessage {
  const name = world.createName('m');
  const headers: Record<string, string> = { n: name };
  if (kind !== undefined) headers['kind'] = kind;
  if (expiresIn !== undefined && !NEVER_EXPIRING.has(destination)) {
    headers['expires'] = String(world.clock.wallTime() + expiresIn);
  }
  const [, toUser, place] = /^\/user\/([^/]*)(\/.*)$/.exec(destination) ?? [];
  const known = toUser === undefined ? destination : `/user${place}`;
  return { name, destination: known, toUser, headers, isEmpty: size === 'empty', sender };
}

function bodyOf({ size }: PublishChoice): string {
  if (size === 'empty') return '';
  return size === 'large' ? LARGE_BODY : 'small';
}
