import { type Frame, headerValue, type StompVersion } from '@treadle/stomp';
import type { Acknowledgement } from '../messaging/acknowledgement.js';

/** What an ACK or NACK frame is about (STOMP 1.2 § ACK, STOMP 1.1 § ACK, STOMP 1.0 § ACK); its required headers have been checked. */
export function acknowledgementOf({ headers }: Frame, version: StompVersion): Acknowledgement {
  if (version === '1.2') return { ackId: headerValue(headers, 'id') };
  return { messageId: headerValue(headers, 'message-id'), subscriptionId: headerValue(headers, 'subscription') };
}
