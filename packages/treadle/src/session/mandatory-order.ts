import type { Frame } from '@treadle/stomp';
import { subscriptionIdOf } from './session-subscriptions.js';

/**
 * Whether a frame has to wait for an earlier one that let go of its turn: DISCONNECT for all, since its RECEIPT says that everything before it was
 * processed (STOMP 1.2 § DISCONNECT); what concerns a subscription for the SUBSCRIBE that makes it, or it would stay behind.
 */
export function mustFollow(frame: Frame, earlier: Frame): boolean {
  switch (frame.command) {
    case 'DISCONNECT':
      return true;
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE':
      return earlier.command === 'SUBSCRIBE' && subscriptionIdOf(frame) === subscriptionIdOf(earlier);
    default:
      return false;
  }
}
