import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { SimpleBroker } from '../../../../src/broker/simple/simple-broker.js';
import type { SimpleBrokerOptions } from '../../../../src/broker/simple/simple-broker-options.js';
import type { QueuePolicy } from '../../../../src/broker/simple/policy/destination-policy.js';
import type { ChannelInterceptor } from '../../../../src/messaging/channel-interceptor.js';
import type { AcknowledgementTransaction } from '../../../../src/messaging/acknowledgement.js';
import type { Message } from '../../../../src/messaging/message.js';
import type { HeaderRecord } from '../../../../src/messaging/native-headers.js';
import type { SessionContext } from '../../../../src/messaging/session-context.js';
import {
  type BrokerUnderTest,
  createMessage,
  createSession,
  disconnect,
  handle,
  publish,
  startBroker,
  textOf,
  unsubscribe,
} from '../../broker-under-test.js';

/** A broker where `/queue/**` are queues, with short hands for what clients do. */
export interface QueuesUnderTest extends BrokerUnderTest {
  /** Subscribes with `ack:client-individual` unless the headers say otherwise, and lets what is held come. */
  consume(session: SessionContext, id: string, destination?: string, headers?: HeaderRecord): Promise<void>;
  /** Publishes messages with these texts to `/queue/jobs`. */
  send(...texts: string[]): void;
  sendTo(destination: string, text: string, headers?: HeaderRecord): void;
  /** Of the delivery before the last one with this text. */
  ack(text: string, transaction?: AcknowledgementTransaction): void;
  nack(text: string, headers?: HeaderRecord, transaction?: AcknowledgementTransaction): void;
  unsubscribe(session: SessionContext, id: string): void;
  disconnect(session: SessionContext): void;
  /** `session/subscription text` of all deliveries so far, with `again` behind those that are marked as redelivered; forgets them. */
  takeDeliveries(): string[];
}

/** Starts one. */
export function startQueues(
  policy: Partial<QueuePolicy> = {},
  options: SimpleBrokerOptions = {},
  interceptors: readonly ChannelInterceptor[] = [],
): QueuesUnderTest {
  const queuePolicy = { destinations: '/queue/**', ...policy, kind: 'queue' } as const;
  const underTest = startBroker({ policies: [queuePolicy], ...options }, interceptors);
  const { broker, deliveries } = underTest;
  let taken = 0;
  const settle = (
    type: 'ACK' | 'NACK',
    text: string,
    headers?: HeaderRecord,
    transaction?: AcknowledgementTransaction,
  ) => {
    const delivery = deliveries.messages.findLast((message) => textOf(message) === text);
    const acknowledgement = { ackId: delivery?.delivery?.ackId, transaction };
    handle(broker, createMessage(type, { session: delivery?.session, headers, acknowledgement }));
  };
  return {
    ...underTest,
    consume: (session, id, destination = '/queue/jobs', headers = {}) =>
      consume(broker, session, id, destination, headers),
    send: (...texts) => texts.forEach((text) => handle(broker, publish('/queue/jobs', text))),
    sendTo: (destination, text, headers) =>
      handle(broker, createMessage('MESSAGE', { destination, payload: new TextEncoder().encode(text), headers })),
    ack: (text, transaction) => settle('ACK', text, undefined, transaction),
    nack: (text, headers, transaction) => settle('NACK', text, headers, transaction),
    unsubscribe: (session, id) => handle(broker, unsubscribe(session, id)),
    disconnect: (session) => handle(broker, disconnect(session)),
    takeDeliveries() {
      const summary = deliveries.messages.slice(taken).map(summaryOf);
      taken = deliveries.messages.length;
      return summary;
    },
  };
}

async function consume(
  broker: SimpleBroker,
  session: SessionContext,
  subscriptionId: string,
  destination: string,
  headers: HeaderRecord,
): Promise<void> {
  const init = { session, subscriptionId, destination, headers: { ack: 'client-individual', ...headers } };
  await broker.handleMessage(createMessage('SUBSCRIBE', init));
  await nextTurn();
}

function summaryOf(message: Message): string {
  const again = message.delivery?.headers?.[0] === 'redelivered' ? ' again' : '';
  return `${message.sessionId}/${message.subscriptionId} ${textOf(message)}${again}`;
}

/** When what the broker put off to the next turn of the event loop is done. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}

/** Frees what nobody refers to any more. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void; // what the flag above makes it
  collect();
}

/** A session whose client stops reading and reads again when it is told to. */
export function createSlowSession(id: string): SessionContext & { stopReading(): void; readAgain(): Promise<void> } {
  let room: Promise<void> | undefined;
  let free: () => void = () => undefined;
  return {
    ...createSession(id),
    whenWritable: () => room,
    stopReading() {
      room = new Promise((resolve) => (free = resolve));
    },
    readAgain() {
      room = undefined;
      free();
      return nextTurn();
    },
  };
}

/** A transaction as a session offers it, to be ended by hand. */
export function createTransaction(): AcknowledgementTransaction & { commit(): void; rollback(): void } {
  const enlisted: { commit(): void; rollback(): void }[] = [];
  return {
    enlist: (work) => enlisted.push(work),
    commit: () => enlisted.splice(0).forEach((work) => work.commit()),
    rollback: () => enlisted.splice(0).forEach((work) => work.rollback()),
  };
}
