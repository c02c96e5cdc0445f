import type * as fc from 'fast-check';
import { mixtureOf } from './commands/mixture.js';
import { publishing } from './commands/publishing-commands.js';
import type { Step } from './commands/step.js';
import { subscribing } from './commands/subscription-commands.js';
import { LONG_TOPIC } from './destinations.js';
import { runModel, SEEDS, TIME_LIMIT_MS } from './model-runs.js';

const DROPPING = ['/topic/newest', '/topic/keyed', '/topic/keyed'];
/** Where nothing is dropped, so that it does not matter how long a delivery takes. */
const LOSSLESS = ['/topic/log', '/topic/log', '/topic/log-and-last', '/topic/last'];
const WIDE = ['/topic/*', '/topic/l*', '/user/queue/inbox'];

const subscribingTo = (destinations: readonly string[]): fc.Arbitrary<Step> =>
  subscribing(
    [...destinations, ...destinations, ...WIDE],
    [
      'not at all',
      'not at all',
      'from the last seen',
      'from the last seen',
      'from the beginning',
      'of another epoch',
      'ahead of time',
    ],
  );

const publishingTo = (destinations: readonly string[]): fc.Arbitrary<Step> =>
  publishing([...destinations, ...destinations, '/topic/plain', '/user/ann/queue/inbox']);

describe.each(SEEDS)('topics, what they keep, and recovery (seed %d)', (seed) => {
  const everywhere = [...LOSSLESS, ...DROPPING, LONG_TOPIC];

  it(
    'do what the reference does, whatever clients do',
    () => runModel(mixtureOf(subscribingTo(everywhere), publishingTo(everywhere)), { seed }),
    TIME_LIMIT_MS,
  );

  it(
    'do so behind interceptors that take their time',
    () => runModel(mixtureOf(subscribingTo(LOSSLESS), publishingTo(LOSSLESS), false), { seed, isOutboundSlow: true }),
    TIME_LIMIT_MS,
  );
});
