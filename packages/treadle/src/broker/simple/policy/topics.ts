import type { Clock } from '../../../foundation/clock.js';
import { DestinationPattern, type PatternSyntax } from '../../../messaging/destination-pattern.js';
import type { Message } from '../../../messaging/message.js';
import type { DeliveryWindows } from '../../delivery/acknowledgement/delivery-windows.js';
import type { DispatchLoop } from '../../delivery/dispatch-loop.js';
import { Histories } from '../history/histories.js';
import { type HistoryPosition, recover, recoverNothing, type Recovery } from '../history/recovery.js';
import type { RecoveryRequest } from '../history/recovery-request.js';
import { RetainedBacklog } from '../history/retained-backlog.js';
import { RetainedMessages } from '../history/retained-messages.js';
import type { Backlog } from '../outbox/backlog.js';
import type { Outbox, OutboxStart } from '../outbox/outbox.js';
import type { Outboxes } from '../outbox/outboxes.js';
import { isDroppable } from '../outbox/slow-consumer.js';
import type { SessionDeliveries } from '../../delivery/session-deliveries.js';
import type { Subscription } from '../../delivery/subscription.js';
import { compilePolicyPattern, type DestinationPolicies } from './destination-policies.js';
import type { TopicPolicy } from './destination-policy.js';
import { type KeptMessageOptions, resolveKeptLimits } from './kept-message-options.js';

/** What topics work with. */
export interface TopicsParts {
  readonly clock: Clock;
  readonly loop: DispatchLoop;
  readonly syntax: PatternSyntax;
  readonly policies: DestinationPolicies;
  readonly outboxes: Outboxes;
  readonly deliveries: SessionDeliveries;
  readonly windows: DeliveryWindows;
}

/** Headers that receivers must be able to believe, so that none of a sender passes where there is a history, or a retained message. */
const OF_HISTORY: readonly string[] = ['offset', 'epoch', 'recovered'];
const OF_RETAINED: readonly string[] = ['retained'];
const NONE: readonly string[] = [];

/**
 * What policies do for topics: it keeps messages for those who come later, gives them to new subscriptions, and lets messages wait for subscriptions that
 * cannot take them. Translated user destinations end with their session, so nothing of them is kept.
 */
export class Topics {
  readonly #parts: TopicsParts;
  readonly #histories: Histories;
  readonly #retained: RetainedMessages;

  constructor(parts: TopicsParts, options: KeptMessageOptions) {
    const { maxHistories, maxRetained, maxKeptOctets: octets } = resolveKeptLimits(options);
    this.#parts = parts;
    this.#histories = new Histories(parts.clock, { destinations: maxHistories, octets });
    this.#retained = new RetainedMessages({ destinations: maxRetained, octets }, parts.syntax);
  }

  /**
   * Makes the message that everybody gets, and keeps it where the policy says so.
   * @param create makes it with further headers, flat, and without those of the sender that are named
   */
  publish(
    { destination = '', userDestination }: Message,
    policy: TopicPolicy,
    create: (first: readonly string[], without: readonly string[]) => Message,
  ): Message {
    const isKept = userDestination === undefined;
    const history = isKept && policy.history ? this.#histories.open(destination, policy.history) : undefined;
    const without = [...(history ? OF_HISTORY : NONE), ...(policy.retainLast ? OF_RETAINED : NONE)];
    const first = history ? ['offset', String(history.nextOffset), 'epoch', history.epoch] : NONE;
    const published = create(first, without);
    if (!history && !policy.retainLast) return published;
    // The stream that published it does not wait for those who come later.
    const kept = published.flow ? published.with({ flow: undefined }) : published;
    if (history) this.#histories.append(history, kept);
    if (isKept && policy.retainLast) this.#retained.keep(destination, kept);
    return published;
  }

  /** Gives a subscription a message that is published now. @param policy of its destination */
  deliver(subscription: Subscription, published: Message, policy: TopicPolicy): void {
    const { outbox } = subscription;
    if (outbox) return outbox.offer(published, policy);
    const { deliveries } = this.#parts;
    const mustWait = isDroppable(policy) && deliveries.whenRoom(subscription.session) !== undefined;
    if (!mustWait) return deliveries.deliver(subscription, published);
    this.#openOutbox(subscription).offer(published, policy);
  }

  /**
   * Gives a subscription that has just become live what is there for it, behind the RECEIPT of its SUBSCRIBE. Without anything of that kind, and
   * without acknowledgements, it has no outbox.
   */
  subscribed(subscription: Subscription, asked: RecoveryRequest | undefined): void {
    const request = this.#isQueue(subscription) ? undefined : asked; // what nobody acknowledged is still in there
    const history = this.#historyPolicyOf(subscription);
    const recovery = history && request && this.#recover(subscription, request, history);
    const isComplete = recovery?.isComplete ?? false;
    const recovered = request && String(isComplete);
    if (recovered !== undefined) subscription.ticket?.answer('recovered', recovered);
    if (history) this.#answerStart(subscription, recovery ?? this.#presentOf(subscription));
    const backlog = recovery?.backlog ?? (isComplete ? undefined : this.#retainedFor(subscription));
    const firstHeaders = recovered === undefined ? undefined : ['recovered', recovered];
    if (!backlog && !firstHeaders && subscription.ackMode === 'auto') return;
    const outbox = this.#openOutbox(subscription, { backlog, firstHeaders });
    if (backlog) this.#parts.loop.addLater({ dispatch: outbox.open() });
  }

  /** Forgets everything. */
  stop(): void {
    this.#histories.clear();
    this.#retained.clear();
    this.#parts.outboxes.stop();
  }

  /** Where the subscription begins, so that a client that gets no message before it is cut off can say how far it had come. */
  #answerStart({ ticket }: Subscription, { offset, epoch }: HistoryPosition): void {
    ticket?.answer('offset', String(offset));
    ticket?.answer('epoch', epoch);
  }

  #presentOf({ destination }: Subscription): HistoryPosition {
    const history = this.#histories.find(destination);
    if (!history) return { offset: 0, epoch: this.#histories.nextEpoch };
    return { offset: history.nextOffset - 1, epoch: history.epoch };
  }

  #recover({ destination }: Subscription, request: RecoveryRequest, policy: TopicPolicy): Recovery {
    const history = this.#histories.find(destination);
    return history ? recover(request, history, policy) : recoverNothing(request, this.#histories.nextEpoch);
  }

  /** The policy of a subscription that can be recovered: numbers belong to one destination. */
  #historyPolicyOf({ destination, isTranslated }: Subscription): TopicPolicy | undefined {
    if (isTranslated) return undefined;
    const policy = this.#findPolicy(destination);
    return policy?.history && !this.#isPattern(destination) ? policy : undefined;
  }

  #retainedFor({ destination, isTranslated }: Subscription): Backlog | undefined {
    if (this.#retained.size === 0 || isTranslated) return undefined;
    const destinations = this.#isPattern(destination)
      ? this.#retained.matching(compilePolicyPattern(destination, this.#parts.syntax))
      : this.#retained.only(destination);
    if (destinations.length === 0) return undefined;
    const findPolicy = (each: string): TopicPolicy | undefined => this.#findPolicy(each);
    return new RetainedBacklog(destinations, { retained: this.#retained, findPolicy });
  }

  #findPolicy(destination: string): TopicPolicy | undefined {
    const policy = this.#parts.policies.findFor(destination);
    return policy?.kind === 'queue' ? undefined : policy;
  }

  /** Whether it gets messages of a queue alone. */
  #isQueue({ destination, isTranslated }: Subscription): boolean {
    if (isTranslated) return false;
    return this.#parts.policies.findFor(destination)?.kind === 'queue' && !this.#isPattern(destination);
  }

  #isPattern(destination: string): boolean {
    return DestinationPattern.isPattern(destination, this.#parts.syntax.wildcards);
  }

  /** One that nothing else needs is over when it is idle: then messages go straight to the session again. */
  #openOutbox(subscription: Subscription, start: OutboxStart = {}): Outbox {
    const onIdle = subscription.ackMode === 'auto' ? () => (subscription.outbox = undefined) : undefined;
    const { outboxes, windows } = this.#parts;
    const outbox = outboxes.create(windows.of(subscription), { ...start, onIdle });
    subscription.outbox = outbox;
    return outbox;
  }
}
