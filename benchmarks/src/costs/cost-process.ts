import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Cost, Way } from './cost.js';

/** How long one way is driven. */
export interface CostDurations {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/**
 * CPU time of one piece of work, in microseconds, measured in a process of its own: what one way teaches the compiler of the language cannot slow
 * another one down. @throws Error with what the process said when it failed
 */
export async function measureWay(cost: Cost, way: Way, durations: CostDurations): Promise<number> {
  const { warmUpSeconds, seconds } = durations;
  const child = fork(join(__dirname, 'cost-worker.js'), [cost.name, way.name, String(warmUpSeconds), String(seconds)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complained = '';
  child.stderr?.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  let microseconds: number | undefined;
  child.on('message', (message) => (microseconds = Number(message)));
  await once(child, 'close');
  if (microseconds !== undefined) return microseconds;
  throw new Error(`${way.name} could not be measured:\n${complained}`);
}
