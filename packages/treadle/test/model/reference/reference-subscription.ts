import { covers, type ReferenceMessage } from './reference-message.js';
import type { ReferenceSession } from './reference-session.js';

/** Who is told what became of a delivery. */
export interface ReferenceSource {
  acknowledged(): void;
  rejected(requeue: boolean, by: ReferenceSubscription): void;
  /** Its subscription ended first. */
  returned(): void;
}

/** A delivery that its client has to acknowledge. */
export interface ReferenceDelivery {
  readonly subscription: ReferenceSubscription;
  readonly message: ReferenceMessage;
  readonly source: ReferenceSource;
  readonly messageId: string;
  readonly ackId: string | undefined;
  state: 'open' | 'reserved' | 'settled';
}

/** What a SUBSCRIBE says. */
export interface SubscribeOptions {
  readonly id: string;
  readonly destination: string;
  readonly ack: 'auto' | 'client' | 'client-individual';
  readonly prefetch: number;
  /** Only messages with the header `kind` of this value. */
  readonly kind: string | undefined;
  readonly noEcho: boolean;
}

/** One subscription: what it wants, and what it has not acknowledged. */
export class ReferenceSubscription {
  readonly session: ReferenceSession;
  readonly options: SubscribeOptions;
  isActive = true;
  /** Every delivery that was made and needs an acknowledgement, in order; settled ones stay. */
  readonly deliveries: ReferenceDelivery[] = [];

  constructor(session: ReferenceSession, options: SubscribeOptions) {
    this.session = session;
    this.options = options;
  }

  get isAuto(): boolean {
    return this.options.ack === 'auto';
  }

  /** Deliveries that ACK and NACK find. */
  get open(): readonly ReferenceDelivery[] {
    return this.deliveries.filter(({ state }) => state === 'open');
  }

  get unacknowledged(): number {
    return this.deliveries.filter(({ state }) => state !== 'settled').length;
  }

  /** Whether its window has a place, be its client reading or not. */
  get hasRoom(): boolean {
    return this.isActive && this.session.isAlive && (this.isAuto || this.unacknowledged < this.options.prefetch);
  }

  /** Whether nothing keeps it from taking a message. */
  get mustTake(): boolean {
    return this.hasRoom && this.session.isReading;
  }

  /** Whether a message is for it. */
  wants({ destination, owner, headers, sender }: ReferenceMessage): boolean {
    const isOwn = owner === undefined || owner === this.session.id;
    if (!isOwn || !covers(this.options.destination, destination)) return false;
    if (this.options.kind !== undefined && headers['kind'] !== this.options.kind) return false;
    return !(this.options.noEcho && sender === this.session.id);
  }

  /** What an ACK or NACK of a delivery is about (STOMP 1.2 § SUBSCRIBE ack Header). */
  coveredBy(delivery: ReferenceDelivery): readonly ReferenceDelivery[] {
    if (this.options.ack !== 'client') return [delivery];
    const { open } = this;
    return open.slice(0, open.indexOf(delivery) + 1);
  }

  /** For people: its client and its id. */
  get name(): string {
    return `${this.session.slot}/${this.options.id}`;
  }
}
