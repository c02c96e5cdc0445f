import type { Clock } from '../../../foundation/clock.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { SubscriptionGroups } from '../../delivery/destination-index.js';
import type { DestinationPolicy } from './destination-policy.js';
import { expiresHeader, momentOf } from './message-expiry.js';
import { MessageRates } from './message-rates.js';

const NOTHING: readonly string[] = [];

/** Decides whether a destination takes a message, by the limits of its policy. A refusal concerns the message alone. */
export class Admission {
  readonly #clock: Clock;
  readonly #rates: MessageRates;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#rates = new MessageRates(clock);
  }

  /**
   * The headers that its policy gives an accepted message, flat; `undefined` when it has expired already.
   * @throws MessageRejectedError `DESTINATION_MESSAGE_TOO_LARGE`, `DESTINATION_RATE_EXCEEDED`, `HEADER_MALFORMED`
   */
  admit(message: Message, policy: DestinationPolicy): readonly string[] | undefined {
    requireSize(message, policy);
    const own = message.headers.get('expires');
    if (own === undefined && policy.expiresAfterMs === undefined) return this.#take(message, policy, NOTHING);
    const now = this.#clock.wallTime();
    if (own === undefined) return this.#take(message, policy, ['expires', expiresHeader(policy, now)]);
    const isOver = momentOf(own) <= now;
    return this.#take(message, policy, isOver ? undefined : NOTHING);
  }

  #take<T>({ destination = '' }: Message, { maxMessagesPerSecond }: DestinationPolicy, admitted: T): T {
    if (maxMessagesPerSecond === undefined || this.#rates.take(destination, maxMessagesPerSecond)) return admitted;
    const detail = `${destination} takes ${maxMessagesPerSecond} messages per second`;
    throw new MessageRejectedError(detail, { code: 'DESTINATION_RATE_EXCEEDED', endsSession: false });
  }
}

function requireSize({ destination = '', payload }: Message, { maxMessageOctets = Infinity }: DestinationPolicy): void {
  if (payload.length <= maxMessageOctets) return;
  const detail = `${destination} takes ${maxMessageOctets} octets, and the message has ${payload.length}`;
  throw new MessageRejectedError(detail, { code: 'DESTINATION_MESSAGE_TOO_LARGE', endsSession: false });
}

/**
 * Refuses a subscription when as many get the messages of its destination already, be it through patterns. A pattern is counted like a destination
 * of that name: with those who would get a message to its very text.
 * @param find the subscriptions that would get a message to it
 * @throws MessageRejectedError `SUBSCRIBER_LIMIT_EXCEEDED`, which concerns the subscription alone
 */
export function requireRoomForSubscriber(
  destination: string,
  policy: DestinationPolicy | undefined,
  find: () => SubscriptionGroups,
): void {
  const { maxSubscribers } = policy ?? {};
  if (maxSubscribers === undefined) return;
  const present = find().reduce((sum, group) => sum + group.length, 0);
  if (present < maxSubscribers) return;
  const detail = `${destination} takes ${maxSubscribers} subscriptions`;
  throw new MessageRejectedError(detail, { code: 'SUBSCRIBER_LIMIT_EXCEEDED', endsSession: false });
}
