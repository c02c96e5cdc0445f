import type { DeliveryLog, LoggedDelivery } from '../delivery-log.js';
import { createCounters, sum } from './reference-counters.js';
import { ReferenceDeliveries } from './reference-deliveries.js';
import { expiryOf, type ReferenceMessage } from './reference-message.js';
import { type QueueItem, type QueueRules, ReferenceQueue } from './reference-queue.js';
import { ReferenceSession, type ReferenceTransaction, type Slot, type Verdict } from './reference-session.js';
import { type ReferenceDelivery, ReferenceSubscription, type SubscribeOptions } from './reference-subscription.js';
import { type RecoveryHeaders, type ReferenceClock, ReferenceTopics, type TopicRules } from './reference-topics.js';

/** What the reference is told of the application it stands for. */
export interface ReferenceRules {
  queueRulesOf(destination: string): QueueRules | undefined;
  topicRulesOf(destination: string): TopicRules | undefined;
  readonly deadLetters: string;
}

/**
 * What the documentation promises of the embedded broker, in plain lists. A command of a client changes it like the broker; where the broker may choose,
 * it looks in the log of deliveries what was chosen. `finish` tells what should not have happened, or should have.
 */
export class ReferenceBroker {
  readonly sessions = new Map<Slot, ReferenceSession>();
  readonly counters = createCounters();
  readonly topics: ReferenceTopics;
  readonly #rules: ReferenceRules;
  readonly #clock: ReferenceClock;
  readonly #queues = new Map<string, ReferenceQueue>();
  readonly #subscriptions: ReferenceSubscription[] = [];
  readonly #deliveries: ReferenceDeliveries;
  /** Messages of topics that expired while they waited for a subscription. */
  #expiredOnTheWay = 0;
  /** Messages that were forgotten with their subscription, where the reference does not say which were dropped before. */
  #forgotten = 0;

  constructor(rules: ReferenceRules, clock: ReferenceClock, log: DeliveryLog) {
    this.#rules = rules;
    this.#clock = clock;
    const events = {
      onDropped: () => (this.counters.dropped += 1),
      onExpired: () => (this.#expiredOnTheWay += 1),
    };
    this.topics = new ReferenceTopics((destination) => rules.topicRulesOf(destination), clock, events);
    this.#deliveries = new ReferenceDeliveries({
      log,
      counters: this.counters,
      topics: this.topics,
      queueOf: (destination) => this.#findQueue(destination),
      active: () => this.#active,
    });
  }

  get subscriptionCount(): number {
    return this.#active.length;
  }

  get queues(): readonly ReferenceQueue[] {
    return [...this.#queues.values()];
  }

  /**
   * Messages of topics that may count as expired beside those of `counters`: what waits for a client that does not read is noticed when it is to be sent, and
   * that nobody sees.
   */
  get mayHaveExpired(): number {
    const waiting = this.#active.map((subscription) => this.topics.waitingFor(subscription).length);
    return this.#expiredOnTheWay + sum(waiting);
  }

  /** Messages that may count as dropped beside those of `counters`, or be forgotten with their subscription. */
  get mayBeDropped(): number {
    const waiting = this.#active.flatMap((subscription) => this.topics.waitingFor(subscription));
    return this.#deliveries.skipped + this.#forgotten + waiting.filter(({ rules }) => rules?.isLossy).length;
  }

  /** Of a delivery that needs an acknowledgement. */
  deliveryOf(logged: LoggedDelivery): ReferenceDelivery | undefined {
    return this.#deliveries.get(logged);
  }

  connect(slot: Slot, id: string, version: ReferenceSession['version'], user: string): void {
    this.sessions.set(slot, new ReferenceSession(slot, id, version, user));
  }

  /** @returns the headers of the RECEIPT */
  subscribe(
    session: ReferenceSession,
    options: SubscribeOptions,
    recovery?: RecoveryHeaders,
  ): Readonly<Record<string, string>> {
    const subscription = new ReferenceSubscription(session, options);
    session.subscriptions.set(options.id, subscription);
    this.#subscriptions.push(subscription);
    const headers = this.topics.subscribe(subscription, recovery);
    this.#explain();
    return headers;
  }

  unsubscribe(subscription: ReferenceSubscription): void {
    this.#end(subscription);
    this.#explain();
  }

  /** @returns the code of its refusal */
  publish(message: ReferenceMessage): string | undefined {
    const refusal = this.#translate(message)
      .map((each) => this.#publish(each))
      .find((code) => code !== undefined);
    // A client is told at `/user/queue/errors`, which is a message as well.
    if (refusal !== undefined && message.sender !== undefined) this.counters.published += 1;
    this.#explain();
    return refusal;
  }

  /** Of an ACK or NACK that found its delivery. @param transactionId `undefined` when it counts at once */
  acknowledge(delivery: ReferenceDelivery, verdict: Verdict, transactionId: string | undefined): void {
    const { subscription } = delivery;
    const covered = subscription.coveredBy(delivery);
    if (transactionId === undefined) this.#settle(covered, verdict);
    else {
      for (const each of covered) each.state = 'reserved';
      subscription.session.transactions.get(transactionId)?.acknowledgements.push({ covered, verdict });
    }
    this.#explain();
  }

  /** @returns the code of the first message that was refused; then its acknowledgements do not count */
  commit(session: ReferenceSession, id: string): string | undefined {
    const transaction = session.transactions.get(id);
    if (!transaction) return 'TRANSACTION_UNKNOWN';
    const refusals = transaction.sends.map((message) => this.publish(message));
    const refusal = refusals.find((code) => code !== undefined);
    if (refusal === undefined) {
      for (const { covered, verdict } of transaction.acknowledgements) {
        this.#settle(covered, verdict);
        this.#explain();
      }
    }
    this.abort(session, id);
    return refusal;
  }

  /** Does nothing for a transaction that has been committed. */
  abort(session: ReferenceSession, id: string): void {
    const transaction = session.transactions.get(id);
    session.transactions.delete(id);
    if (transaction) this.#rollBack(transaction);
  }

  /** The session is over, however it ended. */
  end(session: ReferenceSession, failedWith?: string): void {
    session.isAlive = false;
    session.failedWith = failedWith;
    for (const transaction of session.transactions.values()) this.#rollBack(transaction);
    session.transactions.clear();
    for (const subscription of session.subscriptions.values()) this.#end(subscription);
    this.#explain();
  }

  /** Until `finish` consumers that have room again may be told one after the other, and the first one be given much before the next one hears of it. */
  leaveTurnsOpen(): void {
    for (const queue of this.queues) queue.takesTurns = false;
  }

  /** What was delivered against the rules, or was not delivered though it should have been; `undefined` when all is well. */
  finish(): string | undefined {
    this.#explain();
    const wrong = this.#deliveries.finish(this.sessions.values());
    for (const queue of this.queues) queue.takesTurns = true;
    if (wrong !== undefined) return wrong;
    for (const queue of this.queues) {
      const overdue = queue.findOverdue(this.#active);
      if (overdue !== undefined) return overdue;
    }
    for (const subscription of this.#active) {
      if (!subscription.mustTake) continue;
      this.topics.dropExpired(subscription);
      const [first] = this.topics.waitingFor(subscription);
      if (first) return `${subscription.name} was not given ${first.message.name} of ${first.message.destination}`;
    }
    return undefined;
  }

  get #active(): readonly ReferenceSubscription[] {
    return this.#subscriptions.filter(({ isActive }) => isActive);
  }

  #translate(message: ReferenceMessage): readonly ReferenceMessage[] {
    if (message.toUser === undefined) return [message];
    const sessions = [...this.sessions.values()].filter(({ isAlive, user }) => isAlive && user === message.toUser);
    return sessions.map(({ id }) => ({ ...message, owner: id }));
  }

  #publish(message: ReferenceMessage): string | undefined {
    const queue = message.owner === undefined ? this.#findQueue(message.destination) : undefined;
    const hasPolicy = queue ?? this.#rules.topicRulesOf(message.destination);
    const isOver = hasPolicy !== undefined && expiryOf(message) <= this.#clock.wallTime();
    if (isOver) this.counters.expired += 1;
    else if (!queue) this.topics.publish(message, this.#subscriptions);
    else if (!queue.accept(message)) return 'QUEUE_FULL';
    this.counters.published += 1;
    return undefined;
  }

  #findQueue(destination: string): ReferenceQueue | undefined {
    const known = this.#queues.get(destination);
    const rules = known ? undefined : this.#rules.queueRulesOf(destination);
    if (!rules) return known;
    const queue = new ReferenceQueue(destination, rules, {
      onDropped: () => (this.counters.dropped += 1),
      onExpired: () => (this.counters.expired += 1),
      onDeadLetter: (item) => this.#bury(item, destination),
    });
    this.#queues.set(destination, queue);
    return queue;
  }

  #bury({ message, failures }: QueueItem, origin: string): void {
    const { expires: _expires, ...headers } = message.headers;
    const own = {
      'original-destination': origin,
      'delivery-count': String(failures),
      'dead-letter-reason': 'delivery-limit',
    };
    const destination = this.#rules.deadLetters;
    const isStored = this.#findQueue(destination)?.accept({ ...message, destination, headers: { ...headers, ...own } });
    this.counters[isStored ? 'deadLettered' : 'dropped'] += 1;
  }

  #settle(covered: readonly ReferenceDelivery[], verdict: Verdict): void {
    for (const delivery of covered) {
      if (delivery.state === 'settled') continue;
      delivery.state = 'settled';
      this.counters[verdict === 'ack' ? 'acknowledged' : 'rejected'] += 1;
      if (verdict === 'ack') delivery.source.acknowledged();
      else delivery.source.rejected(verdict === 'requeue', delivery.subscription);
    }
  }

  /** One after the other, in the order they came: what goes back of subscriptions that have ended may go to others at once. */
  #rollBack({ acknowledgements }: ReferenceTransaction): void {
    for (const { covered } of acknowledgements) {
      for (const delivery of covered) if (delivery.state === 'reserved') this.#restore(delivery);
      this.#explain();
    }
  }

  #restore(delivery: ReferenceDelivery): void {
    delivery.state = 'open';
    if (!delivery.subscription.isActive) this.#giveBack(delivery);
  }

  #giveBack(delivery: ReferenceDelivery): void {
    delivery.state = 'settled';
    delivery.source.returned();
  }

  #end(subscription: ReferenceSubscription): void {
    subscription.isActive = false;
    subscription.session.subscriptions.delete(subscription.options.id);
    this.#expiredOnTheWay += this.topics.waitingFor(subscription).length; // those of them that have
    this.#forgotten += this.topics.waitingFor(subscription).filter(({ rules }) => rules?.isLossy).length;
    this.topics.end(subscription);
    for (const delivery of subscription.open) this.#giveBack(delivery);
  }

  /** Follows the log as far as what happened until now explains it. */
  #explain(): void {
    for (const queue of this.queues) queue.expire(this.#clock.wallTime());
    this.#deliveries.explain();
  }
}
