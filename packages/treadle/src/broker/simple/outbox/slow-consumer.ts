import type { Message } from '../../../messaging/message.js';
import type { TopicPolicy } from '../policy/destination-policy.js';

/** Messages that may wait for one subscription, where the policy says nothing else. */
export const DEFAULT_WAITING_MESSAGES = 1000;

/** Whether messages of a destination may be dropped for a subscriber that reads too slowly; else its session is ended. */
export function isDroppable(policy: TopicPolicy | undefined): boolean {
  const rule = policy?.slowConsumer;
  return rule !== undefined && rule !== 'disconnect';
}

/**
 * What makes two waiting messages of one destination replace each other; `undefined` for a message that replaces nothing.
 * @throws whatever a function of the application throws
 */
export function keyOf(published: Message, policy: TopicPolicy | undefined): string | undefined {
  const rule = policy?.slowConsumer;
  if (typeof rule !== 'object') return undefined;
  const { latestByKey } = rule;
  const key: unknown = typeof latestByKey === 'string' ? published.headers.get(latestByKey) : latestByKey(published);
  // Destinations hold no line end of their own: STOMP writes one as an escape, but nobody can subscribe across two destinations by it.
  return key === undefined || key === null ? undefined : `${published.destination ?? ''}\n${String(key)}`;
}
