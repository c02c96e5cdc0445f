import { mixtureOf } from './commands/mixture.js';
import { publishing } from './commands/publishing-commands.js';
import { subscribing } from './commands/subscription-commands.js';
import { DEAD_LETTERS, QUEUES } from './destinations.js';
import { runModel, SEEDS, TIME_LIMIT_MS } from './model-runs.js';

/** Those named twice are met more often. */
const SUBSCRIBED = [...QUEUES, ...QUEUES, '/queue/jobs', '/queue/*', '/queue/**', DEAD_LETTERS, '/user/queue/inbox'];
const PUBLISHED = [...QUEUES, ...QUEUES, '/queue/jobs', '/queue/jobs', DEAD_LETTERS, '/user/ann/queue/inbox'];

describe('queues, acknowledgements and transactions', () => {
  const commands = mixtureOf(subscribing(SUBSCRIBED), publishing(PUBLISHED));

  it.each(SEEDS)(
    'do what the reference does, whatever clients do (seed %d)',
    (seed) => runModel(commands, seed),
    TIME_LIMIT_MS,
  );
});
