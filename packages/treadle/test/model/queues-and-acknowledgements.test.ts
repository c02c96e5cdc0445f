import { mixtureOf } from './commands/mixture.js';
import { publishing } from './commands/publishing-commands.js';
import { subscribing } from './commands/subscription-commands.js';
import { DEAD_LETTERS, QUEUES } from './destinations.js';
import { runModel, SEEDS, TIME_LIMIT_MS } from './model-runs.js';

const SUBSCRIBED = [...QUEUES, ...QUEUES, '/queue/jobs', '/queue/*', '/queue/**', DEAD_LETTERS, '/user/queue/inbox'];
const PUBLISHED = [...QUEUES, ...QUEUES, '/queue/jobs', '/queue/few', DEAD_LETTERS, '/user/ann/queue/inbox'];

describe.each(SEEDS)('queues, acknowledgements and transactions (seed %d)', (seed) => {
  it(
    'do what the reference does, whatever clients do',
    () => runModel(mixtureOf(subscribing(SUBSCRIBED), publishing(PUBLISHED)), { seed }),
    TIME_LIMIT_MS,
  );

  it(
    'do so behind interceptors that take their time',
    () => runModel(mixtureOf(subscribing(SUBSCRIBED), publishing(PUBLISHED), false), { seed, isOutboundSlow: true }),
    TIME_LIMIT_MS,
  );
});
