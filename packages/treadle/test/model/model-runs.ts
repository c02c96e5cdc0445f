import * as fc from 'fast-check';
import type { Command } from './commands/step.js';
import { REFERENCE_RULES } from './destinations.js';
import { ReferenceBroker } from './reference/reference-broker.js';
import { World } from './world.js';

/** Sequences per seed; `TREADLE_MODEL_RUNS` asks for so many with a seed of its own instead. */
const RUNS = Number(process.env['TREADLE_MODEL_RUNS'] ?? 0);
const RUNS_PER_SEED = 60;
const FIXED_SEEDS = [1, 2, 3];
const MOST_COMMANDS = 120;

/** Seeds to run with, those of CI or one that was never tried. */
export const SEEDS: readonly number[] = RUNS > 0 ? [Number(process.env['TREADLE_MODEL_SEED'] ?? Date.now() % 1e9)] : FIXED_SEEDS;

/** Of one test; as many runs as are asked for take their time. */
export const TIME_LIMIT_MS = RUNS > 0 ? RUNS * 1000 : 60_000;

/**
 * Runs random sequences of commands against an application and the reference.
 * @throws Error with the shortest sequence found that shows a difference, what came of each step, and the seed to see it again
 */
export async function runModel(commands: fc.Arbitrary<Command>, seed: number): Promise<void> {
  const sequences = fc.commands([commands], { maxCommands: MOST_COMMANDS, size: 'max' });
  await fc.assert(
    fc.asyncProperty(sequences, async (sequence) => {
      await using world = new World();
      await world.application.start();
      const broker = new ReferenceBroker(REFERENCE_RULES, world.clock, world.log);
      try {
        await fc.asyncModelRun(() => ({ model: broker, real: world }), sequence);
      } catch (error) {
        throw new Error(`${String(error)}, behind\n${world.script.join('\n')}\n`, { cause: error });
      }
    }),
    { seed, numRuns: RUNS > 0 ? RUNS : RUNS_PER_SEED },
  );
}
