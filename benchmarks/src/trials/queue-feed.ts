import { clientFrame, NumberedSend, sequenceOf, stompText } from '../load/client-frames.js';
import { Latencies } from '../load/latencies.js';
import { pace, until } from '../load/pace.js';
import { type ServerAddress, StompConnection } from '../load/stomp-connection.js';
import { ackIdOf } from '../load/message-text.js';
import type { Offender } from './consumer-policies.js';
import type { ConsumerTraffic } from './consumer-traffic.js';

const DESTINATION = '/queue/feed';
const PREFETCH_COUNT = 8;
const PER_TICK = 10;
const SLOW_WORK_MS = 100;

/** A queue, every message for one of its consumers, each acknowledged by itself. */
export class QueueFeed implements ConsumerTraffic {
  readonly #offender: Offender;
  readonly #publisher: StompConnection;
  readonly #healthy: readonly StompConnection[];
  readonly #other: StompConnection;
  readonly #send = new NumberedSend(DESTINATION);
  /** Numbers that nobody has acknowledged. */
  readonly #missing = new Set<number>();
  #latencies = new Latencies();
  #published = 0;
  #takenByOther = 0;

  private constructor(
    offender: Offender,
    [publisher, other, ...healthy]: readonly [StompConnection, StompConnection, ...StompConnection[]],
  ) {
    this.#offender = offender;
    this.#publisher = publisher;
    this.#other = other;
    this.#healthy = healthy;
    healthy.forEach((consumer) => this.#consume(consumer));
    other.onMessage = (octets, start, end) => this.#takeByOther(octets?.toString('latin1', start, end) ?? '');
  }

  static async open(address: ServerAddress, offender: Offender, healthyCount: number): Promise<QueueFeed> {
    const publisher = await StompConnection.openOne(address);
    const other = await StompConnection.openOne(address);
    const healthy = await StompConnection.openAll(address, healthyCount);
    const headers = { ack: 'client-individual', 'prefetch-count': String(PREFETCH_COUNT) };
    for (const consumer of [other, ...healthy]) await consumer.subscribe('feed', DESTINATION, headers);
    return new QueueFeed(offender, [publisher, other, ...healthy]);
  }

  async run(seconds: number): Promise<Latencies> {
    this.#latencies = new Latencies();
    if (this.#offender === 'stalled') this.#other.pause();
    const vanishesAt = this.#offender === 'vanishing' ? this.#published + (seconds * 200 * PER_TICK) / 2 : Infinity;
    await pace(seconds, () => {
      if (this.#published >= vanishesAt && !this.#other.hasEnded) this.#other.vanish();
      this.#publish();
    });
    const held = this.#offender === 'slow' || this.#offender === 'stalled' ? PREFETCH_COUNT : 0;
    await until(
      () => this.#missing.size <= held,
      () => `${this.#missing.size} messages, of which the offender may hold ${held}`,
    );
    return this.#latencies;
  }

  async settle(): Promise<string> {
    const held = this.#missing.size;
    if (this.#offender !== 'none' && !this.#other.hasEnded) this.#other.vanish();
    await until(
      () => this.#missing.size === 0,
      () => `${this.#missing.size} of the ${held} messages that the offender held`,
    );
    const others = this.#offender === 'none' ? [this.#other] : [];
    for (const connection of [this.#publisher, ...others, ...this.#healthy]) await connection.disconnect();
    if (this.#offender === 'none') return 'kept, got its share';
    return `took ${this.#takenByOther}, held ${held} that went to others`;
  }

  #publish(): void {
    for (let n = 0; n < PER_TICK; n += 1) {
      this.#latencies.sent(this.#published + n);
      this.#missing.add(this.#published + n);
    }
    this.#publisher.write(this.#send.encode(this.#published, PER_TICK));
    this.#published += PER_TICK;
  }

  #consume(consumer: StompConnection): void {
    consumer.onMessage = (octets, start, end) => {
      const text = octets?.toString('latin1', start, end) ?? '';
      this.#acknowledge(consumer, text);
      this.#latencies.arrived(sequenceOf(text));
    };
  }

  #takeByOther(text: string): void {
    this.#takenByOther += 1;
    if (this.#offender === 'none') return this.#acknowledge(this.#other, text);
    if (this.#offender !== 'slow') return;
    setTimeout(() => {
      if (!this.#other.hasEnded) this.#acknowledge(this.#other, text);
    }, SLOW_WORK_MS);
  }

  /** @throws Error when somebody has acknowledged it already; one that is delivered again may cross its acknowledgement */
  #acknowledge(consumer: StompConnection, text: string): void {
    const isNew = this.#missing.delete(sequenceOf(text));
    if (!isNew && !text.includes('\nredelivered:true\n')) throw new Error(`acknowledged already: ${text}`);
    consumer.write(clientFrame(Buffer.from(stompText('ACK', { id: ackIdOf(text) }))));
  }
}
