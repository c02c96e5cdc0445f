import { covers, expiryOf, isPattern, type ReferenceMessage } from './reference-message.js';
import type { ReferenceSource, ReferenceSubscription } from './reference-subscription.js';

/** How topics behave that one of these matches. */
export interface TopicRules {
  readonly retainLast?: boolean;
  readonly history?: { readonly messages: number; readonly forMs?: number };
  readonly slowConsumer?: 'drop-oldest' | { readonly latestByKey: string };
  readonly maxWaitingMessages?: number;
  /** Whether the reference does not say what is dropped, as what is recovered is taken from the history bit by bit. The rest, in order, it does. */
  readonly isLossy?: boolean;
}

/** What a SUBSCRIBE says about where it wants to go on. */
export interface RecoveryHeaders {
  readonly offset: number;
  readonly epoch: string | undefined;
}

/** A message that waits for one subscription. */
export interface WaitingItem {
  readonly message: ReferenceMessage;
  /** What its MESSAGE frames have beside the headers of the message. */
  headers: Readonly<Record<string, string>>;
  readonly rules: TopicRules | undefined;
  /** Its place in the order of the subscription. */
  number: number;
  deliveries: number;
}

interface Kept {
  readonly message: ReferenceMessage;
  readonly offset: number;
  readonly at: number;
}

/** What topics tell the broker they belong to. */
export interface TopicEvents {
  onDropped(): void;
  onExpired(): void;
}

/** The time, as topics look at it. */
export interface ReferenceClock {
  now(): number;
  wallTime(): number;
}

const MOST_DELIVERIES = 5;

/** Stands for the epoch of all histories in what is expected. */
export const EPOCH = '<epoch>';

/** Topics: what they keep, and what waits for each of their subscriptions. Everything is a plain list. */
export class ReferenceTopics {
  readonly #rulesOf: (destination: string) => TopicRules | undefined;
  readonly #clock: ReferenceClock;
  readonly #events: TopicEvents;
  readonly #waiting = new Map<ReferenceSubscription, WaitingItem[]>();
  readonly #nextNumbers = new Map<ReferenceSubscription, number>();
  readonly #firstHeaders = new Map<ReferenceSubscription, Readonly<Record<string, string>>>();
  /** For those that got something new to wait for. */
  readonly #mostWaiting = new Map<ReferenceSubscription, number>();
  readonly #retained: ReferenceMessage[] = [];
  readonly #histories = new Map<string, Kept[]>();
  readonly #offsets = new Map<string, number>();
  /** All histories begin in the same one, as none is ever forgotten here; learned from the first frame that has it. */
  epoch: string | undefined;

  constructor(rulesOf: (destination: string) => TopicRules | undefined, clock: ReferenceClock, events: TopicEvents) {
    this.#rulesOf = rulesOf;
    this.#clock = clock;
    this.#events = events;
  }

  /** What a frame says, with the epoch of all histories under its name here. */
  normalized(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const { epoch } = headers;
    if (epoch === undefined) return headers;
    this.epoch ??= epoch;
    return epoch === this.epoch ? { ...headers, epoch: EPOCH } : headers;
  }

  /** What waits for a subscription, in order. */
  waitingFor(subscription: ReferenceSubscription): readonly WaitingItem[] {
    return this.#waiting.get(subscription) ?? [];
  }

  /** Gives a message to everybody, and keeps it where the rules say so. */
  publish(message: ReferenceMessage, subscriptions: readonly ReferenceSubscription[]): void {
    const rules = this.#rulesOf(message.destination);
    const headers = this.#keep(message, rules);
    for (const subscription of subscriptions) {
      if (!subscription.isActive || !subscription.wants(message)) continue;
      this.#add(subscription, message, rules, headers);
      this.#mostWaiting.set(subscription, rules?.isLossy ? Infinity : (rules?.maxWaitingMessages ?? 1000));
    }
  }

  /** The messages that a new subscription gets before all others. @returns the headers of its RECEIPT */
  subscribe(
    subscription: ReferenceSubscription,
    recovery: RecoveryHeaders | undefined,
  ): Readonly<Record<string, string>> {
    const found = recovery && this.#recover(subscription, recovery);
    if (recovery) this.#firstHeaders.set(subscription, { recovered: String(found !== undefined && found.isComplete) });
    const missed = found?.missed ?? [];
    for (const kept of missed) this.#addKept(subscription, kept.message, this.#numbered(kept));
    if (missed.length === 0 && !(found?.isComplete ?? false)) {
      for (const message of this.#retained) {
        if (!covers(subscription.options.destination, message.destination)) continue;
        const offset = this.#histories.get(message.destination)?.find((kept) => kept.message === message);
        this.#addKept(subscription, message, { retained: 'true', ...(offset && this.#numbered(offset)) });
      }
    }
    const offset = found ? found.after : this.#lastOffsetOf(subscription);
    return {
      ...(recovery && { recovered: String(found?.isComplete ?? false) }),
      ...(offset !== undefined && { offset: String(offset), epoch: EPOCH }),
    };
  }

  /** Takes the next message out; it was delivered. Those that have expired before it are gone. */
  take(
    subscription: ReferenceSubscription,
  ): { readonly item: WaitingItem; readonly source: ReferenceSource } | undefined {
    const waiting = this.#waiting.get(subscription) ?? [];
    const item = waiting.shift();
    if (!item) return undefined;
    item.deliveries += 1;
    item.headers = { ...item.headers, ...this.#firstHeaders.get(subscription) };
    this.#firstHeaders.delete(subscription);
    return { item, source: this.#sourceOf(item, subscription) };
  }

  /** Drops what waits at the front of a line and has expired. */
  dropExpired(subscription: ReferenceSubscription): void {
    const waiting = this.#waiting.get(subscription) ?? [];
    for (let [first] = waiting; first && this.#isExpired(first); [first] = waiting) {
      waiting.shift();
      this.#events.onExpired();
    }
  }

  /** Skips what stands before a message and may have been dropped. @returns how many that were */
  skipLost(subscription: ReferenceSubscription, name: string | undefined): number {
    const waiting = this.#waiting.get(subscription) ?? [];
    const index = waiting.findIndex(({ message }) => message.name === name);
    const lost = waiting.slice(0, Math.max(0, index));
    if (!lost.every(({ rules, deliveries }) => (rules?.isLossy ?? false) && deliveries === 0)) return 0;
    waiting.splice(0, lost.length);
    return lost.length;
  }

  /** The subscription has ended: nothing waits for it any more. */
  end(subscription: ReferenceSubscription): void {
    this.#waiting.delete(subscription);
  }

  #keep(message: ReferenceMessage, rules: TopicRules | undefined): Readonly<Record<string, string>> {
    const { destination } = message;
    if (rules?.retainLast) {
      const index = this.#retained.findIndex((each) => each.destination === destination);
      if (index >= 0) this.#retained.splice(index, 1);
      if (!message.isEmpty) this.#retained.push(message);
    }
    if (!rules?.history) return {};
    const offset = (this.#offsets.get(destination) ?? 0) + 1;
    this.#offsets.set(destination, offset);
    const kept = { message, offset, at: this.#clock.now() };
    this.#histories.set(destination, [...(this.#histories.get(destination) ?? []), kept]);
    return this.#numbered(kept);
  }

  #numbered({ offset }: Kept): Readonly<Record<string, string>> {
    return { offset: String(offset), epoch: EPOCH };
  }

  /** What is kept of a destination now. */
  #historyOf(destination: string): readonly Kept[] {
    const { messages = Infinity, forMs = Infinity } = this.#rulesOf(destination)?.history ?? {};
    const newest = (this.#histories.get(destination) ?? []).slice(-messages);
    return newest.filter(({ at }) => this.#clock.now() - at < forMs);
  }

  #recover(
    { options: { destination } }: ReferenceSubscription,
    { offset, epoch }: RecoveryHeaders,
  ): { readonly missed: readonly Kept[]; readonly isComplete: boolean; readonly after: number } | undefined {
    if (isPattern(destination) || !this.#rulesOf(destination)?.history) return undefined;
    const last = this.#offsets.get(destination) ?? 0;
    const isOfThisHistory = (epoch === undefined || epoch === this.epoch) && offset <= last;
    const kept = this.#historyOf(destination);
    const gone = last - kept.length;
    if (!isOfThisHistory) return { missed: kept, isComplete: false, after: gone };
    const missed = kept.filter((each) => each.offset > offset);
    return { missed, isComplete: missed.length === last - offset, after: Math.max(offset, gone) };
  }

  /** Where a subscription begins that asks for nothing from before; `undefined` when it has no history. */
  #lastOffsetOf({ options: { destination } }: ReferenceSubscription): number | undefined {
    if (isPattern(destination) || !this.#rulesOf(destination)?.history) return undefined;
    return this.#offsets.get(destination) ?? 0;
  }

  #addKept(subscription: ReferenceSubscription, message: ReferenceMessage, headers: WaitingItem['headers']): void {
    if (!subscription.wants(message) || expiryOf(message) <= this.#clock.wallTime()) return;
    this.#add(subscription, message, this.#rulesOf(message.destination), headers);
  }

  #add(
    subscription: ReferenceSubscription,
    message: ReferenceMessage,
    rules: TopicRules | undefined,
    headers: WaitingItem['headers'],
  ): void {
    const waiting = this.#waiting.get(subscription) ?? [];
    this.#waiting.set(subscription, waiting);
    const number = this.#nextNumbers.get(subscription) ?? 0;
    this.#nextNumbers.set(subscription, number + 1);
    const item = { message, headers, rules, number, deliveries: 0 };
    const replaced = waiting.find((each) => haveOneKey(each, item));
    if (!replaced) return void waiting.push(item);
    this.#events.onDropped();
    const at = waiting.indexOf(replaced);
    waiting.splice(at, 1);
    if (replaced.deliveries > 0) return void waiting.push(item); // its place was one of those that came back
    item.number = replaced.number;
    waiting.splice(at, 0, item);
  }

  /** Drops what is too much for a line by the rules of the message that came last, after what could be delivered was. */
  dropExcess(subscription: ReferenceSubscription): void {
    const waiting = this.#waiting.get(subscription) ?? [];
    const most = this.#mostWaiting.get(subscription) ?? Infinity;
    this.#mostWaiting.delete(subscription);
    while (waiting.filter(({ deliveries }) => deliveries === 0).length > most) {
      const oldest = waiting.findIndex(
        ({ rules, deliveries }) => rules?.slowConsumer !== undefined && deliveries === 0,
      );
      if (oldest < 0) return;
      waiting.splice(oldest, 1);
      this.#events.onDropped();
    }
  }

  #sourceOf(item: WaitingItem, subscription: ReferenceSubscription): ReferenceSource {
    return {
      acknowledged: () => undefined,
      rejected: (requeue) => {
        if (!requeue || item.deliveries >= MOST_DELIVERIES) return this.#events.onDropped();
        if (!subscription.isActive) return;
        const waiting = this.#waiting.get(subscription) ?? [];
        const other = waiting.find((each) => haveOneKey(each, item));
        if (other) this.#events.onDropped();
        if (other && other.number > item.number) return;
        const line = [...waiting.filter((each) => each !== other), item];
        this.#waiting.set(
          subscription,
          line.toSorted((one, another) => one.number - another.number),
        );
      },
      returned: () => undefined,
    };
  }

  #isExpired({ message, rules }: WaitingItem): boolean {
    return rules !== undefined && expiryOf(message) <= this.#clock.wallTime();
  }
}

/** Of two such messages only the later one waits, be the other one new or rejected before. */
function haveOneKey({ message, rules }: WaitingItem, { message: other }: WaitingItem): boolean {
  const rule = rules?.slowConsumer;
  if (typeof rule !== 'object' || message.destination !== other.destination) return false;
  const key = message.headers[rule.latestByKey];
  return key !== undefined && key === other.headers[rule.latestByKey];
}
