import * as fc from 'fast-check';
import { acknowledging, acknowledgingTwice } from './acknowledgement-commands.js';
import { connecting, disconnecting, pausing, vanishing, waiting } from './connection-commands.js';
import { publishing } from './publishing-commands.js';
import { type Command, commandOf, hasteOf, type Step } from './step.js';
import { type Recovering, subscribing, unsubscribing } from './subscription-commands.js';
import { beginning, endingTransaction } from './transaction-commands.js';

/** What clients may name. */
export interface Mixture {
  /** Of which one conversation is about a few: what never meets finds nothing. */
  readonly destinations: readonly string[];
  /** Further ones that are published to, and subscribed to. */
  readonly alsoPublished: readonly string[];
  readonly alsoSubscribed: readonly string[];
  /** Default: nothing is recovered. */
  readonly recoverings?: readonly Recovering[];
  /** Whether some clients do not wait for what comes of what they did before. Default true. */
  readonly hastes?: boolean;
}

/** How often something is done in comparison with others. What ends a session is rare, so that conversations become long. */
const WEIGHTS = {
  acknowledging: 160,
  publishing: 120,
  subscribing: 60,
  hasting: 60,
  connecting: 40,
  pausing: 40,
  beginning: 20,
  ending: 20,
  waiting: 12,
  unsubscribing: 12,
  vanishing: 5,
  disconnecting: 3,
  acknowledgingTwice: 1,
};

/** What conversations have more of than others. */
const THEMES: readonly Partial<typeof WEIGHTS>[] = [
  {},
  { hasting: 240 },
  { beginning: 60, ending: 60 },
  { pausing: 160, vanishing: 20 },
  { waiting: 80 },
];

const MOST_COMMANDS = 120;
const MOST_DESTINATIONS = 3;

/** Conversations of several clients. */
export function conversations(mixture: Mixture): fc.Arbitrary<Iterable<Command>> {
  const { destinations, alsoPublished, alsoSubscribed, recoverings } = mixture;
  const maxLength = Math.min(MOST_DESTINATIONS, destinations.length);
  const focuses = fc.shuffledSubarray([...destinations], { minLength: 1, maxLength });
  return fc.tuple(focuses, fc.constantFrom(...THEMES)).chain(([focus, theme]) => {
    const often = [...focus, ...focus, ...focus, ...focus];
    const steps = stepsOf(
      subscribing([...often, ...alsoSubscribed], recoverings),
      publishing([...often, ...alsoPublished]),
      { ...WEIGHTS, ...theme, ...(mixture.hastes === false && { hasting: 0 }) },
    );
    return fc.commands([steps.map(commandOf)], { maxCommands: MOST_COMMANDS, size: 'max' });
  });
}

function stepsOf(
  subscribe: fc.Arbitrary<Step>,
  publish: fc.Arbitrary<Step>,
  weights: typeof WEIGHTS,
): fc.Arbitrary<Step> {
  const quick = fc.oneof(
    { weight: 3, arbitrary: acknowledging },
    { weight: 2, arbitrary: publish },
    { weight: 1, arbitrary: subscribe },
    { weight: 1, arbitrary: unsubscribing },
  );
  return fc.oneof(
    { weight: weights.acknowledging, arbitrary: acknowledging },
    { weight: weights.publishing, arbitrary: publish },
    { weight: weights.subscribing, arbitrary: subscribe },
    { weight: weights.hasting, arbitrary: fc.array(quick, { minLength: 2, maxLength: 6 }).map(hasteOf) },
    { weight: weights.connecting, arbitrary: connecting },
    { weight: weights.pausing, arbitrary: pausing },
    { weight: weights.beginning, arbitrary: beginning },
    { weight: weights.ending, arbitrary: endingTransaction },
    { weight: weights.waiting, arbitrary: waiting },
    { weight: weights.unsubscribing, arbitrary: unsubscribing },
    { weight: weights.vanishing, arbitrary: vanishing },
    { weight: weights.disconnecting, arbitrary: disconnecting },
    { weight: weights.acknowledgingTwice, arbitrary: acknowledgingTwice },
  );
}
