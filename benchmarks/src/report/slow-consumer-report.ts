import { HELD_LIMIT_KIBIBYTES } from '../trials/consumer-policies.js';
import type { SlowConsumerCase } from '../trials/slow-consumer-case.js';
import { ratiosByRound, summarize } from './statistics.js';
import { spread, table } from './table.js';

const COLUMNS = ['policy, beside', 'p50 ms', 'p99 ms', 'p99 ratio', 'held KiB', 'what the one got'];
const MOST_P99_RATIO = 2;

/** The table of all cases, and how they stand to the targets. @param rounds the cases of each round, in the same order */
export function slowConsumerReport(rounds: readonly (readonly SlowConsumerCase[])[]): string {
  const cases = (rounds[0] ?? []).map((first, index) => ({
    name: `${first.policy}, ${first.offender}`,
    rounds: rounds.flatMap((round) => round[index] ?? []),
    without: rounds.flatMap(
      (round) => round.find(({ policy, offender }) => policy === first.policy && offender === 'none') ?? [],
    ),
  }));
  const rows = cases.map(({ name, rounds: own, without }) => [
    name,
    spread(summarize(own.map(({ p50 }) => p50)), oneDigit),
    spread(summarize(own.map(({ p99 }) => p99)), oneDigit),
    spread(summarize(p99Ratios(own, without)), twoDigits),
    spread(summarize(own.map(({ heldKibibytes }) => heldKibibytes)), wholeNumber),
    own.at(-1)?.outcome ?? '',
  ]);
  const ratios = cases.map(({ rounds: own, without }) => summarize(p99Ratios(own, without)).median);
  const held = cases.map(({ rounds: own }) => summarize(own.map(({ heldKibibytes }) => heldKibibytes)).median);
  return [
    ...table([COLUMNS, ...rows]),
    verdict('p99 ratio', MOST_P99_RATIO, Math.max(...ratios), twoDigits),
    verdict('held KiB', HELD_LIMIT_KIBIBYTES, Math.max(...held), wholeNumber),
  ].join('\n');
}

function p99Ratios(own: readonly SlowConsumerCase[], without: readonly SlowConsumerCase[]): number[] {
  return ratiosByRound(
    own.map(({ p99 }) => p99),
    without.map(({ p99 }) => p99),
  );
}

function verdict(name: string, most: number, worst: number, format: (value: number) => string): string {
  return `  target: ${name} at most ${most}; the worst has ${format(worst)}: ${worst <= most ? 'reached' : 'NOT reached'}`;
}

function oneDigit(value: number): string {
  return value.toFixed(1);
}

function twoDigits(value: number): string {
  return value.toFixed(2);
}

function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString('en');
}
