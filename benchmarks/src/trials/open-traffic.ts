import type { ServerAddress } from '../load/stomp-connection.js';
import type { ConsumerCase, ConsumerTraffic } from './consumer-traffic.js';
import { QueueFeed } from './queue-feed.js';
import { TopicFeed } from './topic-feed.js';

/** Connects and subscribes everybody. */
export function openTraffic(
  address: ServerAddress,
  { policy, offender, healthy }: ConsumerCase,
): Promise<ConsumerTraffic> {
  if (policy === 'queue') return QueueFeed.open(address, offender, healthy);
  return TopicFeed.open(address, { policy, offender, healthy });
}
