import * as fc from 'fast-check';
import { acknowledging, acknowledgingTwice } from './acknowledgement-commands.js';
import { connecting, disconnecting, pausing, vanishing, waiting } from './connection-commands.js';
import { type Command, commandOf, hasteOf, type Step } from './step.js';
import { unsubscribing } from './subscription-commands.js';
import { beginning, endingTransaction } from './transaction-commands.js';

/**
 * Everything that clients do, as often as gives long conversations: what ends a session is rare, and most of what is received is acknowledged.
 * @param subscribing,publishing what is subscribed to and published
 * @param hastes whether some do not wait for what the one before causes
 */
export function mixtureOf(
  subscribing: fc.Arbitrary<Step>,
  publishing: fc.Arbitrary<Step>,
  hastes = true,
): fc.Arbitrary<Command> {
  const quick = fc.oneof(
    { weight: 3, arbitrary: acknowledging },
    { weight: 2, arbitrary: publishing },
    { weight: 1, arbitrary: subscribing },
    { weight: 1, arbitrary: unsubscribing },
  );
  const steps = fc.oneof(
    { weight: 160, arbitrary: acknowledging },
    { weight: 120, arbitrary: publishing },
    { weight: 60, arbitrary: subscribing },
    { weight: hastes ? 60 : 0, arbitrary: fc.array(quick, { minLength: 2, maxLength: 6 }).map(hasteOf) },
    { weight: 40, arbitrary: connecting },
    { weight: 40, arbitrary: pausing },
    { weight: 20, arbitrary: beginning },
    { weight: 20, arbitrary: endingTransaction },
    { weight: 12, arbitrary: waiting },
    { weight: 12, arbitrary: unsubscribing },
    { weight: 5, arbitrary: vanishing },
    { weight: 3, arbitrary: disconnecting },
    { weight: 1, arbitrary: acknowledgingTwice },
  );
  return steps.map(commandOf);
}
