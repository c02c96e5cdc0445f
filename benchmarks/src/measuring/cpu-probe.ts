import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded into a measured server before its program (`node --require`): answers `cpu` with the CPU time the process has used, and when the garbage is
 * gone `memory` with what is resident and `held` with what its objects and buffers hold. It costs nothing while nobody asks, and ends the server when the benchmark is gone.
 */
process.on('message', (question: 'cpu' | 'memory' | 'held') => {
  process.send?.(ANSWERS[question]());
});

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function residentKibibytes(): number {
  collectAllGarbage();
  return process.memoryUsage.rss() / 1024;
}

function heldKibibytes(): number {
  collectAllGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024;
}

function collectAllGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void; // what the flag exposes
  // Twice, as the first finds out what the second may free.
  collectGarbage();
  collectGarbage();
}

const ANSWERS = { cpu: cpuMicroseconds, memory: residentKibibytes, held: heldKibibytes };

process.on('disconnect', () => process.exit());
// The server must be able to end as if the probe were not there.
process.channel?.unref();
