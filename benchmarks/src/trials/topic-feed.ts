import { NumberedSend, sequenceOf } from '../load/client-frames.js';
import { Latencies } from '../load/latencies.js';
import { pace, until } from '../load/pace.js';
import { type ServerAddress, StompConnection } from '../load/stomp-connection.js';
import { type ConsumerPolicy, FLOOD_BODY_LENGTH, type Offender } from './consumer-policies.js';
import type { ConsumerCase, ConsumerTraffic } from './consumer-traffic.js';

/** Of each tick of five milliseconds, beside one message to everybody: more than a slow reader takes. */
const FLOOD_PER_TICK = 2;
// What both ends of a connection may keep in the kernel (Linux: the largest of tcp_wmem and tcp_rmem), and what the server may.
const MOST_KERNEL_OCTETS = 12 * 1024 * 1024;
const SLOW_READ_PAUSE_MS = 100;

/** A topic that everybody listens to, and a flood that one of them has asked for besides. */
export class TopicFeed implements ConsumerTraffic {
  readonly #policy: ConsumerPolicy;
  readonly #offender: Offender;
  readonly #publisher: StompConnection;
  readonly #healthy: readonly StompConnection[];
  readonly #other: StompConnection;
  readonly #feed: NumberedSend;
  readonly #flood: NumberedSend;
  #latencies = new Latencies();
  #published = 0;
  #flooded = 0;
  #delivered = 0;
  /** Of the flood, by the one who asked for it. */
  #taken = 0;
  #lastTaken = -1;
  #isSlow = false;

  private constructor(
    policy: ConsumerPolicy,
    offender: Offender,
    [publisher, other, ...healthy]: readonly [StompConnection, StompConnection, ...StompConnection[]],
  ) {
    this.#policy = policy;
    this.#offender = offender;
    this.#publisher = publisher;
    this.#other = other;
    this.#healthy = healthy;
    this.#feed = new NumberedSend(feedOf(policy));
    this.#flood = new NumberedSend(floodOf(policy), FLOOD_BODY_LENGTH);
    healthy.forEach((consumer) => this.#countDeliveries(consumer));
    this.#other.onMessage = (octets, start, end) =>
      this.#take(octets?.toString('latin1', start, Math.min(end, start + 512)));
    this.#other.onRead = () => this.#readSlowly();
  }

  static async open(address: ServerAddress, { policy, offender, healthy: count }: ConsumerCase): Promise<TopicFeed> {
    const publisher = await StompConnection.openOne(address);
    const other = await StompConnection.openOne(address);
    const healthy = await StompConnection.openAll(address, count);
    for (const consumer of [other, ...healthy]) await consumer.subscribe('feed', feedOf(policy));
    await other.subscribe('flood', floodOf(policy));
    return new TopicFeed(policy, offender, [publisher, other, ...healthy]);
  }

  async run(seconds: number): Promise<Latencies> {
    this.#latencies = new Latencies();
    if (this.#offender !== 'none') this.#other.mayEnd();
    if (this.#offender === 'stalled') this.#other.pause();
    this.#isSlow = this.#offender === 'slow';
    const vanishesAt = this.#offender === 'vanishing' ? this.#published + (seconds * 200) / 2 : Infinity;
    await pace(seconds, () => {
      if (this.#published >= vanishesAt && !this.#other.hasEnded) this.#other.vanish();
      this.#publish();
    });
    await until(
      () => this.#delivered === this.#published * this.#healthy.length,
      () => `${this.#published * this.#healthy.length - this.#delivered} messages for healthy consumers`,
    );
    return this.#latencies;
  }

  async settle(): Promise<string> {
    this.#isSlow = false;
    if (!this.#other.hasEnded) this.#other.resume();
    try {
      return await this.#outcome();
    } finally {
      await this.#close();
    }
  }

  async #close(): Promise<void> {
    // What still waits for the offender does not matter.
    if (this.#offender !== 'none') this.#other.vanish();
    const others = this.#offender === 'none' ? [this.#other] : [];
    for (const connection of [this.#publisher, ...others, ...this.#healthy]) await connection.disconnect();
  }

  #publish(): void {
    this.#latencies.sent(this.#published);
    this.#publisher.write(this.#feed.encode(this.#published, 1));
    this.#published += 1;
    this.#publisher.write(this.#flood.encode(this.#flooded, FLOOD_PER_TICK));
    this.#flooded += FLOOD_PER_TICK;
  }

  #countDeliveries(consumer: StompConnection): void {
    let expected = 0;
    consumer.onMessage = (octets, start, end) => {
      const text = octets?.toString('latin1', start, end) ?? '';
      const sequence = sequenceOf(text);
      if (sequence !== expected) throw new Error(`a healthy consumer waited for number ${expected} and got: ${text}`);
      expected += 1;
      this.#delivered += 1;
      this.#latencies.arrived(sequence);
    };
  }

  #take(text = ''): void {
    if (!text.includes('\nsubscription:flood\n')) return;
    const sequence = sequenceOf(text);
    if (sequence <= this.#lastTaken) throw new Error(`number ${sequence} of the flood came behind ${this.#lastTaken}`);
    this.#taken += 1;
    this.#lastTaken = sequence;
  }

  #readSlowly(): void {
    if (!this.#isSlow) return;
    this.#other.pause();
    setTimeout(() => this.#other.resume(), SLOW_READ_PAUSE_MS);
  }

  async #outcome(): Promise<string> {
    if (this.#offender === 'vanishing') return 'gone';
    const hasNewest = (): boolean => this.#lastTaken === this.#flooded - 1;
    await until(
      () => this.#other.hasEnded || hasNewest(),
      () => `the newest of ${this.#flooded}, ${this.#lastTaken} came last`,
    );
    const isKept = !this.#other.hasEnded;
    const mayEnd = this.#policy === 'disconnect' && this.#offender !== 'none';
    if (!isKept && !mayEnd) throw new Error(`the session ended behind number ${this.#lastTaken} of ${this.#flooded}`);
    const mustEnd = mayEnd && this.#offender === 'stalled' && this.#flooded * FLOOD_BODY_LENGTH > MOST_KERNEL_OCTETS;
    if (isKept && mustEnd) throw new Error('the session of a stalled consumer was kept');
    const share = Math.round((100 * this.#taken) / this.#flooded);
    return isKept ? `kept, got ${share} % and the newest` : `session ended, got ${share} %`;
  }
}

function feedOf(policy: ConsumerPolicy): string {
  return `/topic/${policy}/feed`;
}

function floodOf(policy: ConsumerPolicy): string {
  return `/topic/${policy}/flood`;
}
