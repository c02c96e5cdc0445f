import type { Contestant } from '../contestants/contestant.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { Durations, Measurement } from './measure.js';

/** The measurements of one server in one scenario, round by round; a failed run leaves its reason instead. */
export interface ServerRounds {
  readonly contestant: Contestant;
  readonly measurements: readonly Measurement[];
  readonly failures: readonly string[];
}

/** How to measure one server once; `measure` in production. */
export type MeasureOnce = (scenario: Scenario, contestant: Contestant, durations: Durations) => Promise<Measurement>;

/** How often and how long. */
export interface Plan extends Durations {
  readonly rounds: number;
}

/**
 * Lets the servers take turns in a scenario, so that whatever else the machine does meets all of them alike. A server
 * that fails once is not asked again; the others go on.
 */
export async function takeTurns(
  scenario: Scenario,
  contestants: readonly Contestant[],
  plan: Plan,
  measureOnce: MeasureOnce,
): Promise<ServerRounds[]> {
  const results = contestants.map((contestant) => new Results(contestant));
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const result of results) {
      await result.add(() => measureOnce(scenario, result.contestant, plan));
    }
  }
  return results;
}

class Results implements ServerRounds {
  readonly contestant: Contestant;
  readonly measurements: Measurement[] = [];
  readonly failures: string[] = [];

  constructor(contestant: Contestant) {
    this.contestant = contestant;
  }

  async add(measureOnce: () => Promise<Measurement>): Promise<void> {
    if (this.failures.length > 0) {
      return;
    }
    try {
      this.measurements.push(await measureOnce());
    } catch (error) {
      this.failures.push(error instanceof Error ? error.message : String(error));
    }
  }
}
