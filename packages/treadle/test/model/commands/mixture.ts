import * as fc from 'fast-check';
import { acknowledging, acknowledgingTwice } from './acknowledgement-commands.js';
import { connecting, disconnecting, pausing, vanishing, waiting } from './connection-commands.js';
import type { Command } from './step.js';
import { unsubscribing } from './subscription-commands.js';
import { beginning, endingTransaction } from './transaction-commands.js';

/**
 * Everything that clients do, as often as gives long conversations: what ends a session is rare, and most of what is received is acknowledged.
 * @param subscribing,publishing what is subscribed to and published
 */
export function mixtureOf(subscribing: fc.Arbitrary<Command>, publishing: fc.Arbitrary<Command>): fc.Arbitrary<Command> {
  return fc.oneof(
    { weight: 120, arbitrary: publishing },
    { weight: 160, arbitrary: acknowledging },
    { weight: 60, arbitrary: subscribing },
    { weight: 40, arbitrary: connecting },
    { weight: 20, arbitrary: endingTransaction },
    { weight: 20, arbitrary: beginning },
    { weight: 40, arbitrary: pausing },
    { weight: 12, arbitrary: waiting },
    { weight: 12, arbitrary: unsubscribing },
    { weight: 5, arbitrary: vanishing },
    { weight: 3, arbitrary: disconnecting },
    { weight: 1, arbitrary: acknowledgingTwice },
  );
}
