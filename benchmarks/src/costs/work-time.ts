import type { Work } from './cost.js';

// Enough between two looks at the clock for these not to be seen.
const TIMES = 512;

/** Does the work for so long. @returns CPU time for each, user and system, all threads, in microseconds */
export async function timeOf(work: Work, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1_000;
  const before = process.cpuUsage();
  let times = 0;
  do {
    await work(TIMES);
    times += TIMES;
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
