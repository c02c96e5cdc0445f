import type { Message } from '../../../messaging/message.js';
import type { Deliverable } from '../../delivery/acknowledgement/delivery-source.js';
import type { TopicPolicy } from '../policy/destination-policy.js';
import { expiresAt } from '../policy/message-expiry.js';
import { octetsOf } from '../policy/message-octets.js';
import type { SubscriptionFilter } from '../../delivery/subscription.js';
import type { BacklogMessage } from './backlog.js';
import type { OutboxServices } from './outbox-services.js';
import { isDroppable } from './slow-consumer.js';

/** A message on its way to one subscription. */
export interface OutboxMessage extends Deliverable {
  /** Further headers of its MESSAGE frames, flat. */
  headers: readonly string[] | undefined;
  readonly octets: number;
  /** In milliseconds since 1970; `Infinity` for never. */
  readonly expiresAt: number;
  /** Whether a policy allows to drop it. */
  readonly isDroppable: boolean;
  /** While it waits a later one with this key takes its place. */
  readonly key: string | undefined;
  /** Its place in the order of the subscription. */
  number: number;
  /** How often it was delivered. */
  deliveries: number;
}

/** Makes the messages of one outbox, in their order. */
export class OutboxMessages {
  readonly #services: OutboxServices;
  readonly #filter: SubscriptionFilter | undefined;
  #nextNumber = 0;

  /** @param filter of the subscription */
  constructor(services: OutboxServices, filter: SubscriptionFilter | undefined) {
    this.#services = services;
    this.#filter = filter;
  }

  /** For a message that is published now. @param policy of its destination */
  createNew(published: Message, policy: TopicPolicy | undefined): OutboxMessage {
    return this.#create(published, policy, { key: this.#services.keyOf(published, policy) });
  }

  /** For one from before, unless the subscription does not want it. Nothing takes the place of what was promised to a client, so it has no key. */
  createOld({ published, policy, headers }: BacklogMessage): OutboxMessage | undefined {
    if (this.#filter && !this.#filter(published)) return undefined;
    const message = this.#create(published, policy, { headers });
    return this.#services.isPast(message.expiresAt) ? undefined : message;
  }

  #create(
    published: Message,
    policy: TopicPolicy | undefined,
    { key, headers }: Partial<Pick<OutboxMessage, 'key' | 'headers'>>,
  ): OutboxMessage {
    this.#nextNumber += 1;
    return {
      published,
      headers,
      octets: octetsOf(published),
      expiresAt: policy ? expiresAt(published) : Infinity,
      isDroppable: isDroppable(policy),
      key,
      number: this.#nextNumber,
      deliveries: 0,
    };
  }
}
