import type { StompVersion } from '@treadle/stomp';
import type { ReceivedFrame } from './received-frame.js';

/**
 * The headers of ACK and NACK for a message, in this version of STOMP.
 * @throws Error when the message is none that can be acknowledged
 */
export function acknowledgementHeaders({ headers }: ReceivedFrame, version: StompVersion): Record<string, string> {
  const { ack, subscription, 'message-id': messageId } = headers;
  if (version !== '1.2') return { 'message-id': messageId ?? '', ...(subscription !== undefined && { subscription }) };
  if (ack !== undefined) return { id: ack };
  throw new Error(
    `the message to ${headers['destination']} has no ack header: subscribe with { ack: 'client-individual' } or { ack: 'client' }`,
  );
}
