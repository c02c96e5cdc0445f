import { type Frame, headerValue, type StompVersion } from '@treadle/stomp';
import type { Acknowledgement, AcknowledgementTransaction } from '../messaging/acknowledgement.js';
import { isAnswerId } from '../messaging/answer-ids.js';

/**
 * What an ACK or NACK frame is about (STOMP 1.2 § ACK, STOMP 1.1 § ACK, STOMP 1.0 § ACK); its required headers have been checked.
 * @param transaction what its `transaction` header names
 */
export function acknowledgementOf(
  { headers }: Frame,
  version: StompVersion,
  transaction: AcknowledgementTransaction | undefined,
): Acknowledgement {
  if (version === '1.2') return { ackId: headerValue(headers, 'id'), transaction };
  return {
    messageId: headerValue(headers, 'message-id'),
    subscriptionId: headerValue(headers, 'subscription'),
    transaction,
  };
}

/** Whether it is about an answer to a SUBSCRIBE, which went past the broker: nobody waits for it to be acknowledged. */
export function isOfAnswer({ ackId, messageId }: Acknowledgement): boolean {
  return isAnswerId(ackId ?? messageId ?? '');
}
