import { ConfigurationError } from '../../foundation/errors.js';
import type { FindingDetails, Report } from '../../foundation/finding.js';
import { reporting } from '../../foundation/findings.js';
import {
  anyList,
  anyObject,
  checkKind,
  checkNames,
  type Kind,
  listOf,
  oneOf,
  text,
  wholeNumber,
} from '../../foundation/option-kind.js';
import type { BrokerContext } from '../broker.js';
import { resolvePrefetchLimits } from '../delivery/ack-headers.js';
import { DestinationPrefixes } from '../delivery/destination-prefixes.js';
import { PolicyChecks } from './policy/policy-checks.js';
import { noteIdleLimits } from './policy/policy-notes.js';
import { DEFAULT_DESTINATION_PREFIXES, type SimpleBrokerOptions } from './simple-broker-options.js';

/** Every option; one that is missing here does not compile. */
const OPTIONS = {
  destinationPrefixes: listOf(text, "a list of texts, such as ['/topic', '/queue']"),
  cacheLimit: wholeNumber(0),
  wildcards: oneOf('ant', 'rabbitmq'),
  policies: anyList('a list of policies'),
  prefetchCount: wholeNumber(1),
  maxPrefetchCount: wholeNumber(1),
  maxUnacknowledgedOctets: wholeNumber(1),
  maxQueues: wholeNumber(1),
  maxQueueOctets: wholeNumber(1),
  maxHistories: wholeNumber(1),
  maxRetained: wholeNumber(1),
  maxKeptOctets: wholeNumber(1),
} satisfies Record<keyof SimpleBrokerOptions, Kind>;

/**
 * Looks at everything the embedded broker was told, and notes what is allowed and has no effect.
 * @throws ConfigurationError with all that is wrong at once
 */
export function checkSimpleBrokerOptions(given: SimpleBrokerOptions, context: BrokerContext): void {
  const found: FindingDetails[] = [];
  const report: Report = (finding) => found.push(located(finding));
  const options = fittingOptions(given, report);
  const { destinationPrefixes = DEFAULT_DESTINATION_PREFIXES, wildcards = 'ant' } = options;
  const prefixes = new DestinationPrefixes(destinationPrefixes);
  reporting(report, '', () => prefixes.check());
  checkPrefetchCount(options, report);
  const surroundings = {
    syntax: { separator: context.destinationSeparator, wildcards },
    prefixes: destinationPrefixes,
    userPrefix: context.userDestinationPrefix,
    covers: (destination: string) => prefixes.covers(destination),
  };
  new PolicyChecks(surroundings, report).run(options.policies ?? []);
  if (found.length > 0) throw new ConfigurationError(found);
  noteIdleLimits(options, context.limits, (finding) => context.note(located(finding)));
}

function located(finding: FindingDetails): FindingDetails {
  return { ...finding, location: finding.location ? `simpleBroker, ${finding.location}` : 'simpleBroker' };
}

/** Plain JavaScript may give anything. */
function fittingOptions(given: unknown, report: Report): SimpleBrokerOptions {
  const object = Object(checkKind({ ...anyObject, name: 'an object of options' }, given, '', report)) as object; // {} for undefined
  return checkNames(OPTIONS, object, { location: '', report }); // what is left of it fits
}

function checkPrefetchCount(options: SimpleBrokerOptions, report: Report): void {
  const { prefetchCount, maxPrefetchCount } = resolvePrefetchLimits(options);
  if (prefetchCount <= maxPrefetchCount) return;
  const problem = `it is ${prefetchCount}, above maxPrefetchCount, which is ${maxPrefetchCount}`;
  report({ location: 'prefetchCount', problem, cure: 'lower the one or raise the other' });
}
