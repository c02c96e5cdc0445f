import type { Clock } from '../../../foundation/clock.js';
import type { Message } from '../../../messaging/message.js';
import type { MessageIds } from '../../delivery/message-ids.js';
import type { Subscription } from '../../delivery/subscription.js';

/** How long a message may take from here to the broker and back, in milliseconds; one that takes longer may reach who came behind it. */
const LONGEST_WAY_MS = 10_000;

interface Newcomer {
  readonly listener: Subscription;
  readonly cameAt: number;
  /** The number of the last message that had gone to the broker by then. */
  readonly before: number;
}

/**
 * Listeners of a subscription that the broker may have had already. A message that was under way when one of them came would reach it, though it was published
 * before: a broker may confirm a SEND before it delivers it (ActiveMQ does). Messages of this server are numbered, so that these are known.
 */
export class Newcomers {
  readonly #clock: Clock;
  readonly #ids: MessageIds;
  /** In the order they came. */
  #all: Newcomer[] = [];

  /** @param ids of the messages that go to the broker from here */
  constructor(clock: Clock, ids: MessageIds) {
    this.#clock = clock;
    this.#ids = ids;
  }

  add(listener: Subscription): void {
    const now = this.#clock.now();
    if (this.#all[0] && this.#isOld(this.#all[0], now)) this.#all = this.#all.filter((each) => !this.#isOld(each, now));
    this.#all.push({ listener, cameAt: now, before: this.#ids.last });
  }

  /** Those who came behind a message, and may not get it. `undefined` when nobody did, as nearly always. */
  missing({ id = '' }: Message): ReadonlySet<Subscription> | undefined {
    const last = this.#all.at(-1);
    if (!last) return undefined;
    if (this.#isOld(last, this.#clock.now())) this.#all = [];
    const number = this.#ids.numberOf(id) ?? Infinity;
    let missing: Set<Subscription> | undefined;
    for (let index = this.#all.length - 1; index >= 0; index -= 1) {
      const newcomer = this.#all[index];
      if (!newcomer || newcomer.before < number) break;
      (missing ??= new Set()).add(newcomer.listener);
    }
    return missing;
  }

  #isOld({ cameAt }: Newcomer, now: number): boolean {
    return now - cameAt > LONGEST_WAY_MS;
  }
}
