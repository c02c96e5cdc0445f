import type { Awaitable } from '../../../foundation/awaitable.js';
import type { Clock, Timer } from '../../../foundation/clock.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { MessageIds } from '../../delivery/message-ids.js';
import type { SessionDeliveries } from '../../delivery/session-deliveries.js';
import { type Subscription, SubscriptionSet } from '../../delivery/subscription.js';
import type { BrokerSubscription, Dialect } from '../dialect/dialect.js';
import type { BrokerMessage } from '../link/broker-link.js';
import type { LastingLink } from '../link/lasting-link.js';
import type { LinkSubscribe, LinkSubscription } from '../link/link-subscription.js';
import { Newcomers } from './newcomers.js';
import { sharedSubscription } from './shareable.js';

/** What a shared subscription works with. */
export interface SharedSubscriptionParts {
  readonly link: LastingLink;
  readonly clock: Clock;
  readonly deliveries: SessionDeliveries;
  /** Of the messages that go to the broker from here. */
  readonly ids: MessageIds;
  /** What all listeners get of a MESSAGE frame. @param destination as the application knows it */
  readonly read: (message: BrokerMessage, destination: string, dialect: Dialect) => Message;
  /** Told when the last listener has left: it lingers until somebody joins it or `endIfIdle` is called. */
  readonly onIdle: (subscription: SharedSubscription) => void;
  /** Told once, before anybody else learns of it: nobody can join any more. */
  readonly onOver: (subscription: SharedSubscription) => void;
}

/**
 * How long a subscription that nobody listens to stays at the broker, in milliseconds: a page that is loaded again, or the last of a room who comes back, finds
 * it there.
 */
export const LINGER_TIME_MS = 1000;

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * One subscription at the broker for everybody who listens to a topic or pattern here. The first listener makes it, and those who come meanwhile wait for the
 * same RECEIPT; whoever comes later is live at once. Some time after the last listener has left it ends.
 *
 * Every message is read once and given to all listeners of that moment in the order they came, as the embedded broker does it. A slow one holds nobody up.
 */
export class SharedSubscription {
  /** A destination or a pattern, as the application knows it. */
  readonly destination: string;
  readonly #parts: SharedSubscriptionParts;
  readonly #listeners = new SubscriptionSet();
  readonly #newcomers: Newcomers;
  /** Listeners that the broker has not confirmed yet, or whose link is away. */
  readonly #waiting = new Map<Subscription, Waiting>();
  /** Settles with the first RECEIPT. */
  readonly #opened: Promise<void>;
  #atBroker: LinkSubscription | undefined;
  /** How it stands at the broker of the present link. */
  #place: { readonly subscription: BrokerSubscription; readonly dialect: Dialect } | undefined;
  #lingering: Timer | undefined;
  #isOver = false;

  /** Begins to subscribe; `join` it at once. */
  constructor(destination: string, parts: SharedSubscriptionParts) {
    this.destination = destination;
    this.#parts = parts;
    this.#newcomers = new Newcomers(parts.clock, parts.ids);
    this.#opened = this.#open();
    this.#opened.catch(() => undefined); // those who wait are told
  }

  /** Those who listen at this moment, without those who still wait for it to be live. */
  get listeners(): readonly Subscription[] {
    return this.#listeners.snapshot().filter((listener) => !this.#waiting.has(listener));
  }

  /**
   * Adds a listener. Settles when whatever is published from now on reaches it.
   * @throws MessageRejectedError `BROKER_REFUSED`, `BROKER_UNAVAILABLE`, and as `Dialect.subscription`; it does not listen then
   */
  join(listener: Subscription): Awaitable<void> {
    this.#lingering?.cancel();
    this.#lingering = undefined;
    this.#listeners.add(listener);
    this.#newcomers.add(listener);
    const { link } = this.#parts;
    if (this.#atBroker && link.link) return;
    return new Promise<void>((resolve, reject) => {
      this.#waiting.set(listener, { resolve, reject });
      const live: Promise<unknown> = this.#atBroker ? link.whenUp() : this.#opened;
      live.then(
        () => this.#settle(listener),
        (error: unknown) => this.#refuse(listener, error),
      );
    });
  }

  /** Takes a listener away; does nothing when it is not one. */
  leave(listener: Subscription): void {
    this.#refuse(
      listener,
      new MessageRejectedError(`the subscription to ${this.destination} ended before it was live`),
    );
    this.#listeners.delete(listener);
    if (this.#listeners.isEmpty && !this.#isOver) this.#linger();
  }

  /** Ends it now if nobody listens. */
  endIfIdle(): void {
    if (!this.#listeners.isEmpty || this.#isOver) return;
    this.#over();
    void this.#atBroker?.end();
  }

  async #open(): Promise<void> {
    try {
      this.#atBroker = await this.#parts.link.subscribe({
        frame: (dialect) => this.#frame(dialect),
        onMessage: (message) => this.#deliver(message),
        onEnded: (reason) => this.#ended(reason),
      });
    } catch (error) {
      this.#over();
      throw error;
    }
    if (this.#isOver) return void this.#atBroker.end();
    if (this.#listeners.isEmpty) this.#linger();
  }

  #frame(dialect: Dialect): LinkSubscribe {
    const subscription = dialect.subscription(sharedSubscription(this.destination));
    this.#place = { subscription, dialect };
    return { destination: subscription.destination, ack: 'auto', headers: subscription.headers };
  }

  #deliver(message: BrokerMessage): void {
    const listeners = this.#listeners.snapshot();
    if (listeners.length === 0 || !this.#place) return;
    const { deliveries, read } = this.#parts;
    const { subscription, dialect } = this.#place;
    const destination = subscription.applicationDestination(message.headers);
    if (destination === undefined) return;
    const published = read(message, destination, dialect);
    const newcomers = this.#newcomers.missing(published);
    for (const listener of listeners) {
      if (newcomers?.has(listener)) continue;
      if (listener.filter && !listener.filter(published)) continue;
      const { ticket } = listener;
      if (!ticket || ticket.isAnswered) deliveries.deliver(listener, published);
      else ticket.behindAnswer(() => deliveries.deliver(listener, published));
    }
  }

  /** The broker ended it, or would not make it again: each listener learns that its own has ended. */
  #ended(reason: Error): void {
    if (this.#isOver) return;
    this.#over();
    for (const listener of this.#waiting.keys()) this.#refuse(listener, reason);
    for (const { session, id, ticket } of this.listeners) {
      session.unsubscribe(id, `the broker ended the subscription to ${this.destination}: ${reason.message}`, ticket);
    }
  }

  /** While nobody has confirmed it yet there is nothing to end; `#open` looks again. */
  #linger(): void {
    if (!this.#atBroker) return;
    this.#lingering?.cancel();
    this.#lingering = this.#parts.clock.setTimeout(() => this.endIfIdle(), LINGER_TIME_MS);
    this.#parts.onIdle(this);
  }

  #over(): void {
    this.#isOver = true;
    this.#lingering?.cancel();
    this.#parts.onOver(this);
  }

  #settle(listener: Subscription): void {
    const waiting = this.#waiting.get(listener);
    this.#waiting.delete(listener);
    waiting?.resolve();
  }

  #refuse(listener: Subscription, error: unknown): void {
    const waiting = this.#waiting.get(listener);
    if (!waiting) return;
    this.#waiting.delete(listener);
    this.#listeners.delete(listener);
    if (this.#listeners.isEmpty && !this.#isOver) this.#linger();
    waiting.reject(error);
  }
}
