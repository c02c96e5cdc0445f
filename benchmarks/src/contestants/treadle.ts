import type { Contestant } from './contestant.js';

/** Treadle as an application uses it: a controller, the simple broker, all defaults (`examples/lab`). */
export const treadle: Contestant = {
  name: 'treadle',
  description: 'examples/lab: a controller, the simple broker, default options',
  program: () => require.resolve('@treadle/example-lab'),
};
