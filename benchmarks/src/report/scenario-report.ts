import type { Measurement } from '../measuring/measure.js';
import type { ServerRounds } from '../measuring/rounds.js';
import type { Scenario, Target } from '../scenarios/scenario.js';
import { ratiosByRound, summarize } from './statistics.js';
import { spread, table } from './table.js';

/** What a reader must know to read the tables. */
export const LEGEND = [
  'How to read it: each figure is the median of the rounds, with the least and the most in brackets.',
  '  per second   deliveries (or round trips) that reached the clients each second',
  '  server CPU   user and system time of the server process for each of them; it suffers least from a busy machine',
  '  rate ratio   per second, divided by that of the reference in the same round (more is better)',
  '  CPU ratio    server CPU, divided by that of the reference in the same round (less is better)',
  '  load cores   cores that the load generator used; near 1 it was the limit, and the server can do more',
  '  memory       resident memory of the server process for each, where it is measured, and its ratio to the reference',
].join('\n');

const COLUMNS = ['server', 'per second', 'server CPU', 'rate ratio', 'CPU ratio', 'load cores'];
const MEMORY_COLUMNS = ['memory', 'memory ratio'];

/** How each measure is read: where it stands in a measurement, and which way it should go. */
const MEASURES: Readonly<Record<Target['measure'], { of: (m: Measurement) => number; name: string; isMore: boolean }>> =
  {
    rate: { of: rate, name: 'rate', isMore: true },
    cpu: { of: cpu, name: 'CPU', isMore: false },
    memory: { of: memory, name: 'memory', isMore: false },
  };

/** The heading of a scenario's table. */
export function scenarioTitle({ name, description, unit }: Scenario): string {
  return `${name}: ${description} (${unit})`;
}

/** The table of one scenario, the reference first if it has one, and how the others stand to the targets. */
export function scenarioReport(scenario: Scenario, servers: readonly ServerRounds[]): string {
  const reference = scenario.hasReference === false ? undefined : servers[0];
  const measured = servers.filter((server) => server.measurements.length > 0);
  const columns = scenario.measuresMemory === true ? [...COLUMNS, ...MEMORY_COLUMNS] : COLUMNS;
  const rows = measured.map((server) => [
    ...row(server, reference?.measurements ?? []),
    ...(scenario.measuresMemory === true ? memoryCells(server, reference?.measurements ?? []) : []),
  ]);
  const failures = servers.flatMap(({ contestant, failures: reasons }) =>
    reasons.map((reason) => `  ${contestant.name} FAILED: ${reason}`),
  );
  const verdicts = servers
    .filter((server) => server !== reference)
    .flatMap((server) => scenario.targets.map((target) => `  ${verdict(target, server, reference)}`));
  return [...table([columns, ...rows]), ...failures, ...verdicts].join('\n');
}

function row(server: ServerRounds, reference: readonly Measurement[]): string[] {
  const { measurements } = server;
  return [
    server.contestant.name,
    cell(measurements.map(rate), wholeNumber),
    `${cell(measurements.map(cpu), microseconds)} µs`,
    cell(ratiosByRound(measurements.map(rate), reference.map(rate)), ratio),
    cell(ratiosByRound(measurements.map(cpu), reference.map(cpu)), ratio),
    summarize(measurements.map(({ loadCores }) => loadCores)).median.toFixed(2),
  ];
}

function memoryCells({ measurements }: ServerRounds, reference: readonly Measurement[]): string[] {
  return [
    `${cell(measurements.map(memory), kibibytes)} KiB`,
    cell(ratiosByRound(measurements.map(memory), reference.map(memory)), ratio),
  ];
}

function verdict(
  { measure, ratio: wanted }: Target,
  server: ServerRounds,
  reference: ServerRounds | undefined,
): string {
  const { of: value, name, isMore } = MEASURES[measure];
  const measured = ratiosByRound(server.measurements.map(value), reference?.measurements.map(value) ?? []);
  const target = `target: ${name} ratio ${isMore ? 'at least' : 'at most'} ${wanted}`;
  if (measured.length === 0) {
    return `${target}; ${server.contestant.name} was not measured`;
  }
  const { median } = summarize(measured);
  const isReached = isMore ? median >= wanted : median <= wanted;
  return `${target}; ${server.contestant.name} has ${ratio(median)}: ${isReached ? 'reached' : 'NOT reached'}`;
}

function rate(measurement: Measurement): number {
  return measurement.rate;
}

function cpu(measurement: Measurement): number {
  return measurement.cpuMicroseconds;
}

function memory(measurement: Measurement): number {
  return measurement.memoryKibibytes ?? NaN;
}

function cell(values: readonly number[], format: (value: number) => string): string {
  return values.length === 0 ? '-' : spread(summarize(values), format);
}

function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function microseconds(value: number): string {
  return value.toFixed(2);
}

function kibibytes(value: number): string {
  return value.toFixed(1);
}

function ratio(value: number): string {
  return value.toFixed(2);
}
