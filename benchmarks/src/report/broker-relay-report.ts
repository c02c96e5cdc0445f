import type { BrokerRelayCase } from '../trials/broker-relay-case.js';
import { summarize } from './statistics.js';
import { spread, table } from './table.js';

const COLUMNS = [
  'clients by',
  'broker connections',
  'broker MiB',
  'server MiB',
  'deliveries/s',
  'broker µs each',
  'server µs each',
];

/** The table of all ways. @param rounds the cases of each round, in the same order */
export function brokerRelayReport(rounds: readonly (readonly BrokerRelayCase[])[]): string {
  const ways = (rounds[0] ?? []).map((first, index) => rounds.flatMap((round) => round[index] ?? [first]));
  return table([COLUMNS, ...ways.map(row)]).join('\n');
}

function row(cases: readonly BrokerRelayCase[]): string[] {
  const figure = (of: (one: BrokerRelayCase) => number, format: (value: number) => string): string =>
    spread(summarize(cases.map(of)), format);
  return [
    cases[0]?.way ?? '',
    figure(({ brokerConnections }) => brokerConnections, wholeNumber),
    figure(({ brokerMebibytes }) => brokerMebibytes, wholeNumber),
    figure(({ serverMebibytes }) => serverMebibytes, wholeNumber),
    figure(({ rate }) => rate, wholeNumber),
    figure(({ brokerMicroseconds }) => brokerMicroseconds, twoDigits),
    figure(({ serverMicroseconds }) => serverMicroseconds, twoDigits),
  ];
}

function wholeNumber(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function twoDigits(value: number): string {
  return value.toFixed(2);
}
