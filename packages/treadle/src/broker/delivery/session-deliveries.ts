import { type Awaitable, DONE, isPromise } from '../../foundation/awaitable.js';
import { isError } from '../../foundation/error-text.js';
import { MessageRejectedError } from '../../foundation/errors.js';
import type { Logger } from '../../foundation/logger.js';
import type { Delivery } from '../../messaging/delivery.js';
import type { Message } from '../../messaging/message.js';
import type { MessageChannel } from '../../messaging/message-channel.js';
import type { SessionContext } from '../../messaging/session-context.js';
import type { SubscriptionTicket } from '../../messaging/subscription-ticket.js';
import type { BrokerContext } from '../broker.js';
import type { BrokerCounters } from './broker-counters.js';
import type { Subscription } from './subscription.js';

/**
 * What a delivery has beside its message, and who wants to know what became of it; exactly one of the two is called unless the subscription ended first.
 * Neither should throw; what they throw is logged.
 */
export interface DeliveryAttempt {
  /** Of the subscription. */
  readonly ticket: SubscriptionTicket | undefined;
  readonly delivery: Delivery | undefined;
  /** Whether the message was given to a client before. */
  readonly isRedelivered: boolean;
  /** It went through the channel to its session. */
  sent(): void;
  /** An interceptor kept it back, or the channel failed. */
  stopped(): void;
}

interface QueuedDelivery {
  readonly subscription: Subscription;
  readonly published: Message;
  readonly attempt: DeliveryAttempt | undefined;
}

/** The deliveries of one session behind a send that is not done yet. */
interface Queue {
  running: QueuedDelivery;
  /** Settles with the running send; never rejects. */
  done: Promise<void>;
  /** Settles when nothing waits any more. */
  drained: Promise<void>;
  waiting: QueuedDelivery[];
  waitingOctets: number;
  /** Set when too much waited: the session has been ended, and nothing more is sent to it. */
  isOver: boolean;
}

/** What a waiting delivery costs beside its payload, which several may share. */
const OCTETS_PER_DELIVERY = 256;

/**
 * Sends deliveries to `clientOutboundChannel`, each session's in the order they come. As long as the channel is synchronous that needs
 * nothing; while an asynchronous interceptor holds a message of a session, the session's next ones wait behind it
 * and nobody else's do. The publisher never waits. What fails is logged and concerns one receiver only.
 *
 * At most `sendBufferOctets` may wait for one session; then it ends with `SLOW_CONSUMER`, like that of a client which reads too slowly.
 * No message is lost inside a session that lives on.
 */
export class SessionDeliveries {
  readonly #channel: MessageChannel;
  readonly #logger: Logger;
  readonly #mostWaitingOctets: number;
  readonly #counters: BrokerCounters;
  /** By session id; only sessions with a send in progress are here. */
  readonly #queues = new Map<string, Queue>();

  constructor(
    { clientOutboundChannel, logger, limits }: Pick<BrokerContext, 'clientOutboundChannel' | 'logger' | 'limits'>,
    counters: BrokerCounters,
  ) {
    this.#counters = counters;
    this.#channel = clientOutboundChannel;
    this.#logger = logger;
    this.#mostWaitingOctets = limits.sendBufferOctets;
  }

  /** Sends `published` to a subscription, now or when the earlier ones are through. Does nothing if the subscription ended meanwhile. */
  deliver(subscription: Subscription, published: Message, attempt?: DeliveryAttempt): void {
    if (this.#queues.size > 0) {
      const queue = this.#queues.get(subscription.session.id);
      if (queue) return this.#enqueue(queue, { subscription, published, attempt });
    }
    const done = this.#send(subscription, published, attempt);
    if (!done) return;
    const running = { subscription, published, attempt };
    const queue = { running, done, drained: done, waiting: [], waitingOctets: 0, isOver: false };
    queue.drained = this.#drain(queue);
    published.flow?.add(queue.drained);
  }

  /** `undefined` when a delivery to the session would leave at once and its client keeps up, else the promise of that or of its end; never rejects. */
  whenRoom(session: SessionContext): Promise<void> | undefined {
    const queue = this.#queues.size > 0 ? this.#queues.get(session.id) : undefined;
    return queue ? queue.drained : session.whenWritable();
  }

  /** Settles when nothing more of a subscription that ended can reach its client. */
  ended(subscription: Subscription): Awaitable<void> {
    const queue = this.#queues.get(subscription.session.id);
    if (queue?.running.subscription === subscription) return queue.done;
  }

  #enqueue(queue: Queue, delivery: QueuedDelivery): void {
    if (queue.isOver) return;
    queue.waiting.push(delivery);
    queue.waitingOctets += costOf(delivery);
    delivery.published.flow?.add(queue.drained);
    // One message alone may be larger than the limit, as in the buffer of a slow client.
    const isTooMuch = queue.waiting.length > 1 && queue.waitingOctets > this.#mostWaitingOctets;
    if (isTooMuch) this.#endSession(queue, delivery.subscription.session);
  }

  #endSession(queue: Queue, session: SessionContext): void {
    queue.isOver = true;
    queue.waiting = [];
    const cause = 'an interceptor of clientOutboundChannel does not keep up';
    const details = { sessionId: session.id, waitingOctets: queue.waitingOctets, limit: this.#mostWaitingOctets };
    this.#logger.error(`a session is ended: ${cause}`, details);
    session.fail('SLOW_CONSUMER', `${queue.waitingOctets} octets wait: ${cause}`);
  }

  async #drain(queue: Queue): Promise<void> {
    const sessionId = queue.running.subscription.session.id;
    this.#queues.set(sessionId, queue);
    await queue.done;
    while (queue.waiting.length > 0) {
      const batch = queue.waiting;
      queue.waiting = [];
      for (const delivery of batch) {
        if (!queue.isOver) await this.#runNext(queue, delivery); // one after the other: their order is the point
      }
    }
    this.#queues.delete(sessionId);
  }

  #runNext(queue: Queue, delivery: QueuedDelivery): Awaitable<void> {
    queue.running = delivery;
    queue.waitingOctets -= costOf(delivery);
    queue.done = this.#send(delivery.subscription, delivery.published, delivery.attempt) ?? DONE;
    return queue.done;
  }

  /** A promise, which never rejects, if the channel needs one. */
  #send(subscription: Subscription, published: Message, attempt?: DeliveryAttempt): Promise<void> | undefined {
    if (!subscription.isActive) return undefined;
    let result: Awaitable<void>;
    try {
      result = this.#channel.send(
        published.deliveredTo(subscription.session, subscription.id, attempt ?? subscription),
      );
    } catch (error) {
      this.#failed(subscription, published, error, attempt);
      return undefined;
    }
    if (isPromise(result)) return this.#settled(result, subscription, published, attempt);
    this.#sent(subscription, published, attempt);
    return undefined;
  }

  #settled(
    result: Promise<void>,
    subscription: Subscription,
    published: Message,
    attempt: DeliveryAttempt | undefined,
  ): Promise<void> {
    return result.then(
      () => this.#sent(subscription, published, attempt),
      (error: unknown) => this.#failed(subscription, published, error, attempt),
    );
  }

  #sent(subscription: Subscription, published: Message, attempt: DeliveryAttempt | undefined): void {
    this.#counters.delivered += 1;
    if (!attempt) return;
    if (attempt.isRedelivered) this.#counters.redelivered += 1;
    try {
      attempt.sent();
    } catch (error) {
      this.#logFailure(subscription, published, error);
    }
  }

  #failed(subscription: Subscription, published: Message, error: unknown, attempt: DeliveryAttempt | undefined): void {
    this.#logFailure(subscription, published, error);
    try {
      attempt?.stopped();
    } catch (failure) {
      this.#logFailure(subscription, published, failure);
    }
  }

  #logFailure(subscription: Subscription, { destination }: Message, error: unknown): void {
    const details = { destination, sessionId: subscription.session.id, subscriptionId: subscription.id, error };
    // An interceptor that keeps a message from some receivers is no failure.
    if (isError(error) && error instanceof MessageRejectedError) this.#logger.debug('a delivery was stopped', details);
    else this.#logger.error('a delivery failed', details);
  }
}

function costOf({ published }: QueuedDelivery): number {
  return published.payload.length + OCTETS_PER_DELIVERY;
}
