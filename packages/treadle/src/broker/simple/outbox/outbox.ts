import type { Message } from '../../../messaging/message.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { DeliverySource } from '../acknowledgement/delivery-source.js';
import type { DeliveryWindow } from '../acknowledgement/delivery-window.js';
import type { TopicPolicy } from '../policy/destination-policy.js';
import { expiresAt } from '../policy/message-expiry.js';
import { octetsOf } from '../policy/message-octets.js';
import type { Backlog, BacklogMessage } from './backlog.js';
import { DEFAULT_WAITING_MESSAGES, isDroppable } from './slow-consumer.js';
import { type OutboxMessage, WaitingMessages } from './waiting-messages.js';

/** Deliveries of one message to a subscription that rejects it, before it is given up; queues have an option for it. */
const MOST_DELIVERIES = 5;

/** Messages of a backlog that are looked at in one go: a selector may want none of them. */
const MOST_LOOKED_AT = 256;

/** What waits for one session in all its outboxes. */
export interface WaitingOctets {
  octets: number;
}

/** What all outboxes of a broker share. */
export interface OutboxServices {
  /** Octets that may wait for one session. */
  readonly mostOctets: number;
  /** Whether a moment in milliseconds since 1970 is over. */
  isPast(moment: number): boolean;
  /** What a message replaces; `undefined`, and a line in the log, where a function of the application throws. */
  keyOf(published: Message, policy: TopicPolicy | undefined): string | undefined;
  /** A message is not delivered: because its subscriber is too slow, or, without a session, because it was rejected. */
  onDropped(published: Message, session?: SessionContext): void;
  /** So many are not delivered, which nobody has any more. */
  onLost(count: number): void;
  onExpired(): void;
}

/** What an outbox begins with. */
export interface OutboxStart {
  /** Messages ahead of all others. */
  readonly backlog?: Backlog | undefined;
  /** Further headers of the first MESSAGE frame, flat. */
  readonly firstHeaders?: readonly string[] | undefined;
  /** Called each time when everything is sent and nothing is owed. */
  readonly onIdle?: (() => void) | undefined;
}

/**
 * What waits for one subscription of a topic that cannot take its messages as they come: its client reads slowly, has not acknowledged enough, or is
 * still getting what it missed. It keeps their order, and the publisher never waits.
 *
 * At most `TopicPolicy.maxWaitingMessages` wait, by the policy of the message that comes last, and octets up to `limits.sendBufferOctets` for all
 * subscriptions of the session together. What exceeds that is dropped, the oldest first, where a policy allows it; where nothing that waits may be
 * dropped the session ends with `SLOW_CONSUMER`.
 */
export class Outbox implements DeliverySource<OutboxMessage> {
  readonly #window: DeliveryWindow;
  readonly #services: OutboxServices;
  readonly #ofSession: WaitingOctets;
  readonly #waiting = new WaitingMessages();
  readonly #onIdle: (() => void) | undefined;
  #backlog: Backlog | undefined;
  #firstHeaders: readonly string[] | undefined;
  #nextNumber = 0;
  #hasAsked = false;
  #isOver = false;
  #drained: Promise<void> | undefined;
  #resolveDrained: (() => void) | undefined;

  /** @param ofSession what waits in all outboxes of its session */
  constructor(window: DeliveryWindow, services: OutboxServices, ofSession: WaitingOctets, start: OutboxStart = {}) {
    this.#window = window;
    this.#services = services;
    this.#ofSession = ofSession;
    this.#backlog = start.backlog;
    this.#firstHeaders = start.firstHeaders;
    this.#onIdle = start.onIdle;
  }

  /** Takes hold of what it was made with; it is sent when the returned function is called, or together with the first message offered. */
  open(): () => void {
    this.#fill(MOST_LOOKED_AT);
    return () => this.#askForRoom();
  }

  /** Takes a message that is published now. @param policy of its destination */
  offer(published: Message, policy: TopicPolicy | undefined): void {
    if (this.#isOver || this.#backlog?.covers(published)) return;
    if (this.#backlog?.isStrict) this.#fill(Infinity);
    const isNext = this.#waiting.size === 0 && !this.#backlog;
    if (isNext && this.#window.canTake) {
      this.#deliver(this.#createMessage(published, policy));
      return this.#tellIfIdle();
    }
    this.#add(this.#createMessage(published, policy));
    this.#keepWithinBounds(policy);
    if (!isDroppable(policy)) published.flow?.add(this.#whenDrained());
    this.#askForRoom();
  }

  /** The subscription is over: forgets everything. */
  end(): void {
    this.#isOver = true;
    this.#backlog = undefined;
    while (this.#waiting.size > 0) this.#shift();
    this.#resolveDrained?.();
  }

  acknowledged(): void {}

  rejected(message: OutboxMessage, requeue: boolean): void {
    if (!requeue || message.deliveries >= MOST_DELIVERIES) return this.#services.onDropped(message.published);
    if (this.#isOver) return;
    this.#ofSession.octets += message.octets;
    this.#waiting.putBack(message);
    this.#askForRoom();
  }

  /** The subscription it was for has gone, and nobody else waits for it. */
  returned(): void {}

  /** An interceptor keeps it from this subscriber. */
  stopped(): void {}

  #createMessage(published: Message, policy: TopicPolicy | undefined, headers?: readonly string[]): OutboxMessage {
    this.#nextNumber += 1;
    return {
      published,
      headers,
      octets: octetsOf(published),
      expiresAt: policy ? expiresAt(published) : Infinity,
      isDroppable: isDroppable(policy),
      key: this.#services.keyOf(published, policy),
      number: this.#nextNumber,
      deliveries: 0,
    };
  }

  #add(message: OutboxMessage): void {
    this.#ofSession.octets += message.octets;
    const replaced = this.#waiting.add(message);
    if (replaced) this.#drop(replaced);
  }

  /**
   * Drops what is too much. A message that may be dropped is so itself in the end, and ends no session, however many wait that may not.
   * @param policy of the message that came last
   */
  #keepWithinBounds(policy: TopicPolicy | undefined): void {
    while (this.#isTooMuch(policy)) {
      const oldest = this.#waiting.dropOldest();
      if (!oldest) return isDroppable(policy) ? undefined : this.#overflow();
      this.#drop(oldest);
    }
  }

  #isTooMuch(policy: TopicPolicy | undefined): boolean {
    const { maxWaitingMessages = DEFAULT_WAITING_MESSAGES } = policy ?? {};
    if (this.#waiting.size > maxWaitingMessages) return true;
    // One message alone may be larger than the limit, as in the buffer of a slow client.
    const isAlone = this.#waiting.size === 1 && this.#waiting.octets === this.#ofSession.octets;
    return !isAlone && this.#waiting.size > 0 && this.#ofSession.octets > this.#services.mostOctets;
  }

  #drop({ published, octets }: OutboxMessage): void {
    this.#ofSession.octets -= octets;
    this.#services.onDropped(published, this.#window.subscription.session);
  }

  #overflow(): void {
    const { size, octets } = this.#waiting;
    this.#fail(`${size} messages of ${octets} octets wait for subscription "${this.#window.subscription.id}"`);
  }

  #fail(detail: string): void {
    this.end();
    this.#window.subscription.session.fail('SLOW_CONSUMER', detail);
  }

  #askForRoom(): void {
    if (this.#hasAsked || this.#isOver) return;
    this.#hasAsked = true;
    this.#window.onRoom(this.#onRoom);
  }

  /** Sends one message; the window asks who else has something before it takes the next. */
  readonly #onRoom = (): void => {
    this.#hasAsked = false;
    this.#fill(MOST_LOOKED_AT);
    const message = this.#shiftFresh();
    if (message) this.#deliver(message);
    if (this.#waiting.size > 0 || this.#backlog) return this.#askForRoom();
    this.#resolveDrained?.();
    this.#drained = undefined;
    this.#tellIfIdle();
  };

  #tellIfIdle(): void {
    if (this.#waiting.size === 0 && !this.#backlog && !this.#firstHeaders) this.#onIdle?.();
  }

  /**
   * Takes from the backlog what there is room for, and one message more: nothing is dropped for the sake of older ones.
   * @param most messages to look at; with `Infinity` all are taken, room or not
   */
  #fill(most: number): void {
    let room: TopicPolicy | undefined;
    for (let looked = 0; this.#backlog && looked < most; looked += 1) {
      if (most < Infinity && !this.#hasRoom(room)) return;
      const next = this.#backlog.next();
      if (!next) {
        this.#backlog = undefined;
        return;
      }
      room = next.policy;
      if ('lost' in next) this.#lose(next.lost, next.policy);
      else this.#addOld(next);
    }
  }

  #addOld({ published, policy, headers }: BacklogMessage): void {
    const { filter } = this.#window.subscription;
    if (filter && !filter(published)) return;
    const message = this.#createMessage(published, policy, headers);
    if (!this.#services.isPast(message.expiresAt)) this.#add(message);
  }

  /** Half of it is left to what is published now. */
  #hasRoom(policy: TopicPolicy | undefined): boolean {
    if (this.#waiting.size === 0) return true;
    const { maxWaitingMessages = DEFAULT_WAITING_MESSAGES } = policy ?? {};
    return this.#waiting.size < maxWaitingMessages / 2 && this.#ofSession.octets < this.#services.mostOctets / 2;
  }

  #lose(lost: number, policy: TopicPolicy): void {
    if (isDroppable(policy)) return this.#services.onLost(lost);
    this.#fail(`${lost} messages left the history before subscription "${this.#window.subscription.id}" took them`);
  }

  #shift(): OutboxMessage | undefined {
    const message = this.#waiting.shift();
    if (message) this.#ofSession.octets -= message.octets;
    return message;
  }

  #shiftFresh(): OutboxMessage | undefined {
    for (;;) {
      const message = this.#shift();
      if (!message || !this.#services.isPast(message.expiresAt)) return message;
      this.#services.onExpired();
    }
  }

  #deliver(message: OutboxMessage): void {
    message.deliveries += 1;
    const first = this.#firstHeaders;
    this.#firstHeaders = undefined;
    const headers = first && message.headers ? [...first, ...message.headers] : (first ?? message.headers);
    this.#window.deliver(message, this, { isRedelivered: message.deliveries > 1, ...(headers && { headers }) });
  }

  /** For streams, which can wait. */
  #whenDrained(): Promise<void> {
    this.#drained ??= new Promise((resolve) => (this.#resolveDrained = resolve));
    return this.#drained;
  }
}
