import type { ApplicationEvents } from './application-events.js';

/** The broker takes messages from now on, or does not any more; published on a change only (Spring: `BrokerAvailabilityEvent`). */
export class BrokerAvailabilityEvent {
  readonly isAvailable: boolean;

  constructor(isAvailable: boolean) {
    this.isAvailable = isAvailable;
  }
}

/** Whether the application's broker takes messages, told as events as soon as there is somebody to tell. */
export class BrokerAvailability {
  readonly #events: ApplicationEvents;
  #isAvailable = false;
  #told = false;
  #isTelling = false;

  constructor(events: ApplicationEvents) {
    this.#events = events;
  }

  /** False until the broker has started. */
  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  /** The broker's word; repeating it is harmless. */
  report(isAvailable: boolean): void {
    this.#isAvailable = isAvailable;
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
    void this.#events.publish(new BrokerAvailabilityEvent(this.#isAvailable));
  }
}
