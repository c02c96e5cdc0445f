import { clientFrame, NumberedSend, sequenceOf, stompText } from '../load/client-frames.js';
import { ackIdOf } from '../load/message-text.js';
import { Run } from '../load/run.js';
import { type ServerAddress, StompConnection } from '../load/stomp-connection.js';
import type { Scenario, Traffic } from './scenario.js';

const DESTINATION = '/queue/work';
const SUBSCRIPTION = 'work';

// The head of a MESSAGE frame and the beginning of its body, where the number is.
const LOOKED_AT_OCTETS = 512;

/** How many work, and how much each has before it. */
export interface QueueWorkSize {
  readonly consumers: number;
  /** Unacknowledged messages of one consumer. */
  readonly prefetchCount: number;
  /** Messages sent and not yet acknowledged. */
  readonly inFlight: number;
}

/** One producer, some consumers, every message to one of them, each acknowledged by itself. */
export const queue: Scenario = {
  name: 'queue',
  description: 'one producer, 10 consumers of a queue, client-individual, every message acknowledged, 640 in flight',
  unit: 'messages',
  hasReference: false,
  targets: [],
  open: (address) => QueueWork.open(address, { consumers: 10, prefetchCount: 32, inFlight: 640 }),
};

/** A producer and consumers of one queue; every message must reach one consumer once, and each consumer in order. */
export class QueueWork implements Traffic {
  readonly #producer: StompConnection;
  readonly #consumers: readonly StompConnection[];
  readonly #inFlight: number;
  readonly #send = new NumberedSend(DESTINATION);
  /** Numbers that have been sent and not delivered. */
  readonly #missing = new Set<number>();
  #run: Run | undefined;
  #published = 0;

  private constructor(producer: StompConnection, consumers: readonly StompConnection[], inFlight: number) {
    this.#producer = producer;
    this.#consumers = consumers;
    this.#inFlight = inFlight;
    consumers.forEach((consumer) => this.#consume(consumer));
  }

  /** Connects all, and subscribes the consumers. */
  static async open(address: ServerAddress, size: QueueWorkSize): Promise<QueueWork> {
    const producer = await StompConnection.openOne(address);
    const consumers = await StompConnection.openAll(address, size.consumers);
    const headers = { ack: 'client-individual', 'prefetch-count': String(size.prefetchCount) };
    for (const consumer of consumers) await consumer.subscribe(SUBSCRIPTION, DESTINATION, headers);
    return new QueueWork(producer, consumers, size.inFlight);
  }

  async run(seconds: number, stalledAfter?: number): Promise<number> {
    const before = this.#published;
    this.#run = new Run(() => this.#missing.size, stalledAfter);
    this.#produce();
    await this.#run.end(seconds);
    return this.#published - before;
  }

  async close(): Promise<void> {
    for (const connection of [this.#producer, ...this.#consumers]) await connection.disconnect();
  }

  #consume(consumer: StompConnection): void {
    let last = -1;
    const frames: Buffer[] = [];
    consumer.onMessage = (octets, start, end) => {
      const text = octets?.toString('latin1', start, Math.min(end, start + LOOKED_AT_OCTETS)) ?? '';
      last = this.#taken(text, last);
      frames.push(clientFrame(Buffer.from(stompText('ACK', { id: ackIdOf(text) }))));
    };
    consumer.onRead = () => {
      if (frames.length > 0) consumer.write(Buffer.concat(frames.splice(0)));
      this.#produce();
      this.#run?.progressed();
    };
  }

  /** Answers the number of the message. @throws Error when it came before, was never sent, or comes behind a later one */
  #taken(text: string, last: number): number {
    const sequence = sequenceOf(text);
    const isExpected = text.startsWith('MESSAGE\n') && sequence > last && this.#missing.delete(sequence);
    if (!isExpected) throw new Error(`behind number ${last} came ${JSON.stringify(text)}`);
    return sequence;
  }

  #produce(): void {
    const count = this.#inFlight - this.#missing.size;
    if (count === 0 || !this.#run?.isSending) return;
    this.#producer.write(this.#send.encode(this.#published, count));
    for (let n = 0; n < count; n += 1) this.#missing.add(this.#published + n);
    this.#published += count;
  }
}
