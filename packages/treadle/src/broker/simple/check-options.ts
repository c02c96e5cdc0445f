import { inspect } from 'node:util';
import { ConfigurationError } from '../../foundation/errors.js';
import type { FindingDetails } from '../../foundation/finding.js';
import { reporting } from '../../foundation/findings.js';
import type { BrokerContext } from '../broker.js';
import { requireCount } from './broker-option.js';
import { DestinationPrefixes } from './destination-prefixes.js';
import { PolicyChecks } from './policy/policy-checks.js';
import type { SimpleBrokerOptions } from './simple-broker-options.js';

const COUNTS = [
  'prefetchCount',
  'maxPrefetchCount',
  'maxQueues',
  'maxQueueOctets',
  'maxHistories',
  'maxRetained',
  'maxKeptOctets',
] as const;

/**
 * Looks at everything the embedded broker was told.
 * @throws ConfigurationError with all that is wrong at once
 */
export function checkSimpleBrokerOptions(
  options: SimpleBrokerOptions & { readonly destinationPrefixes: readonly string[] },
  context: Pick<BrokerContext, 'destinationSeparator' | 'userDestinationPrefix'>,
): void {
  const found: FindingDetails[] = [];
  const report = (finding: FindingDetails): unknown => found.push(finding);
  const { destinationPrefixes, wildcards } = options;
  const prefixes = new DestinationPrefixes(destinationPrefixes);
  reporting(report, 'simpleBroker', () => prefixes.check());
  if (wildcards !== undefined && wildcards !== 'ant' && wildcards !== 'rabbitmq') {
    const location = 'simpleBroker, wildcards';
    report({ location, problem: `it is ${inspect(wildcards)}`, cure: "give 'ant' or 'rabbitmq'" });
  }
  for (const name of COUNTS) {
    const value = options[name];
    if (value !== undefined) reporting(report, 'simpleBroker', () => requireCount(name, value));
  }
  const surroundings = {
    syntax: {
      separator: context.destinationSeparator,
      wildcards: wildcards === 'rabbitmq' ? wildcards : 'ant',
    } as const,
    prefixes: destinationPrefixes,
    userPrefix: context.userDestinationPrefix.replace(/\/+$/, ''),
    covers: (destination: string) => prefixes.covers(destination),
  };
  new PolicyChecks(surroundings, report).run(options.policies);
  if (found.length > 0) throw new ConfigurationError(found);
}
