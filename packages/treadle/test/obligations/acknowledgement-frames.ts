import type { StompVersion } from '@treadle/stomp';
import type { RawFrame } from './raw-frame.js';

/**
 * An ACK or NACK frame for a MESSAGE in the form of the version: by its `ack` header (STOMP 1.2 § ACK), by message id and subscription
 * (STOMP 1.1 § ACK), or by message id alone (STOMP 1.0 § ACK).
 * @param further header lines, each with its line end
 */
export function acknowledgement(
  command: 'ACK' | 'NACK',
  message: RawFrame | undefined,
  version: StompVersion,
  further = '',
): string {
  return `${command}\n${named(message, version)}\n${further}\n\0`;
}

function named(message: RawFrame | undefined, version: StompVersion): string {
  if (version === '1.2') return `id:${message?.header('ack')}`;
  const messageId = `message-id:${message?.header('message-id')}`;
  return version === '1.0' ? messageId : `${messageId}\nsubscription:${message?.header('subscription')}`;
}
