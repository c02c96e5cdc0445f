import { NumberedSend } from '../load/client-frames.js';
import { Run } from '../load/run.js';
import { Sampler } from '../load/sampler.js';
import { type ServerAddress, StompConnection } from '../load/stomp-connection.js';
import type { Scenario, Traffic } from './scenario.js';

/** Many destinations, each of which reaches one subscription. Each number divides the next one. */
export interface SpreadOutSize {
  /** Sessions among which the subscriptions are dealt out. */
  readonly connections: number;
  readonly subscriptions: number;
  readonly destinations: number;
  /** Messages under way at a time, to all together. */
  readonly inFlight: number;
  /** What subscription number n is made to. */
  readonly subscribedTo: (n: number) => string;
  /** Destination number n; subscription `n % subscriptions` gets what is sent to it. */
  readonly sentTo: (n: number) => string;
}

/** Every message has one receiver, and each receiver a destination of its own: nothing is shared, little is joined. */
export const topics: Scenario = {
  name: 'topics',
  description: '1000 topics with one subscriber each, one publisher, 1000 messages in flight',
  unit: 'deliveries',
  targets: [{ measure: 'cpu', ratio: 1 }],
  open: (address) =>
    SpreadOut.open(address, {
      connections: 1_000,
      subscriptions: 1_000,
      destinations: 1_000,
      inFlight: 1_000,
      subscribedTo: (n) => `/topic/alone-${n}`,
      sentTo: (n) => `/topic/alone-${n}`,
    }),
};

/** What is subscribed to are patterns, more destinations than any cache should have to hold. The reference looks a prefix up in a map. */
export const patterns: Scenario = {
  name: 'patterns',
  description:
    '1000 pattern subscriptions on 50 connections, 10 000 destinations, one publisher, 1000 messages in flight',
  unit: 'deliveries',
  targets: [{ measure: 'rate', ratio: 2 }],
  open: (address) =>
    SpreadOut.open(address, {
      connections: 50,
      subscriptions: 1_000,
      destinations: 10_000,
      inFlight: 1_000,
      subscribedTo: (n) => `/topic/area-${n}/*`,
      sentTo: (n) => `/topic/area-${n % 1_000}/item-${Math.floor(n / 1_000)}`,
    }),
};

/** One publisher that sends to one destination after the other, a bounded number of messages in flight. */
export class SpreadOut implements Traffic {
  readonly #publisher: StompConnection;
  readonly #receivers: readonly StompConnection[];
  readonly #size: SpreadOutSize;
  readonly #sends: readonly NumberedSend[];
  readonly #sampler = new Sampler();
  #run: Run | undefined;
  #published = 0;
  #delivered = 0;

  private constructor(publisher: StompConnection, receivers: readonly StompConnection[], size: SpreadOutSize) {
    this.#publisher = publisher;
    this.#receivers = receivers;
    this.#size = size;
    this.#sends = Array.from({ length: size.destinations }, (_, n) => new NumberedSend(size.sentTo(n)));
    receivers.forEach((receiver, index) => this.#countDeliveries(receiver, index));
  }

  /** Connects the publisher and the receivers, and deals the subscriptions out to the receivers. */
  static async open(address: ServerAddress, size: SpreadOutSize): Promise<SpreadOut> {
    const publisher = await StompConnection.openOne(address);
    const receivers = await StompConnection.openAll(address, size.connections);
    for (let n = 0; n < size.subscriptions; n += 1) {
      await receivers[n % receivers.length]?.subscribe(`sub-${n}`, size.subscribedTo(n));
    }
    receivers.forEach((receiver) => receiver.startCounting());
    return new SpreadOut(publisher, receivers, size);
  }

  async run(seconds: number, stalledAfter?: number): Promise<number> {
    const before = this.#delivered;
    this.#run = new Run(() => this.#published - this.#delivered, stalledAfter);
    this.#publish();
    await this.#run.end(seconds);
    return this.#delivered - before;
  }

  async close(): Promise<void> {
    for (const connection of [this.#publisher, ...this.#receivers]) await connection.disconnect();
    this.#sampler.assertChecked();
  }

  /** Message k goes to destination `k % destinations`, so each receiver knows which ones are its own. */
  #countDeliveries(receiver: StompConnection, index: number): void {
    let sequence = index;
    receiver.onMessage = (octets, start, end) => {
      if (sequence >= this.#published) throw new Error(`message ${sequence} came, ${this.#published} were published`);
      if (this.#sampler.isDue(octets)) {
        this.#sampler.check(octets.toString('utf8', start, end), this.#expected(sequence));
      }
      sequence += this.#receivers.length;
      this.#delivered += 1;
    };
    receiver.onRead = () => {
      this.#publish();
      this.#run?.progressed();
    };
  }

  #expected(sequence: number): { subscription: string; destination: string; sequence: number } {
    const { subscriptions, destinations, sentTo } = this.#size;
    return { subscription: `sub-${sequence % subscriptions}`, destination: sentTo(sequence % destinations), sequence };
  }

  #publish(): void {
    const until = this.#delivered + this.#size.inFlight;
    if (this.#published === until || !this.#run?.isSending) return;
    const frames: Buffer[] = [];
    for (; this.#published < until; this.#published += 1) {
      const send = this.#sends[this.#published % this.#sends.length];
      if (send) frames.push(send.encode(this.#published, 1));
    }
    this.#publisher.write(Buffer.concat(frames));
  }
}
