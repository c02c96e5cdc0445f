import { type Awaitable, DONE, isPromise } from '../../foundation/awaitable.js';
import { MessageRejectedError } from '../../foundation/errors.js';
import type { Logger } from '../../foundation/logger.js';
import type { Message } from '../../messaging/message.js';
import type { MessageChannel } from '../../messaging/message-channel.js';
import type { Subscription } from './subscription.js';

interface Delivery {
  readonly subscription: Subscription;
  readonly published: Message;
}

/** The deliveries of one session behind a send that is not done yet. */
interface Queue {
  running: Delivery;
  /** Settles with the running send; never rejects. */
  done: Promise<void>;
  waiting: Delivery[];
  isFull: boolean;
}

/** Deliveries that may queue up behind one session's asynchronous outbound interceptors before further ones are dropped. */
const MOST_WAITING = 10_000;

/**
 * Sends deliveries to `clientOutboundChannel`, each session's in the order they come. As long as the channel is synchronous that needs
 * nothing; while an asynchronous interceptor holds a message of a session, the session's next ones wait behind it
 * and nobody else's do. The publisher never waits. What fails is logged and concerns one receiver only.
 */
export class SessionDeliveries {
  readonly #channel: MessageChannel;
  readonly #logger: Logger;
  /** By session id; only sessions with a send in progress are here. */
  readonly #queues = new Map<string, Queue>();

  constructor(channel: MessageChannel, logger: Logger) {
    this.#channel = channel;
    this.#logger = logger;
  }

  /** Sends `published` to a subscription, now or when the earlier ones are through. Does nothing if the subscription ended meanwhile. */
  deliver(subscription: Subscription, published: Message): void {
    if (this.#queues.size > 0) {
      const queue = this.#queues.get(subscription.session.id);
      if (queue) return this.#enqueue(queue, { subscription, published });
    }
    const done = this.#send(subscription, published);
    if (done) void this.#drain({ running: { subscription, published }, done, waiting: [], isFull: false });
  }

  /** Settles when nothing more of a subscription that ended can reach its client. */
  ended(subscription: Subscription): Awaitable<void> {
    const queue = this.#queues.get(subscription.session.id);
    if (queue?.running.subscription === subscription) return queue.done;
  }

  #enqueue(queue: Queue, delivery: Delivery): void {
    if (queue.waiting.length < MOST_WAITING) {
      queue.waiting.push(delivery);
      return;
    }
    if (queue.isFull) return;
    queue.isFull = true;
    const sessionId = delivery.subscription.session.id;
    const cause = 'an interceptor of clientOutboundChannel does not keep up';
    this.#logger.error(`messages to a session are dropped: ${cause}`, { sessionId, waiting: MOST_WAITING });
  }

  async #drain(queue: Queue): Promise<void> {
    const sessionId = queue.running.subscription.session.id;
    this.#queues.set(sessionId, queue);
    await queue.done;
    while (queue.waiting.length > 0) {
      const batch = queue.waiting;
      queue.waiting = [];
      for (const delivery of batch) await this.#runNext(queue, delivery); // one after the other: their order is the point
      queue.isFull = false;
    }
    this.#queues.delete(sessionId);
  }

  #runNext(queue: Queue, delivery: Delivery): Awaitable<void> {
    queue.running = delivery;
    queue.done = this.#send(delivery.subscription, delivery.published) ?? DONE;
    return queue.done;
  }

  /** A promise, which never rejects, if the channel needs one. */
  #send(subscription: Subscription, published: Message): Promise<void> | undefined {
    if (!subscription.isActive) return undefined;
    try {
      const result = this.#channel.send(published.deliveredTo(subscription.session, subscription.id));
      if (!isPromise(result)) return undefined;
      return result.catch((error: unknown) => this.#logFailure(subscription, published, error));
    } catch (error) {
      this.#logFailure(subscription, published, error);
      return undefined;
    }
  }

  #logFailure(subscription: Subscription, { destination }: Message, error: unknown): void {
    const details = { destination, sessionId: subscription.session.id, subscriptionId: subscription.id, error };
    // An interceptor that keeps a message from some receivers is no failure.
    if (error instanceof MessageRejectedError) this.#logger.debug('a delivery was stopped', details);
    else this.#logger.error('a delivery failed', details);
  }
}
