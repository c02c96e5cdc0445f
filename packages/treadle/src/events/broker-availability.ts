import type { Clock } from '../foundation/clock.js';
import type { ApplicationEvents } from './application-events.js';

/** Which broker an event is about: what is known of it, nothing of one in this process. */
export interface BrokerFacts {
  /** Where it is, `stomp://127.0.0.1:61613`. */
  readonly address?: string;
  /** What it calls itself, `RabbitMQ/3.10.8`. */
  readonly server?: string;
  /** Why it is not available, for people who operate it. */
  readonly reason?: string;
}

/** The broker takes messages from now on, or does not any more; published on a change only (Spring: `BrokerAvailabilityEvent`, which does not say of which). */
export class BrokerAvailabilityEvent {
  readonly isAvailable: boolean;
  readonly address: string | undefined;
  readonly server: string | undefined;
  readonly reason: string | undefined;

  constructor(isAvailable: boolean, { address, server, reason }: BrokerFacts = {}) {
    this.isAvailable = isAvailable;
    this.address = address;
    this.server = server;
    this.reason = reason;
  }
}

/** Whether the application's broker takes messages, told as events as soon as there is somebody to tell. */
export class BrokerAvailability {
  readonly #events: ApplicationEvents;
  readonly #clock: Clock;
  #isAvailable = false;
  #since: number;
  #facts: BrokerFacts = {};
  #told = false;
  #isTelling = false;

  constructor(events: ApplicationEvents, clock: Clock) {
    this.#events = events;
    this.#clock = clock;
    this.#since = clock.wallTime();
  }

  /** False until the broker has started. */
  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  /** Since when, in milliseconds since 1970. */
  get since(): number {
    return this.#since;
  }

  /** The broker's word; repeating it is harmless. */
  report(isAvailable: boolean, facts: BrokerFacts = {}): void {
    if (isAvailable !== this.#isAvailable) this.#since = this.#clock.wallTime();
    this.#isAvailable = isAvailable;
    this.#facts = facts;
    if (this.#isTelling) this.#tell();
  }

  /** Publishes what has been reported so far, and every change from now on: the listeners of all services are there. */
  startTelling(): void {
    this.#isTelling = true;
    this.#tell();
  }

  #tell(): void {
    if (this.#told === this.#isAvailable) return;
    this.#told = this.#isAvailable;
    void this.#events.publish(new BrokerAvailabilityEvent(this.#isAvailable, this.#facts));
  }
}
