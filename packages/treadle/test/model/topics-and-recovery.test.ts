import { conversations, type Mixture } from './commands/mixture.js';
import { LONG_TOPIC } from './destinations.js';
import { runModel, SEEDS, TIME_LIMIT_MS } from './model-runs.js';

const MIXTURE: Mixture = {
  destinations: ['/topic/log', '/topic/log-and-last', '/topic/last', '/topic/newest', '/topic/keyed', LONG_TOPIC],
  alsoPublished: ['/topic/plain', '/user/ann/queue/inbox'],
  alsoSubscribed: ['/topic/*', '/topic/l*', '/user/queue/inbox'],
  recoverings: [
    'not at all',
    'not at all',
    'from the last seen',
    'from the last seen',
    'from the beginning',
    'of another epoch',
    'ahead of time',
  ],
};

describe.each(SEEDS)('topics, what they keep, and recovery (seed %d)', (seed) => {
  it(
    'do what the reference does, whatever clients do',
    () => runModel(conversations(MIXTURE), { seed }),
    TIME_LIMIT_MS,
  );

  it(
    'do so behind interceptors that take their time',
    () => {
      // Where nothing is dropped it does not matter how long a delivery takes.
      const destinations = ['/topic/log', '/topic/log-and-last', '/topic/last'];
      return runModel(conversations({ ...MIXTURE, destinations, hastes: false }), { seed, isOutboundSlow: true });
    },
    TIME_LIMIT_MS,
  );
});
