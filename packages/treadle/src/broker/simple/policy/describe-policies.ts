import type { DestinationPolicyDescription } from '../../broker.js';
import { destinationsOf } from './destination-policies.js';
import type { DestinationPolicy } from './destination-policy.js';

/** Policies as plain data; a function is only said to be one. */
export function describePolicies(policies: readonly DestinationPolicy[] = []): readonly DestinationPolicyDescription[] {
  return policies.map((policy) => {
    const { destinations: _destinations, kind = 'topic', ...options } = policy;
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    return {
      destinations: destinationsOf(policy),
      kind,
      options: Object.fromEntries(given.map(([name, value]) => [name, plain(value)])),
    };
  });
}

function plain(value: unknown): unknown {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
