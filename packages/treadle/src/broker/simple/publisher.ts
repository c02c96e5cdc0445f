import type { Clock } from '../../foundation/clock.js';
import type { Message } from '../../messaging/message.js';
import type { BrokerCounters } from '../delivery/broker-counters.js';
import type { SubscriptionGroups } from '../delivery/destination-index.js';
import type { MessageIds } from '../delivery/message-ids.js';
import { Admission } from './policy/admission.js';
import type { DestinationPolicies } from './policy/destination-policies.js';
import type { DestinationPolicy, TopicPolicy } from './policy/destination-policy.js';
import { countSessions, keepable, publishedMessage } from '../delivery/published-message.js';
import type { Topics } from './policy/topics.js';
import type { QueueSettings } from './queue/queue-settings.js';
import type { Queues } from './queue/queues.js';
import type { SessionDeliveries } from '../delivery/session-deliveries.js';
import type { SubscriptionRegistry } from '../delivery/subscription-registry.js';

/** What publishing works with. */
export interface PublisherParts {
  readonly clock: Clock;
  readonly counters: BrokerCounters;
  readonly ids: MessageIds;
  readonly policies: DestinationPolicies;
  readonly registry: SubscriptionRegistry;
  readonly deliveries: SessionDeliveries;
  readonly queues: Queues;
  readonly topics: Topics;
}

/** Gives each message to those who get it: every subscription of a topic, one of a queue. */
export class Publisher {
  readonly #parts: PublisherParts;
  readonly #admission: Admission;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#admission = new Admission(parts.clock);
  }

  /**
   * When it returns the message is accepted for all its receivers.
   * @param destination of the message
   * @throws MessageRejectedError a limit of its destination, which concerns the message alone
   */
  publish(message: Message, destination: string): void {
    const { counters, policies, queues, registry } = this.#parts;
    const isTranslated = message.userDestination !== undefined;
    const policy = policies.find(message);
    const queue = isTranslated ? undefined : queues.settingsOf(destination);
    if (policy ?? queue) return counters.accepting(() => this.#publishByPolicy(message, policy, queue));
    counters.published += 1;
    const groups = registry.find(destination, isTranslated);
    if (groups.length > 0) this.#fanOut(message, this.#createPublished(message), groups);
  }

  #publishByPolicy(message: Message, policy: DestinationPolicy | undefined, queue: QueueSettings | undefined): void {
    const added = policy && this.#admission.admit(message, policy);
    if (policy && !added) this.#parts.counters.expired += 1;
    else if (queue) this.#enqueue(message, this.#createPublished(message, added), queue);
    else if (policy && policy.kind !== 'queue') this.#publishToTopic(message, policy, added);
  }

  #enqueue(message: Message, published: Message, settings: QueueSettings): void {
    const hasConsumers = this.#parts.queues.publish(published, settings);
    if (message.reach && hasConsumers) message.reach.sessions += 1;
  }

  #publishToTopic(message: Message, policy: TopicPolicy, added: readonly string[] = []): void {
    const published = this.#parts.topics.publish(message, policy, (first, without) =>
      keepable(this.#createPublished(message, [...first, ...added], without)),
    );
    const { destination = '', userDestination } = message;
    const groups = this.#parts.registry.find(destination, userDestination !== undefined);
    if (groups.length > 0) this.#fanOut(message, published, groups, policy);
  }

  #fanOut({ reach }: Message, published: Message, groups: SubscriptionGroups, policy?: TopicPolicy): void {
    if (reach) reach.sessions += countSessions(groups, published);
    const { deliveries, topics } = this.#parts;
    let kept: Message | undefined;
    for (const group of groups) {
      for (const subscription of group) {
        if (subscription.filter && !subscription.filter(published)) continue;
        if (policy) topics.deliver(subscription, published, policy);
        else if (subscription.outbox) subscription.outbox.offer((kept ??= keepable(published)), undefined);
        else deliveries.deliver(subscription, published);
      }
    }
  }

  #createPublished(message: Message, added?: readonly string[], without?: readonly string[]): Message {
    return publishedMessage(message, { id: this.#parts.ids.create(), added, without });
  }
}
