import { Latencies } from '../load/latencies.js';
import type { ServerAddress } from '../load/stomp-connection.js';
import type { ConsumerPolicy, Offender } from './consumer-policies.js';
import { QueueFeed } from './queue-feed.js';
import { TopicFeed } from './topic-feed.js';

/** Who is at work in a case. */
export interface ConsumerCase {
  readonly policy: ConsumerPolicy;
  readonly offender: Offender;
  /** How many keep up. */
  readonly healthy: number;
}

/** Healthy consumers, and one that may be none, at work on one server. */
export interface ConsumerTraffic {
  /** Sends at a fixed pace for so many seconds. Resolves when the healthy ones have what is theirs. @throws Error when they lost something */
  run(seconds: number): Promise<Latencies>;
  /** Resolves to what became of the offender, when all sessions are closed. @throws Error when it is not what its policy says */
  settle(): Promise<string>;
}

/** Connects and subscribes everybody. */
export function openTraffic(
  address: ServerAddress,
  { policy, offender, healthy }: ConsumerCase,
): Promise<ConsumerTraffic> {
  if (policy === 'queue') return QueueFeed.open(address, offender, healthy);
  return TopicFeed.open(address, { policy, offender, healthy });
}
