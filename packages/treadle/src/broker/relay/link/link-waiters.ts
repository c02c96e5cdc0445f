import type { Clock, Timer } from '../../../foundation/clock.js';
import type { BrokerLink } from './broker-link.js';
import { brokerUnavailable } from './link-errors.js';

interface Waiter {
  readonly resolve: (link: BrokerLink) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer | undefined;
  isOverdue: boolean;
}

/** Who waits for a link that is away. */
export class LinkWaiters {
  readonly #clock: Clock;
  readonly #isRestoring: () => boolean;
  readonly #waiters = new Set<Waiter>();

  /** @param isRestoring whether there is a link that will be up when its subscriptions are made, however long the broker takes for that */
  constructor(clock: Clock, isRestoring: () => boolean) {
    this.#clock = clock;
    this.#isRestoring = isRestoring;
  }

  /** @param timeMs after which it rejects with `BROKER_UNAVAILABLE` unless there is a link by then; without it waits for ever */
  wait(timeMs?: number): Promise<BrokerLink> {
    return new Promise((resolve, reject) => {
      const timer = timeMs === undefined ? undefined : this.#clock.setTimeout(() => this.#overdue(waiter), timeMs);
      const waiter: Waiter = { resolve, reject, timer, isOverdue: false };
      this.#waiters.add(waiter);
    });
  }

  /** The link that they waited for is lost again. */
  linkLost(): void {
    for (const waiter of this.#waiters) if (waiter.isOverdue) this.#overdue(waiter);
  }

  /** The link is up: all go on, in the order they came. */
  resolve(link: BrokerLink): void {
    for (const waiter of this.#takeAll()) waiter.resolve(link);
  }

  /** There will be none. */
  reject(reason: Error): void {
    for (const waiter of this.#takeAll()) waiter.reject(reason);
  }

  #overdue(waiter: Waiter): void {
    waiter.isOverdue = true;
    if (this.#isRestoring()) return;
    this.#waiters.delete(waiter);
    waiter.reject(brokerUnavailable('the broker was away for too long'));
  }

  #takeAll(): readonly Waiter[] {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const { timer } of waiters) timer?.cancel();
    return waiters;
  }
}
