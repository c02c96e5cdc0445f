import * as fc from 'fast-check';
import type { ChannelInterceptor } from '../../src/messaging/channel-interceptor.js';
import type { Command } from './commands/step.js';
import { referenceRules } from './destinations.js';
import { ReferenceBroker } from './reference/reference-broker.js';
import { World } from './world.js';

/** Sequences per seed; `TREADLE_MODEL_RUNS` asks for so many, with one seed that was never tried or is `TREADLE_MODEL_SEED`. */
const RUNS_ASKED_FOR = Number(process.env['TREADLE_MODEL_RUNS'] ?? 0);
const RUNS = RUNS_ASKED_FOR || 150;
const SEED = Number(process.env['TREADLE_MODEL_SEED'] ?? Date.now() % 1_000_000_000);

/** What to begin with: always the same, unless more was asked for. */
export const SEEDS: readonly number[] = RUNS_ASKED_FOR > 0 ? [SEED] : [1, 2];

/** Of one test. */
export const TIME_LIMIT_MS = 60_000 + RUNS_ASKED_FOR * 1000;

/** What is left of it to tell how short the sequence has become. */
const TIME_TO_TELL_MS = 10_000;

/** Holds every delivery up for a turn of the event loop, as interceptors do that ask somebody. */
const SLOWLY: ChannelInterceptor = {
  preSend: (message) => new Promise((resolve) => setImmediate(() => resolve(message))),
};

/** How to run. */
export interface ModelRun {
  readonly seed: number;
  /** Default false. */
  readonly isOutboundSlow?: boolean;
}

/**
 * Runs random conversations against an application and the reference.
 * @throws Error with the shortest sequence found that shows a difference, what came of each step, and the seed to see it again
 */
export async function runModel(
  conversations: fc.Arbitrary<Iterable<Command>>,
  { seed, isOutboundSlow = false }: ModelRun,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(conversations, async (commands) => {
      await using world = new World(isOutboundSlow ? [SLOWLY] : []);
      await world.application.start();
      const broker = new ReferenceBroker(referenceRules(isOutboundSlow), world.clock, world.log);
      try {
        await fc.asyncModelRun(() => ({ model: broker, real: world }), commands);
      } catch (error) {
        throw new Error(`${String(error)}, behind\n${world.script.join('\n')}\n`, { cause: error });
      }
    }),
    { seed, numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS - TIME_TO_TELL_MS },
  );
}
