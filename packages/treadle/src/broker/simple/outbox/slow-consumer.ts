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
  if (typeof key !== 'string' && typeof key !== 'number') return undefined;
  const { destination = '' } = published;
  return `${destination.length} ${destination}${key}`; // no destination can be taken for the beginning of another one's key
}
