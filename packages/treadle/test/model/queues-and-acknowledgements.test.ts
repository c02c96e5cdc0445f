import { conversations, type Mixture } from './commands/mixture.js';
import { DEAD_LETTERS, QUEUES } from './destinations.js';
import { runModel, SEEDS, TIME_LIMIT_MS } from './model-runs.js';

const MIXTURE: Mixture = {
  destinations: QUEUES,
  alsoPublished: [DEAD_LETTERS, '/user/ann/queue/inbox'],
  alsoSubscribed: ['/queue/*', '/queue/**', DEAD_LETTERS, '/user/queue/inbox'],
};

describe.each(SEEDS)('queues, acknowledgements and transactions (seed %d)', (seed) => {
  it(
    'do what the reference does, whatever clients do',
    () => runModel(conversations(MIXTURE), { seed }),
    TIME_LIMIT_MS,
  );

  it(
    'do so behind interceptors that take their time',
    () => {
      // Where no queue is ever full it does not matter how long a delivery takes.
      const mixture: Mixture = {
        destinations: ['/queue/jobs', '/queue/mail'],
        alsoPublished: ['/user/ann/queue/inbox'],
        alsoSubscribed: ['/queue/*', '/queue/**', '/user/queue/inbox'],
        hastes: false,
      };
      return runModel(conversations(mixture), { seed, isOutboundSlow: true });
    },
    TIME_LIMIT_MS,
  );
});
