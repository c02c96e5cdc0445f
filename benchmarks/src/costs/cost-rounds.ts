import type { Cost, Way } from './cost.js';
import type { CostDurations } from './cost-process.js';

/** CPU microseconds of one way, round by round. */
export interface WayRounds {
  readonly way: Way;
  readonly microseconds: readonly number[];
}

/** Measures one way once; `measureWay` in production. */
export type MeasureWay = (cost: Cost, way: Way, durations: CostDurations) => Promise<number>;

/** Lets the ways take turns, so that whatever else the machine does meets all of them alike. @throws Error when one does the work wrong */
export async function takeTurnsAtCost(
  cost: Cost,
  plan: CostDurations & { readonly rounds: number },
  measure: MeasureWay,
): Promise<readonly WayRounds[]> {
  const results = cost.ways.map((way) => ({ way, microseconds: [] as number[] })); // filled below
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { way, microseconds } of results) microseconds.push(await measure(cost, way, plan));
  }
  return results;
}
