import { headerValue } from '@treadle/stomp';
import type { Clock, Timer } from '../../../foundation/clock.js';
import { asError } from '../../../foundation/error-text.js';
import type { Logger } from '../../../foundation/logger.js';
import type { BrokerErrorFrame, BrokerLink, BrokerMessage } from './broker-link.js';
import type { LinkSubscription, LinkSubscriptionRequest } from './link-subscription.js';
import { brokerRefused, brokerUnavailable, errorLine, hasCode } from './link-errors.js';
import { Turns } from './turns.js';

// A SUBSCRIBE whose link is ended by an ERROR may be its cause or its victim. The second time it is the cause: then it was the only one under way.
const MOST_STRIKES = 2;
// Asking for the next before the answer to the last saves the way between. All at once, the last answers of thousands would be late (`receiptTimeMs`).
const MOST_UNANSWERED = 100;

/** What the subscriptions of a lasting link need. */
export interface LinkSubscriptionsOptions {
  /** Whether there is another link after one that is lost. */
  readonly canReturn: boolean;
  /** How long a new one waits for a link, in milliseconds; for its turn on one that is there it waits as long as the broker takes. */
  readonly holdTimeMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One subscription, over all its links. */
interface Kept {
  readonly id: string;
  readonly request: LinkSubscriptionRequest;
  /** Where its SUBSCRIBE was written. */
  link: BrokerLink | undefined;
  strikes: number;
  /** Until it was made for the first time. */
  asked: Asked | undefined;
  isEnding: boolean;
}

/** Who waits for it to be made for the first time. */
interface Asked {
  readonly resolve: (subscription: LinkSubscription) => void;
  readonly reject: (error: Error) => void;
  timer: Timer | undefined;
  isOverdue: boolean;
}

/** The subscriptions of a lasting link: made on the link of the moment, and again on the next one. */
export class LinkSubscriptions {
  readonly #options: LinkSubscriptionsOptions;
  readonly #kept = new Map<string, Kept>();
  #made = 0;
  /** Connected, be it up or not yet. */
  #link: BrokerLink | undefined;
  readonly #turns = new Turns(MOST_UNANSWERED);

  constructor(options: LinkSubscriptionsOptions) {
    this.#options = options;
  }

  /** As of `LastingLink.subscribe`. */
  add(request: LinkSubscriptionRequest): Promise<LinkSubscription> {
    this.#made += 1;
    const id = `s${this.#made}`;
    return new Promise((resolve, reject) => {
      const asked: Asked = { resolve, reject, timer: undefined, isOverdue: false };
      const kept: Kept = { id, request, link: undefined, strikes: 0, asked, isEnding: false };
      asked.timer = this.#options.clock.setTimeout(() => this.#overdue(kept, asked), this.#options.holdTimeMs);
      this.#kept.set(id, kept);
      if (this.#link) void this.#make(kept, this.#link); // tells whom it concerns itself
    });
  }

  /** Makes all of them on a new link. Resolves when each was answered, or the link is lost; never rejects. */
  async restore(link: BrokerLink): Promise<void> {
    this.#link = link;
    const all = [...this.#kept.values()];
    await Promise.all(all.filter((kept) => kept.strikes === 0).map((kept) => this.#make(kept, link)));
    // Each alone: if one of these ends the link again, nobody else is suspected.
    for (const kept of all) if (kept.strikes > 0) await this.#make(kept, link);
  }

  /** The link is lost. */
  linkLost(): void {
    this.#link = undefined;
    for (const kept of this.#kept.values()) {
      kept.link = undefined;
      if (kept.asked?.isOverdue) this.#refuse(kept, brokerUnavailable('the broker is away'));
    }
  }

  /** There will be no link any more. Those that were never made are refused. */
  end(reason: Error): void {
    this.#link = undefined;
    for (const kept of this.#kept.values()) if (kept.asked) this.#refuse(kept, reason);
    this.#kept.clear();
  }

  /** A message came. One that belongs to no subscription of ours is dropped. */
  dispatch(message: BrokerMessage, link: BrokerLink): void {
    const id = headerValue(message.headers, 'subscription');
    const request = id === undefined ? undefined : this.#kept.get(id)?.request;
    if (message.isOversized) request?.onOversized?.(message, link);
    else request?.onMessage(message, link);
  }

  /** An ERROR names a subscription: the broker has ended it. @returns whether it is one of ours */
  endedByBroker({ subscription, message, body }: BrokerErrorFrame): boolean {
    const kept = subscription === undefined ? undefined : this.#kept.get(subscription);
    if (!kept) return false;
    this.#refuse(kept, brokerRefused(`the broker ended the subscription: ${errorLine(message, body)}`));
    return true;
  }

  /** At once when it is its turn: what its caller writes next comes behind it. Never rejects. */
  async #make(kept: Kept, link: BrokerLink): Promise<void> {
    if (!this.#turns.takeNow()) await this.#turns.take();
    await this.#subscribe(kept, link);
    this.#turns.give();
  }

  /** Never rejects. */
  async #subscribe(kept: Kept, link: BrokerLink): Promise<void> {
    if (this.#link !== link || kept.link || kept.isEnding || !this.#kept.has(kept.id)) return; // meanwhile
    try {
      const { destination, ack, headers } = kept.request.frame(link.dialect);
      kept.link = link;
      await link.request({
        command: 'SUBSCRIBE',
        headers: ['id', kept.id, 'destination', destination, 'ack', ack, ...headers],
      });
      this.#confirm(kept);
    } catch (error) {
      this.#failed(kept, link, asError(error));
    }
  }

  #confirm(kept: Kept): void {
    kept.strikes = 0;
    const { asked } = kept;
    if (!asked) return;
    kept.asked = undefined;
    asked.timer?.cancel();
    asked.resolve({ id: kept.id, end: (headers) => this.#end(kept, headers) });
  }

  #failed(kept: Kept, link: BrokerLink, error: Error): void {
    const isLost = !link.isOpen && this.#options.canReturn;
    if (!isLost) return this.#refuse(kept, hasCode(error, 'OUTCOME_UNKNOWN') ? gone(error) : error);
    if (!hasCode(error, 'BROKER_REFUSED')) return; // waits for the next link
    kept.strikes += 1;
    if (kept.strikes >= MOST_STRIKES) this.#refuse(kept, error);
  }

  /** Takes it away, and tells who has to know. */
  #refuse(kept: Kept, error: Error): void {
    if (!this.#kept.delete(kept.id)) return;
    const { asked } = kept;
    asked?.timer?.cancel();
    if (asked) asked.reject(error);
    else if (!kept.isEnding) this.#tellEnd(kept, error);
  }

  #tellEnd(kept: Kept, reason: Error): void {
    try {
      kept.request.onEnded(reason);
    } catch (error) {
      this.#options.logger.error('the end of a subscription could not be handled', { error });
    }
  }

  #overdue(kept: Kept, asked: Asked): void {
    asked.isOverdue = true;
    if (this.#link) return; // it has its turn, or will have it, or the link ends
    this.#refuse(kept, brokerUnavailable(`the broker was away for ${this.#options.holdTimeMs} ms`));
  }

  async #end(kept: Kept, headers: readonly string[] = []): Promise<void> {
    if (kept.isEnding || !this.#kept.has(kept.id)) return;
    kept.isEnding = true;
    const { link } = kept;
    const headersOfAll = ['id', kept.id, ...headers];
    // Refused or lost: nothing comes any more, either way.
    await link?.request({ command: 'UNSUBSCRIBE', headers: headersOfAll }).catch(() => undefined);
    this.#kept.delete(kept.id);
  }
}

/** A SUBSCRIBE without an answer leaves nothing in doubt: its subscription ended with the link. */
function gone(cause: Error): Error {
  return brokerUnavailable(cause.message, { cause });
}
