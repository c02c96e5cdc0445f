import type { Clock } from '../../../foundation/clock.js';
import { MessageRejectedError } from '../../../foundation/errors.js';
import type { Message } from '../../../messaging/message.js';
import type { DestinationPolicy } from './destination-policy.js';
import { MessageRates } from './message-rates.js';

/** Decides whether a destination takes a message, by the limits of its policy. A refusal concerns the message alone. */
export class Admission {
  readonly #rates: MessageRates;

  constructor(clock: Clock) {
    this.#rates = new MessageRates(clock);
  }

  /** @throws MessageRejectedError `DESTINATION_MESSAGE_TOO_LARGE`, `DESTINATION_RATE_EXCEEDED` */
  admit({ destination = '', payload }: Message, policy: DestinationPolicy): void {
    const { maxMessageOctets = Infinity, maxMessagesPerSecond } = policy;
    if (payload.length > maxMessageOctets) {
      const detail = `${destination} takes ${maxMessageOctets} octets, and the message has ${payload.length}`;
      throw new MessageRejectedError(detail, { code: 'DESTINATION_MESSAGE_TOO_LARGE', endsSession: false });
    }
    if (maxMessagesPerSecond === undefined || this.#rates.take(destination, maxMessagesPerSecond)) return;
    const detail = `${destination} takes ${maxMessagesPerSecond} messages per second`;
    throw new MessageRejectedError(detail, { code: 'DESTINATION_RATE_EXCEEDED', endsSession: false });
  }
}

/**
 * Refuses a subscription when as many get the messages of its destination already, be it through patterns. A pattern is counted like a destination
 * of that name: with those who would get a message to its very text.
 * @param present how many there are
 * @throws MessageRejectedError `SUBSCRIBER_LIMIT_EXCEEDED`, which concerns the subscription alone
 */
export function requireRoomForSubscriber(destination: string, { maxSubscribers }: DestinationPolicy, present: number): void {
  if (maxSubscribers === undefined || present < maxSubscribers) return;
  const detail = `${destination} takes ${maxSubscribers} subscriptions`;
  throw new MessageRejectedError(detail, { code: 'SUBSCRIBER_LIMIT_EXCEEDED', endsSession: false });
}
