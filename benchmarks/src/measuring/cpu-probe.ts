import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded into a measured server before its program (`node --require`): answers `cpu` with the CPU time the process has used, `memory` with
 * what is resident when the garbage is gone. It costs nothing while nobody asks, and ends the server when the benchmark is gone.
 */
process.on('message', (question: 'cpu' | 'memory') => {
  process.send?.(question === 'cpu' ? cpuMicroseconds() : residentKibibytes());
});

function cpuMicroseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function residentKibibytes(): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void; // what the flag exposes
  // Twice, as the first finds out what the second may free.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage.rss() / 1024;
}

process.on('disconnect', () => process.exit());
// The server must be able to end as if the probe were not there.
process.channel?.unref();
