import type { DestinationPolicy } from '../../src/broker/simple/policy/destination-policy.js';
import { covers } from './reference/reference-message.js';
import type { ReferenceRules } from './reference/reference-broker.js';
import type { QueueRules } from './reference/reference-queue.js';
import type { TopicRules } from './reference/reference-topics.js';

/** Where what failed too often goes. */
export const DEAD_LETTERS = '/queue/dead-letters';

/** Where more is kept than may wait for a subscription; no wildcard here covers it. */
export const LONG_TOPIC = '/topic/long/tail';

interface Rules {
  readonly destinations: string;
  readonly queue?: QueueRules;
  readonly topic?: TopicRules;
}

/** The first that covers a destination holds. Small numbers, so that every limit is met. */
const RULES: readonly Rules[] = [
  {
    destinations: DEAD_LETTERS,
    queue: { maxMessages: 2, whenFull: 'drop-oldest', maxDeliveries: Infinity, holdsDeadLetters: true },
  },
  { destinations: '/queue/few', queue: { maxMessages: 2, whenFull: 'refuse', maxDeliveries: 2 } },
  { destinations: '/queue/ring', queue: { maxMessages: 3, whenFull: 'drop-oldest', maxDeliveries: 3 } },
  { destinations: '/queue/*', queue: { maxMessages: 1000, whenFull: 'refuse', maxDeliveries: 3 } },
  { destinations: '/topic/last', topic: { retainLast: true } },
  { destinations: '/topic/log', topic: { history: { messages: 4 } } },
  { destinations: '/topic/log-and-last', topic: { retainLast: true, history: { messages: 3, forMs: 5000 } } },
  {
    destinations: LONG_TOPIC,
    topic: { history: { messages: 8 }, slowConsumer: 'drop-oldest', maxWaitingMessages: 4, isLossy: true },
  },
  { destinations: '/topic/newest', topic: { slowConsumer: 'drop-oldest', maxWaitingMessages: 2 } },
  { destinations: '/topic/keyed', topic: { slowConsumer: { latestByKey: 'kind' }, maxWaitingMessages: 3 } },
];

/** Queues that messages are published to. */
export const QUEUES = ['/queue/jobs', '/queue/mail', '/queue/few', '/queue/ring'] as const;

/** The same as the broker is told. */
export const POLICIES: readonly DestinationPolicy[] = RULES.map(({ destinations, queue, topic }) => {
  if (!queue) {
    const { isLossy: _isLossy, ...rules } = topic ?? {};
    return { destinations, ...rules };
  }
  const { maxDeliveries, holdsDeadLetters: _holdsDeadLetters, ...rest } = queue;
  return { kind: 'queue', destinations, ...rest, ...(maxDeliveries < Infinity && { maxDeliveries }) };
});

/** The same for the reference. */
export function referenceRules(isOutboundSlow: boolean): ReferenceRules {
  return {
    deadLetters: DEAD_LETTERS,
    queueRulesOf(destination) {
      const queue = find(destination)?.queue;
      return queue && { ...queue, isOutboundSlow };
    },
    topicRulesOf: (destination) => find(destination)?.topic,
  };
}

function find(destination: string): Rules | undefined {
  return RULES.find(({ destinations }) => covers(destinations, destination));
}
