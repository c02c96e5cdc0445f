import type { DeliveryLog, LoggedDelivery } from '../delivery-log.js';
import { textOf } from '../header-text.js';
import type { ReferenceCounters } from './reference-counters.js';
import type { ReferenceMessage } from './reference-message.js';
import type { ReferenceQueue } from './reference-queue.js';
import type { ReferenceSession } from './reference-session.js';
import type { ReferenceDelivery, ReferenceSource, ReferenceSubscription } from './reference-subscription.js';
import type { ReferenceTopics } from './reference-topics.js';

/** What deliveries are explained by. */
export interface ReferenceDeliveriesParts {
  readonly log: DeliveryLog;
  readonly counters: ReferenceCounters;
  readonly topics: ReferenceTopics;
  /** `undefined` for a destination that is none. */
  readonly queueOf: (destination: string) => ReferenceQueue | undefined;
  /** Subscriptions that go on. */
  readonly active: () => readonly ReferenceSubscription[];
}

/** A delivery that was allowed. */
interface Explanation {
  readonly message: ReferenceMessage;
  /** Of its frame. */
  readonly headers: Readonly<Record<string, string>>;
  readonly source: ReferenceSource;
}

/** Goes through the log of deliveries, and says of each why it was made; one that nothing explains was made against the rules. */
export class ReferenceDeliveries {
  readonly #parts: ReferenceDeliveriesParts;
  readonly #byLogged = new Map<LoggedDelivery, ReferenceDelivery>();
  readonly #explained = new Set<LoggedDelivery>();
  /** Everything before is explained. */
  #read = 0;
  #problem = '';
  #skipped = 0;

  constructor(parts: ReferenceDeliveriesParts) {
    this.#parts = parts;
  }

  /** Messages that were left out, where the reference does not say which. */
  get skipped(): number {
    return this.#skipped;
  }

  /** What became of one that needs an acknowledgement. */
  get(logged: LoggedDelivery): ReferenceDelivery | undefined {
    return this.#byLogged.get(logged);
  }

  /** Follows the log as far as what happened until now explains it. */
  explain(): void {
    this.#problem = '';
    this.#explainQueues();
    for (const subscription of this.#parts.active()) this.#explainTopics(subscription);
  }

  /** The first delivery that was against the rules; all of them count as explained then. */
  finish(sessions: Iterable<ReferenceSession>): string | undefined {
    const [wrong] = this.#unexplained();
    this.#read = this.#parts.log.entries.length;
    this.#explained.clear();
    if (!wrong) return undefined;
    const { sessionId, subscriptionId, destination, headers } = wrong;
    const slot = [...sessions].find(({ id }) => id === sessionId)?.slot ?? 'an old session';
    const what = `${slot}/${subscriptionId} was given ${headers['n']} of ${destination}`;
    return `${what}: ${this.#problem || 'it was not to get it'}`;
  }

  /** In the order of the log: what one consumer was given leaves less to the others. */
  #explainQueues(): void {
    for (const entry of this.#unexplained()) {
      const queue = this.#parts.queueOf(entry.destination);
      const problem = queue && this.#explainFromQueue(entry, queue);
      if (problem === undefined) continue;
      this.#problem = problem;
      return;
    }
  }

  #explainFromQueue(entry: LoggedDelivery, queue: ReferenceQueue): string | undefined {
    const subscription = this.#subscriptionOf(entry);
    if (!subscription) return 'it has no such subscription any more';
    const given = queue.give(entry.headers['n'] ?? '', subscription, this.#parts.active());
    if (typeof given === 'string') return given;
    const { item, source } = given;
    const headers = { ...item.message.headers, ...(item.wasGiven && { redelivered: 'true' }) };
    item.wasGiven = true;
    this.#note(entry, subscription, { message: item.message, headers, source });
    return undefined;
  }

  #explainTopics(subscription: ReferenceSubscription): void {
    for (const entry of this.#unexplained()) {
      if (this.#subscriptionOf(entry) !== subscription || this.#parts.queueOf(entry.destination)) continue;
      const problem = this.#explainFromTopic(entry, subscription);
      if (problem === undefined) continue;
      this.#problem = problem;
      break;
    }
    this.#parts.topics.dropExcess(subscription);
  }

  #explainFromTopic(entry: LoggedDelivery, subscription: ReferenceSubscription): string | undefined {
    const { topics } = this.#parts;
    if (!subscription.hasRoom) return `${subscription.name} has no room for it`;
    topics.dropExpired(subscription);
    this.#skipped += topics.skipLost(subscription, entry.headers['n']);
    const [next] = topics.waitingFor(subscription);
    if (next?.message.name !== entry.headers['n']) return `${next?.message.name ?? 'nothing'} is what comes next`;
    const taken = topics.take(subscription);
    if (!taken) return 'nothing waits for it';
    const { item, source } = taken;
    const headers = {
      ...item.message.headers,
      ...item.headers,
      ...(item.deliveries > 1 && { redelivered: 'true' }),
    };
    this.#note(entry, subscription, { message: item.message, headers, source });
    return undefined;
  }

  /** @throws Error when its frame says something else than it should */
  #note(entry: LoggedDelivery, subscription: ReferenceSubscription, { message, headers, source }: Explanation): void {
    const { counters, topics } = this.#parts;
    this.#explained.add(entry);
    counters.delivered += 1;
    if ('redelivered' in headers) counters.redelivered += 1;
    const { messageId, ackId } = entry;
    if (subscription.isAuto) source.acknowledged();
    else this.#open({ subscription, message, source, messageId, ackId, state: 'open' }, entry);
    const [actual, expected] = [textOf(topics.normalized(entry.headers)), textOf(headers)];
    if (actual === expected) return;
    throw new Error(`${subscription.name} was given ${message.name} with ${actual}, not ${expected}`);
  }

  #open(delivery: ReferenceDelivery, entry: LoggedDelivery): void {
    delivery.subscription.deliveries.push(delivery);
    this.#byLogged.set(entry, delivery);
  }

  #unexplained(): readonly LoggedDelivery[] {
    return this.#parts.log.entries.slice(this.#read).filter((entry) => !this.#explained.has(entry));
  }

  #subscriptionOf({ sessionId, subscriptionId }: LoggedDelivery): ReferenceSubscription | undefined {
    return this.#parts
      .active()
      .find(({ session, options }) => session.id === sessionId && options.id === subscriptionId);
  }
}
