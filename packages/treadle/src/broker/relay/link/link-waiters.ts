import type { Clock, Timer } from '../../../foundation/clock.js';
import type { BrokerLink } from './broker-link.js';
import { brokerUnavailable } from './link-errors.js';

interface Waiter {
  readonly resolve: (link: BrokerLink) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer | undefined;
}

/** Who waits for a link that is away. */
export class LinkWaiters {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param timeMs after which it rejects with `BROKER_UNAVAILABLE`; without it waits for ever */
  wait(timeMs?: number): Promise<BrokerLink> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiters.delete(waiter);
        reject(brokerUnavailable(`the broker was away for ${timeMs} ms`));
      };
      const timer = timeMs === undefined ? undefined : this.#clock.setTimeout(giveUp, timeMs);
      const waiter: Waiter = { resolve, reject, timer };
      this.#waiters.add(waiter);
    });
  }

  /** The link is up: all go on, in the order they came. */
  resolve(link: BrokerLink): void {
    for (const waiter of this.#takeAll()) waiter.resolve(link);
  }

  /** There will be none. */
  reject(reason: Error): void {
    for (const waiter of this.#takeAll()) waiter.reject(reason);
  }

  #takeAll(): readonly Waiter[] {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const { timer } of waiters) timer?.cancel();
    return waiters;
  }
}
