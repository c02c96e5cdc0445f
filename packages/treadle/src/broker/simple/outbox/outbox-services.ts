import type { Message } from '../../../messaging/message.js';
import type { SessionContext } from '../../../messaging/session-context.js';
import type { TopicPolicy } from '../policy/destination-policy.js';

/** What all outboxes of a broker share. */
export interface OutboxServices {
  /** Whether a moment in milliseconds since 1970 is over. */
  isPast(moment: number): boolean;
  /** What a message replaces; `undefined`, and a line in the log, where a function of the application throws. */
  keyOf(published: Message, policy: TopicPolicy | undefined): string | undefined;
  /** A message is not delivered: because its subscriber is too slow, or, without a session, because it was rejected. */
  onDropped(published: Message, session?: SessionContext): void;
  onExpired(): void;
}
