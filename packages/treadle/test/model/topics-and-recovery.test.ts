import { mixtureOf } from './commands/mixture.js';
import { publishing } from './commands/publishing-commands.js';
import { subscribing } from './commands/subscription-commands.js';
import { TOPICS } from './destinations.js';
import { runModel, SEEDS, TIME_LIMIT_MS } from './model-runs.js';

const SUBSCRIBED = [...TOPICS, ...TOPICS, '/topic/log', '/topic/*', '/topic/l*', '/user/queue/inbox'];
const PUBLISHED = [...TOPICS, ...TOPICS, '/topic/log', '/user/ann/queue/inbox'];

describe('topics, what they keep, and recovery', () => {
  const commands = mixtureOf(
    subscribing(SUBSCRIBED, [
      'not at all',
      'from the last seen',
      'from the last seen',
      'from the beginning',
      'of another epoch',
      'ahead of time',
    ]),
    publishing(PUBLISHED),
  );

  it.each(SEEDS)(
    'do what the reference does, whatever clients do (seed %d)',
    (seed) => runModel(commands, seed),
    TIME_LIMIT_MS,
  );
});
