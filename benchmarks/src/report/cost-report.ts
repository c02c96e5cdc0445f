import type { Cost } from '../costs/cost.js';
import type { WayRounds } from '../costs/cost-rounds.js';
import { ratiosByRound, summarize } from './statistics.js';
import { spread, table } from './table.js';

const COLUMNS = ['way', 'CPU of each', 'ratio'];

/** The heading of a cost's table, and what each of its ways does. */
export function costTitle({ name, description, ways }: Cost): string {
  const lines = ways.map((way) => `  ${way.name}: ${way.description}`);
  return [`${name}: ${description} (CPU time of each, divided by the first way's of the same round)`, ...lines].join(
    '\n',
  );
}

/** The table of one cost, the reference first, and the comparisons it asks for. */
export function costReport(cost: Cost, measured: readonly WayRounds[]): string {
  const reference = measured[0]?.microseconds ?? [];
  const rows = measured.map(({ way, microseconds }) => [
    way.name,
    `${spread(summarize(microseconds), twoDigits)} µs`,
    spread(summarize(ratiosByRound(microseconds, reference)), twoDigits),
  ]);
  const comparisons = cost.comparisons.map(([way, against]) => comparison(measured, way, against));
  return [...table([COLUMNS, ...rows]), ...comparisons].join('\n');
}

function comparison(measured: readonly WayRounds[], way: string, against: string): string {
  const roundsOf = (name: string): readonly number[] =>
    measured.find((each) => each.way.name === name)?.microseconds ?? [];
  const [dearer, cheaper] = [roundsOf(way), roundsOf(against)];
  const ratio = spread(summarize(ratiosByRound(dearer, cheaper)), twoDigits);
  const difference = dearer.map((microseconds, round) => microseconds - (cheaper[round] ?? 0));
  return `  ${way} is ${ratio} times ${against}: ${spread(summarize(difference), twoDigits)} µs more`;
}

function twoDigits(value: number): string {
  return value.toFixed(2);
}
