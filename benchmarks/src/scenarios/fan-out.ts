import { BODY_LENGTH, NumberedSend } from '../load/client-frames.js';
import { Run } from '../load/run.js';
import { Sampler } from '../load/sampler.js';
import { type ServerAddress, StompConnection } from '../load/stomp-connection.js';
import type { Scenario, Traffic } from './scenario.js';

const DESTINATION = '/topic/fan';

/** How many listen, and how many messages may be on their way to them at a time. */
export interface FanOutSize {
  readonly subscribers: number;
  /** A message is in flight from its SEND until the last subscriber has it; 1 is lock-step. */
  readonly inFlight: number;
  /** Octets; default 128. */
  readonly bodyLength?: number;
}

/** One publisher, 100 subscribers: the usual room or feed under load. */
export const fanOut100: Scenario = {
  name: 'fan-out-100',
  description: 'one publisher, 100 subscribers, 128-octet JSON, 32 messages in flight',
  unit: 'deliveries',
  targets: [{ measure: 'rate', ratio: 8 }],
  open: (address) => FanOut.open(address, { subscribers: 100, inFlight: 32 }),
};

/** One publisher, 1000 subscribers. */
export const fanOut1000: Scenario = {
  name: 'fan-out-1000',
  description: 'one publisher, 1000 subscribers, 128-octet JSON, 8 messages in flight',
  unit: 'deliveries',
  targets: [{ measure: 'rate', ratio: 4 }],
  open: (address) => FanOut.open(address, { subscribers: 1_000, inFlight: 8 }),
};

/** Nothing can be batched: what remains is the cost of one delivery. */
export const lockStep: Scenario = {
  name: 'lock-step',
  description: 'one publisher, 100 subscribers, the next message is sent when all have the last',
  unit: 'deliveries',
  targets: [{ measure: 'cpu', ratio: 1.1 }],
  open: (address) => FanOut.open(address, { subscribers: 100, inFlight: 1 }),
};

/** Bodies that no one should copy for every subscriber. */
export const body64k: Scenario = {
  name: 'body-64k',
  description: 'one publisher, 50 subscribers, 64 KiB of JSON, 4 messages in flight',
  unit: 'deliveries',
  targets: [{ measure: 'cpu', ratio: 0.7 }],
  open: (address) => FanOut.open(address, { subscribers: 50, inFlight: 4, bodyLength: 64 * 1024 }),
};

/** The same, larger than what sockets take at once. */
export const body1m: Scenario = {
  name: 'body-1m',
  description: 'one publisher, 50 subscribers, 1 MiB of JSON, 2 messages in flight',
  unit: 'deliveries',
  targets: [{ measure: 'cpu', ratio: 0.7 }],
  open: (address) => FanOut.open(address, { subscribers: 50, inFlight: 2, bodyLength: 1024 * 1024 }),
};

/** One publisher whose messages go to every subscriber, a bounded number of them in flight. */
export class FanOut implements Traffic {
  readonly #inFlight: number;
  readonly #publisher: StompConnection;
  readonly #subscribers: readonly StompConnection[];
  readonly #bodyLength: number;
  readonly #send: NumberedSend;
  readonly #sampler = new Sampler();
  // How many subscribers still wait for message n, at index n modulo the number in flight.
  readonly #waiting: Int32Array;
  #run: Run | undefined;
  #published = 0;
  #completed = 0;
  #delivered = 0;

  private constructor(publisher: StompConnection, subscribers: readonly StompConnection[], size: FanOutSize) {
    const { inFlight, bodyLength = BODY_LENGTH } = size;
    this.#publisher = publisher;
    this.#subscribers = subscribers;
    this.#bodyLength = bodyLength;
    this.#send = new NumberedSend(DESTINATION, bodyLength);
    this.#inFlight = inFlight;
    this.#waiting = new Int32Array(inFlight);
    subscribers.forEach((subscriber, index) => this.#countDeliveries(subscriber, `sub-${index}`));
  }

  /** Connects the publisher and the subscribers, each with a subscription id of its own. */
  static async open(address: ServerAddress, size: FanOutSize): Promise<FanOut> {
    const [publisher, ...subscribers] = await StompConnection.openAll(address, size.subscribers + 1);
    if (publisher === undefined) {
      throw new Error('no connection for the publisher');
    }
    for (const [index, subscriber] of subscribers.entries()) {
      await subscriber.subscribe(`sub-${index}`, DESTINATION);
      subscriber.startCounting();
    }
    return new FanOut(publisher, subscribers, size);
  }

  async run(seconds: number, stalledAfter?: number): Promise<number> {
    const before = this.#delivered;
    this.#run = new Run(() => this.#due(), stalledAfter);
    this.#publish();
    await this.#run.end(seconds);
    return this.#delivered - before;
  }

  async close(): Promise<void> {
    for (const connection of [this.#publisher, ...this.#subscribers]) {
      await connection.disconnect();
    }
    this.#sampler.assertChecked();
  }

  #countDeliveries(subscriber: StompConnection, subscription: string): void {
    let received = 0;
    subscriber.onMessage = (octets, start, end) => {
      const sequence = received;
      received += 1;
      this.#messageDelivered(sequence);
      if (this.#sampler.isDue(octets)) {
        const expected = { subscription, destination: DESTINATION, sequence, bodyLength: this.#bodyLength };
        this.#sampler.check(octets.toString('utf8', start, end), expected);
      } else if (this.#sampler.isWaiting) {
        subscriber.keepNextMessage();
      }
    };
    subscriber.onRead = () => {
      this.#publish();
      this.#run?.progressed();
    };
  }

  #messageDelivered(sequence: number): void {
    if (sequence >= this.#published) {
      throw new Error(`a subscriber got ${sequence + 1} messages when ${this.#published} were published`);
    }
    this.#delivered += 1;
    const slot = sequence % this.#inFlight;
    const waiting = (this.#waiting[slot] ?? 0) - 1;
    this.#waiting[slot] = waiting;
    if (waiting === 0) {
      this.#completed += 1;
    }
  }

  #publish(): void {
    const count = this.#inFlight - (this.#published - this.#completed);
    if (count === 0 || !this.#run?.isSending) {
      return;
    }
    for (let sequence = this.#published; sequence < this.#published + count; sequence += 1) {
      this.#waiting[sequence % this.#inFlight] = this.#subscribers.length;
    }
    this.#publisher.write(this.#send.encode(this.#published, count));
    this.#published += count;
  }

  #due(): number {
    return this.#published * this.#subscribers.length - this.#delivered;
  }
}
