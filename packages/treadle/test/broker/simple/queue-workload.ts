import type { SimpleBroker } from '../../../src/broker/simple/simple-broker.js';
import type { Acknowledgement } from '../../../src/messaging/acknowledgement.js';
import type { Message } from '../../../src/messaging/message.js';
import type { MessageHandler } from '../../../src/messaging/message-handler.js';
import type { SessionContext } from '../../../src/messaging/session-context.js';
import { codeOf, createMessage, createSession, handle } from '../broker-under-test.js';
import { createTransaction } from './queue/queue-under-test.js';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Received {
  readonly number: number;
  readonly ackId: string | undefined;
  readonly messageId: string | undefined;
}

/** A subscription as its client sees it. */
interface Consumer {
  readonly session: SessionContext;
  readonly id: string;
  readonly mode: 'client' | 'client-individual';
  /** Received and not acknowledged, in order. */
  unacknowledged: Received[];
}

const DEAD_LETTERS = '/queue/dead-letters';

/**
 * Clients that do at random what clients of queues do, and keep account of every message: how often it was acknowledged, as itself and as
 * a dead letter. A message is a number.
 */
export class QueueWorkload implements MessageHandler {
  /** What broke a rule of delivery; empty when none was broken. */
  readonly violations: string[] = [];
  readonly acknowledgements: Uint8Array;
  #published = 0;
  #nextSession = 0;
  #nextSubscription = 0;
  readonly #broker: SimpleBroker;
  readonly #random: () => number;
  readonly #queues: readonly string[];
  readonly #wasSeen: Uint8Array;
  readonly #wasSeenDead: Uint8Array;
  readonly #lastNew = new Map<string, number>();
  readonly #sessions = new Map<SessionContext, Map<string, Consumer>>();

  constructor(broker: SimpleBroker, messages: number, queues: readonly string[], random: () => number) {
    this.#broker = broker;
    this.#random = random;
    this.#queues = queues;
    this.acknowledgements = new Uint8Array(messages);
    this.#wasSeen = new Uint8Array(messages);
    this.#wasSeenDead = new Uint8Array(messages);
  }

  get published(): number {
    return this.#published;
  }

  /** A delivery. */
  handleMessage({ session, subscriptionId = '', destination = '', payload, delivery, id }: Message): void {
    const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    this.#check(number, destination, delivery?.headers?.[0] === 'redelivered');
    const consumer = session && this.#sessions.get(session)?.get(subscriptionId);
    if (!consumer) this.violations.push(`${number} came to a subscription that has ended`);
    consumer?.unacknowledged.push({ number, ackId: delivery?.ackId, messageId: id });
  }

  /** One step of one client, or a session that comes or goes. */
  step(): void {
    const choice = this.#random();
    if (choice < 0.3) this.#publish(1 + this.#below(120));
    else if (choice < 0.34) this.#connect();
    else if (choice < 0.355) this.#disconnect();
    else if (choice < 0.37) this.#unsubscribe();
    else if (choice < 0.44) this.#transaction();
    else this.#acknowledgeSome(choice < 0.5 ? 'NACK' : 'ACK');
  }

  /** Ends all sessions; then one consumer after the other takes and acknowledges what is left, the dead letters last. */
  async finish(nextTurn: () => Promise<void>): Promise<void> {
    for (const session of [...this.#sessions.keys()]) this.#end(session);
    for (const destination of [...this.#queues, DEAD_LETTERS]) {
      const consumer = this.#subscribe(createSession('last'), destination, 'client', '1000');
      for (;;) {
        await nextTurn();
        const last = consumer.unacknowledged.at(-1);
        if (!last) break;
        this.#settle(consumer, last, 'ACK');
      }
      this.#end(consumer.session);
    }
  }

  #check(number: number, destination: string, isRedelivered: boolean): void {
    const seen = destination === DEAD_LETTERS ? this.#wasSeenDead : this.#wasSeen;
    if (isRedelivered !== (seen[number] === 1)) this.violations.push(`${number} has a wrong mark of redelivery`);
    if (this.acknowledgements[number]) this.violations.push(`${number} came again after its acknowledgement`);
    if (!isRedelivered && destination !== DEAD_LETTERS) {
      if (number < (this.#lastNew.get(destination) ?? -1)) this.violations.push(`${number} came out of order`);
      this.#lastNew.set(destination, number);
    }
    seen[number] = 1;
  }

  #publish(count: number): void {
    const destination = this.#pick(this.#queues);
    for (let sent = 0; sent < count && this.#published < this.acknowledgements.length; sent += 1) {
      const payload = new Uint8Array(4);
      new DataView(payload.buffer).setUint32(0, this.#published);
      const refusal = codeOf(() => handle(this.#broker, createMessage('MESSAGE', { destination, payload })));
      if (refusal === 'QUEUE_FULL') return;
      if (refusal !== undefined) this.violations.push(refusal);
      this.#published += 1;
    }
  }

  #connect(): void {
    if (this.#sessions.size >= 12) return;
    const session = createSession(`s${(this.#nextSession += 1)}`);
    for (let count = 1 + this.#below(3); count > 0; count -= 1) {
      const destination = this.#random() < 0.15 ? '/queue/work-*' : this.#pick(this.#queues);
      const mode = this.#random() < 0.5 ? 'client' : 'client-individual';
      this.#subscribe(session, destination, mode, String(1 + this.#below(200)));
    }
  }

  #subscribe(session: SessionContext, destination: string, mode: Consumer['mode'], prefetchCount: string): Consumer {
    const id = String((this.#nextSubscription += 1));
    const consumer: Consumer = { session, id, mode, unacknowledged: [] };
    const ofSession = this.#sessions.get(session) ?? new Map<string, Consumer>();
    this.#sessions.set(session, ofSession.set(id, consumer));
    const headers = { ack: mode, 'prefetch-count': prefetchCount };
    handle(this.#broker, createMessage('SUBSCRIBE', { session, subscriptionId: id, destination, headers }));
    return consumer;
  }

  #unsubscribe(): void {
    const consumer = this.#pickConsumer();
    if (!consumer) return;
    this.#sessions.get(consumer.session)?.delete(consumer.id);
    handle(this.#broker, createMessage('UNSUBSCRIBE', { session: consumer.session, subscriptionId: consumer.id }));
  }

  #disconnect(): void {
    if (this.#sessions.size > 0) this.#end(this.#pick([...this.#sessions.keys()]));
  }

  #end(session: SessionContext): void {
    this.#sessions.delete(session);
    handle(this.#broker, createMessage('DISCONNECT', { session }));
  }

  #acknowledgeSome(type: 'ACK' | 'NACK'): void {
    const consumer = this.#pickConsumer();
    if (!consumer) return;
    for (let count = type === 'ACK' ? 25 : 3; count > 0 && consumer.unacknowledged.length > 0; count -= 1) {
      this.#settle(consumer, this.#pick(consumer.unacknowledged), type);
    }
  }

  /** Some acknowledgements that count together, or not at all. */
  #transaction(): void {
    const consumer = this.#pickConsumer();
    if (!consumer) return;
    const transaction = createTransaction();
    const before = [...consumer.unacknowledged];
    const covered: Received[] = [];
    for (let count = 3; count > 0 && consumer.unacknowledged.length > 0; count -= 1) {
      const received = this.#pick(consumer.unacknowledged);
      covered.push(...this.#takeCovered(consumer, received));
      this.#send('ACK', consumer, { ackId: received.ackId, transaction });
    }
    if (this.#random() < 0.5) {
      const came = consumer.unacknowledged.filter((received) => !before.includes(received));
      consumer.unacknowledged = [...before, ...came];
      return transaction.rollback();
    }
    for (const { number } of covered) this.#count(number);
    transaction.commit();
  }

  #settle(consumer: Consumer, received: Received, type: 'ACK' | 'NACK'): void {
    const covered = this.#takeCovered(consumer, received);
    if (type === 'ACK') for (const { number } of covered) this.#count(number);
    const { ackId, messageId } = received;
    const names = this.#random() < 0.8 ? { ackId } : { messageId, subscriptionId: consumer.id };
    this.#send(type, consumer, names);
  }

  #takeCovered(consumer: Consumer, received: Received): Received[] {
    const at = consumer.unacknowledged.indexOf(received);
    return consumer.mode === 'client'
      ? consumer.unacknowledged.splice(0, at + 1)
      : consumer.unacknowledged.splice(at, 1);
  }

  #send(type: 'ACK' | 'NACK', { session }: Consumer, acknowledgement: Acknowledgement): void {
    const refusal = codeOf(() => handle(this.#broker, createMessage(type, { session, acknowledgement })));
    if (refusal !== undefined) this.violations.push(`${type} failed with ${refusal}`);
  }

  #count(number: number): void {
    this.acknowledgements[number] = (this.acknowledgements[number] ?? 0) + 1;
  }

  #pickConsumer(): Consumer | undefined {
    if (this.#sessions.size === 0) return undefined;
    const ofSession = this.#sessions.get(this.#pick([...this.#sessions.keys()]));
    return ofSession && ofSession.size > 0 ? this.#pick([...ofSession.values()]) : undefined;
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#below(values.length)] as T; // callers have at least one
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
