import type { DestinationPolicyDescription } from '../../broker.js';
import { DEFAULT_HISTORY_OCTETS } from '../history/history.js';
import { DEFAULT_WAITING_MESSAGES } from '../outbox/slow-consumer.js';
import { defaultDeadLetters, queueSettings } from '../queue/queue-settings.js';
import { destinationsOf } from './destination-policies.js';
import type { DestinationPolicy, TopicPolicy } from './destination-policy.js';

/** Policies as plain data, with the defaults that hold where they say nothing; a function is only said to be one. @param prefixes of the broker */
export function describePolicies(
  policies: readonly DestinationPolicy[],
  prefixes: readonly string[],
): readonly DestinationPolicyDescription[] {
  return policies.map((policy) => {
    const { destinations: _destinations, kind = 'topic', ...given } = policy;
    const defaults =
      policy.kind === 'queue' ? queueSettings(policy, defaultDeadLetters(prefixes)) : topicDefaults(policy);
    return { destinations: destinationsOf(policy), kind, options: asData({ ...withoutUndefined(given), ...defaults }) };
  });
}

function topicDefaults({
  retainLast = false,
  slowConsumer = 'disconnect',
  ...rest
}: TopicPolicy): Partial<TopicPolicy> {
  const { history, maxWaitingMessages = DEFAULT_WAITING_MESSAGES } = rest;
  const wholeHistory = history && { octets: DEFAULT_HISTORY_OCTETS, ...withoutUndefined(history) };
  return { retainLast, ...(wholeHistory && { history: wholeHistory }), slowConsumer, maxWaitingMessages };
}

function withoutUndefined(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function asData(value: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

function plain(value: unknown): unknown {
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? asData(value) : value;
}
