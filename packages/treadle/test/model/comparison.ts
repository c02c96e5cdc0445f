import type { ReceivedFrame } from '@treadle/testing';
import type { LoggedDelivery } from './delivery-log.js';
import { textOf } from './header-text.js';
import type { ReferenceBroker } from './reference/reference-broker.js';
import { sum } from './reference/reference-counters.js';
import type { ReferenceSession, Slot } from './reference/reference-session.js';
import { LARGE_OCTETS, SEND_BUFFER_OCTETS, type World } from './world.js';

/** Headers of MESSAGE that a delivery in the log has in other places, or that say how long the body is. */
const STANDARD_HEADERS = ['subscription', 'destination', 'message-id', 'ack', 'content-length', 'content-type'];
/** What a frame may take beside its body, here. */
const FRAME_OVERHEAD = 600;

/** Compares the application with the reference. @throws Error that says where they differ */
export function compare(broker: ReferenceBroker, world: World): void {
  for (const session of broker.sessions.values()) noteSlowConsumer(session, broker, world);
  const problem = broker.finish();
  if (problem !== undefined) throw new Error(problem);
  for (const session of broker.sessions.values()) compareClient(session, broker, world);
  compareStatistics(broker, world);
}

function compareClient(session: ReferenceSession, broker: ReferenceBroker, world: World): void {
  const { slot, isAlive, failedWith } = session;
  const { client, end } = world.clientOf(slot);
  if (isAlive && end) throw new Error(`the session of ${slot} has ended with ${end.code} ${end.reason}`);
  if (!isAlive && !end) throw new Error(`the session of ${slot} goes on`);
  if (failedWith !== undefined && failedWith !== 'SLOW_CONSUMER' && end?.reason !== failedWith) {
    throw new Error(`the session of ${slot} has ended with ${end?.reason}, not ${failedWith}`);
  }
  const logged = world.log.ofSession(session.id);
  const messages = world.messagesOf(slot);
  messages.forEach((frame, index) => compareFrame(session, frame, logged[index]));
  if (isAlive && session.isReading && messages.length < logged.length) {
    throw new Error(`${slot} did not read ${logged[messages.length]?.headers['n']}`);
  }
  compareReceipts(session, client.frames, broker);
}

function compareFrame({ slot, version }: ReferenceSession, frame: ReceivedFrame, logged?: LoggedDelivery): void {
  const headers = Object.entries(frame.headers).filter(([name]) => !STANDARD_HEADERS.includes(name));
  const { subscription, destination, 'message-id': messageId, ack } = frame.headers;
  const read = [subscription, destination, messageId, ack, textOf(Object.fromEntries(headers))];
  const expectedAck = version === '1.2' ? logged?.ackId : undefined;
  const own = textOf(logged?.headers ?? {});
  const sent = [logged?.subscriptionId, logged?.destination, logged?.messageId, expectedAck, own];
  if (read.join() !== sent.join()) throw new Error(`${slot} read ${read.join(' ')} instead of ${sent.join(' ')}`);
}

function compareReceipts(session: ReferenceSession, frames: readonly ReceivedFrame[], broker: ReferenceBroker): void {
  const came = frames.filter(({ command }) => command === 'RECEIPT');
  const isComplete = session.isReading && session.isAlive;
  if (came.length > session.receipts.length || (isComplete && came.length < session.receipts.length)) {
    throw new Error(`${session.slot} has ${came.length} RECEIPTs, not ${session.receipts.length}`);
  }
  came.forEach(({ headers: { 'receipt-id': id, ...headers } }, index) => {
    const expected = session.receipts[index];
    const actual = textOf(broker.topics.normalized(headers));
    if (id === expected?.id && actual === textOf(expected?.headers ?? {})) return;
    throw new Error(`the RECEIPT ${id} says ${actual}, not ${textOf(expected?.headers ?? {})} for ${expected?.id}`);
  });
}

/**
 * A client that does not read may lose its session when too much waits for it. How many octets a frame takes is not for the reference, so it looks whether it
 * did, and whether that was too early or is overdue.
 */
function noteSlowConsumer(session: ReferenceSession, broker: ReferenceBroker, world: World): void {
  if (!session.isAlive || session.isReading) return;
  const { slot, id, receipts } = session;
  const unread = world.log.ofSession(id).slice(world.messagesOf(slot).length);
  requireModesty(slot, unread);
  const { end } = world.clientOf(slot);
  const octets = octetsOf(unread);
  const isOverdue = !end && octets > SEND_BUFFER_OCTETS + 2 * LARGE_OCTETS;
  if (isOverdue) throw new Error(`${octets} octets wait for ${slot}`);
  if (!end) return;
  const isTooEarly = octets + (unread.length + receipts.length) * FRAME_OVERHEAD < SEND_BUFFER_OCTETS;
  if (isTooEarly) throw new Error(`the session of ${slot} has ended with ${end.reason} at ${octets} octets`);
  broker.end(session, 'SLOW_CONSUMER');
}

/** A queue gives nothing to a client for which half of its buffer waits. */
function requireModesty(slot: Slot, unread: readonly LoggedDelivery[]): void {
  const last = unread.findLastIndex(({ destination }) => destination.startsWith('/queue/'));
  const before = octetsOf(unread.slice(0, Math.max(0, last)));
  if (before > SEND_BUFFER_OCTETS / 2) throw new Error(`${slot} is given more of a queue though ${before} octets wait`);
}

function octetsOf(deliveries: readonly LoggedDelivery[]): number {
  return sum(deliveries.map(({ bodyOctets }) => bodyOctets));
}

function compareStatistics(broker: ReferenceBroker, world: World): void {
  const stats = world.application.stats().broker;
  if (!stats?.queues) throw new Error('the broker has no statistics');
  const { refusedByCode: _refused, ...messages } = stats.messages;
  const { waitingMessages, unacknowledgedMessages } = stats.queues;
  const actual = { subscriptions: stats.subscriptions, ...messages, waitingMessages, unacknowledgedMessages };
  const expected = {
    subscriptions: broker.subscriptionCount,
    ...broker.counters,
    waitingMessages: sum(broker.queues.map(({ waiting }) => waiting.length)),
    unacknowledgedMessages: sum(broker.queues.map(({ unacknowledged }) => unacknowledged)),
  };
  for (const [name, value] of Object.entries(expected)) {
    const counted: unknown = Object.entries(actual).find(([each]) => each === name)?.[1];
    const more = Number(counted) - value;
    const unsure = { expired: broker.mayHaveExpired, dropped: broker.mayBeDropped }[name] ?? 0;
    if (!(more >= 0 && more <= unsure)) throw new Error(`${name} is ${String(counted)}, not ${value}`);
  }
}
