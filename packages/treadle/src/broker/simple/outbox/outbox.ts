import type { Message } from '../../../messaging/message.js';
import type { DeliverySource } from '../../delivery/acknowledgement/delivery-source.js';
import type { DeliveryWindow } from '../../delivery/acknowledgement/delivery-window.js';
import type { DispatchBudget } from '../../delivery/dispatch-loop.js';
import type { TopicPolicy } from '../policy/destination-policy.js';
import type { Backlog, BacklogMessage } from './backlog.js';
import { type OutboxMessage, OutboxMessages } from './outbox-message.js';
import type { OutboxServices } from './outbox-services.js';
import type { SessionBudget, SharesBudget } from './session-budget.js';
import { DEFAULT_WAITING_MESSAGES, isDroppable } from './slow-consumer.js';
import { WaitingMessages } from './waiting-messages.js';

/** Deliveries of one message to a subscription that rejects it, before it is given up; queues have an option for it. */
const MOST_DELIVERIES = 5;

/** Messages of a backlog that are looked at in one go: a selector may want none of them. */
const MOST_LOOKED_AT = 256;

/** What an outbox begins with. */
export interface OutboxStart {
  /** Messages ahead of all others. */
  readonly backlog?: Backlog | undefined;
  /** Further headers of the first MESSAGE frame, flat. */
  readonly firstHeaders?: readonly string[] | undefined;
  /** Called when everything is sent and nothing is owed: it is over then. Default: it ends with its subscription. */
  readonly onIdle?: (() => void) | undefined;
}

/**
 * What waits for one subscription of a topic that cannot take its messages as they come: its client reads slowly, has not acknowledged enough, or is
 * still getting what it missed. It keeps their order, and the publisher never waits.
 *
 * At most `TopicPolicy.maxWaitingMessages` wait, by the policy of the message that comes last, and octets up to `limits.sendBufferOctets` for all
 * subscriptions of the session together; what came back by NACK does not count. What exceeds that is sent if it waited only for its turn. Else it is
 * dropped, the oldest first, where a policy allows it, whichever subscription of the session it waits for; where nothing that waits may be dropped the
 * session ends with `SLOW_CONSUMER`.
 */
export class Outbox implements DeliverySource<OutboxMessage>, SharesBudget {
  readonly #window: DeliveryWindow;
  readonly #services: OutboxServices;
  readonly #budget: SessionBudget;
  readonly #messages: OutboxMessages;
  readonly #waiting: WaitingMessages;
  readonly #onIdle: (() => void) | undefined;
  #backlog: Backlog | undefined;
  #firstHeaders: readonly string[] | undefined;
  #hasAsked = false;
  #isSending = false;
  #isOver = false;
  #drained: Promise<void> | undefined;
  #resolveDrained: (() => void) | undefined;

  /** @param budget of its session */
  constructor(window: DeliveryWindow, services: OutboxServices, budget: SessionBudget, start: OutboxStart = {}) {
    this.#window = window;
    this.#services = services;
    this.#budget = budget;
    this.#messages = new OutboxMessages(services, window.subscription.filter);
    this.#waiting = new WaitingMessages(budget);
    this.#backlog = start.backlog;
    this.#firstHeaders = start.firstHeaders;
    this.#onIdle = start.onIdle;
  }

  /** Takes hold of what it was made with; it is sent when the returned function is called, or together with the first message offered. */
  open(): () => void {
    this.#backlog?.onLeaving((leaving) => this.#takeOver(leaving));
    this.#fill();
    return () => this.#askForRoom();
  }

  /** Takes a message that is published now. @param policy of its destination */
  offer(published: Message, policy: TopicPolicy | undefined): void {
    if (this.#isOver) return;
    if (!this.#backlog?.covers(published)) this.#take(published, policy);
    this.#keepWithinBounds(policy, true);
    const mustWait = !this.#isEmpty && !isDroppable(policy);
    if (mustWait) published.flow?.add(this.#whenDrained());
  }

  relieve(maySend: boolean): boolean {
    if (maySend && !this.#waiting.isEmpty && this.#canSend) {
      this.#sendNext();
      return true;
    }
    return this.#drop(this.#waiting.dropOldest());
  }

  /** The subscription is over: forgets everything. */
  end(): void {
    this.#isOver = true;
    this.#endBacklog();
    while (!this.#waiting.isEmpty) this.#waiting.shift();
    this.#budget.leave(this);
    this.#resolveDrained?.();
  }

  acknowledged(): void {}

  rejected(message: OutboxMessage, requeue: boolean): void {
    if (!requeue || message.deliveries >= MOST_DELIVERIES) return this.#services.onDropped(message.published);
    if (this.#isOver) return;
    this.#drop(this.#waiting.putBack(message));
    this.#askForRoom();
  }

  /** The subscription it was for has gone, and nobody else waits for it. */
  returned(): void {}

  /** An interceptor keeps it from this subscriber. */
  stopped(): void {}

  get #isEmpty(): boolean {
    return this.#waiting.isEmpty && !this.#backlog;
  }

  /** A delivery may publish what it leads to; that waits behind it. */
  get #canSend(): boolean {
    return !this.#isSending && this.#window.canTake;
  }

  #take(published: Message, policy: TopicPolicy | undefined): void {
    if (this.#backlog?.isStrict) this.#takeRest(this.#backlog);
    const message = this.#messages.createNew(published, policy);
    if (!this.#isEmpty || !this.#window.canTake) {
      this.#add(message);
      return this.#askForRoom();
    }
    this.#deliver(message);
    if (this.#isEmpty) this.#rest();
  }

  #add(message: OutboxMessage): void {
    this.#budget.join(this);
    this.#drop(this.#waiting.add(message));
  }

  #drop(message: OutboxMessage | undefined): boolean {
    if (message) this.#services.onDropped(message.published, this.#window.subscription.session);
    return message !== undefined;
  }

  /**
   * Gives up what is too much. A message that may be dropped is so itself in the end, and ends no session, however many wait that may not.
   * @param policy of the message that came last
   * @param maySend as for `relieve`
   */
  #keepWithinBounds(policy: TopicPolicy | undefined, maySend: boolean): void {
    const { maxWaitingMessages = DEFAULT_WAITING_MESSAGES } = policy ?? {};
    for (;;) {
      if (this.#isOver || this.#isSending) return; // it has room: what a delivery leads to is looked at when that is done
      const isTooLong = this.#waiting.size > maxWaitingMessages;
      if (!isTooLong && !this.#budget.isExceeded) return;
      if (isTooLong ? this.relieve(maySend) : this.#relieveSession(maySend)) continue;
      return isDroppable(policy) ? undefined : this.#overflow();
    }
  }

  /** What is newest here goes last, so that one subscription cannot keep all others from everything. */
  #relieveSession(maySend: boolean): boolean {
    const hasOlder = this.#waiting.droppableSize > 1;
    return (hasOlder && this.relieve(maySend)) || this.#budget.relieve(maySend);
  }

  #overflow(): void {
    const { session, id } = this.#window.subscription;
    const detail = `${this.#waiting.size} messages wait for subscription "${id}", and ${this.#budget.octets} octets for the session`;
    this.end();
    // Not while a message is given to one subscription after the other: who hears of the end may publish.
    queueMicrotask(() => session.fail('SLOW_CONSUMER', detail));
  }

  #askForRoom(): void {
    if (this.#hasAsked || this.#isOver) return;
    this.#hasAsked = true;
    this.#window.onRoom(this.#onRoom);
  }

  /** Sends one message; the window asks who else has something before it takes the next. */
  readonly #onRoom = (budget: DispatchBudget): void => {
    this.#hasAsked = false;
    if (this.#isOver) return;
    this.#fill(budget);
    this.#sendNext();
    if (this.#isEmpty) this.#rest();
    else this.#askForRoom();
  };

  /** Nothing is left to send. */
  #rest(): void {
    this.#resolveDrained?.();
    this.#drained = undefined;
    this.#budget.leave(this);
    if (this.#isOver || this.#firstHeaders || !this.#onIdle) return;
    this.#isOver = true;
    this.#onIdle();
  }

  /** Takes from the backlog what there is room for, and one message more: nothing is dropped for the sake of older ones. */
  #fill(budget?: DispatchBudget): void {
    let room: TopicPolicy | undefined;
    for (let looked = 0; this.#backlog && looked < MOST_LOOKED_AT; looked += 1) {
      if (budget?.isSpent || !this.#hasRoomForOld(room)) return;
      const next = this.#backlog.next();
      if (!next) return this.#endBacklog();
      room = next.policy;
      if (!this.#addOld(next)) budget?.spend();
    }
  }

  #takeRest(backlog: Backlog): void {
    for (let next = backlog.next(); next; next = backlog.next()) this.#addOld(next);
    this.#endBacklog();
  }

  /** One whose turn comes in a moment takes what it can get; who waits for its client does so within the bounds. */
  #takeOver(leaving: BacklogMessage): void {
    if (this.#addOld(leaving) && !this.#window.canTake) this.#keepWithinBounds(leaving.policy, false);
  }

  /** False for a message that is not wanted. */
  #addOld(old: BacklogMessage): boolean {
    const message = this.#messages.createOld(old);
    if (message) this.#add(message);
    return message !== undefined;
  }

  /** Half of it is left to what is published now. */
  #hasRoomForOld(policy: TopicPolicy | undefined): boolean {
    const { maxWaitingMessages = DEFAULT_WAITING_MESSAGES } = policy ?? {};
    return this.#waiting.isEmpty || (this.#waiting.size < maxWaitingMessages / 2 && this.#budget.hasRoomForOld);
  }

  #endBacklog(): void {
    this.#backlog?.end();
    this.#backlog = undefined;
  }

  #sendNext(): void {
    for (let message = this.#waiting.shift(); message; message = this.#waiting.shift()) {
      if (!this.#services.isPast(message.expiresAt)) return this.#deliver(message);
      this.#services.onExpired();
    }
  }

  #deliver(message: OutboxMessage): void {
    message.deliveries += 1;
    if (this.#firstHeaders) message.headers = [...this.#firstHeaders, ...(message.headers ?? [])];
    this.#firstHeaders = undefined;
    const { headers } = message;
    const wasSending = this.#isSending;
    this.#isSending = true;
    this.#window.deliver(message, this, { isRedelivered: message.deliveries > 1, ...(headers && { headers }) });
    this.#isSending = wasSending;
  }

  /** For streams, which can wait. */
  #whenDrained(): Promise<void> {
    this.#drained ??= new Promise((resolve) => (this.#resolveDrained = resolve));
    return this.#drained;
  }
}
