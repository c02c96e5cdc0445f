import type { Measurement } from '../../src/measuring/measure.js';
import type { ServerRounds } from '../../src/measuring/rounds.js';
import { scenarioReport, scenarioTitle } from '../../src/report/scenario-report.js';
import type { Scenario } from '../../src/scenarios/scenario.js';

const scenario: Scenario = {
  name: 'fan-out-100',
  description: 'one to many',
  unit: 'deliveries',
  targets: [{ measure: 'rate', ratio: 8 }],
  open: () => Promise.reject(new Error('not opened by a report')),
};

function rounds(name: string, measurements: readonly Measurement[], failures: readonly string[] = []): ServerRounds {
  return { contestant: { name, description: name, program: () => '' }, measurements, failures };
}

function measured(rate: number, cpuMicroseconds: number): Measurement {
  return { rate, cpuMicroseconds, loadCores: 0.5 };
}

describe('the report of a scenario', () => {
  const reference = rounds('bare-ws', [measured(100_000, 6), measured(150_000, 5), measured(120_000, 5.5)]);

  it('shows medians, spread and the median of the ratios round by round', () => {
    const other = rounds('treadle', [measured(1_000_000, 0.6), measured(1_200_000, 0.75), measured(960_000, 1.1)]);

    const report = scenarioReport(scenario, [reference, other]);

    expect(report).toBe(
      [
        '  server                       per second            server CPU          rate ratio          CPU ratio   load cores',
        '  bare-ws       120,000 (100,000-150,000)   5.50 (5.00-6.00) µs    1.00 (1.00-1.00)   1.00 (1.00-1.00)         0.50',
        '  treadle   1,000,000 (960,000-1,200,000)   0.75 (0.60-1.10) µs   8.00 (8.00-10.00)   0.15 (0.10-0.20)         0.50',
        '  target: rate ratio at least 8; treadle has 8.00: reached',
      ].join('\n'),
    );
  });

  it('stands under the name, the load and the unit of the scenario', () => {
    expect(scenarioTitle(scenario)).toBe('fan-out-100: one to many (deliveries)');
  });

  it('says when the target is missed', () => {
    const report = scenarioReport(scenario, [reference, rounds('treadle', [measured(700_000, 1)])]);

    expect(report).toContain('target: rate ratio at least 8; treadle has 7.00: NOT reached');
  });

  it('measures a CPU target downwards', () => {
    const lockStep: Scenario = { ...scenario, targets: [{ measure: 'cpu', ratio: 1.1 }] };

    const report = scenarioReport(lockStep, [reference, rounds('treadle', [measured(90_000, 6.6)])]);

    expect(report).toContain('target: CPU ratio at most 1.1; treadle has 1.10: reached');
  });

  it('shows the memory of each where it is measured, and every target', () => {
    const idle: Scenario = {
      ...scenario,
      measuresMemory: true,
      targets: [
        { measure: 'cpu', ratio: 1.6 },
        { measure: 'memory', ratio: 1.5 },
      ],
    };
    const withMemory = (server: ServerRounds, memoryKibibytes: number): ServerRounds => ({
      ...server,
      measurements: server.measurements.map((each) => ({ ...each, memoryKibibytes })),
    });
    const other = rounds('treadle', [measured(1, 9), measured(1, 9), measured(1, 9)]);

    const report = scenarioReport(idle, [withMemory(reference, 8), withMemory(other, 14)]);

    expect(report.split('\n')[0]).toMatch(/load cores +memory +memory ratio$/);
    expect(report).toMatch(/14\.0 \(14\.0-14\.0\) KiB +1\.75 \(1\.75-1\.75\)/);
    expect(report).toContain('target: CPU ratio at most 1.6; treadle has 1.64: NOT reached');
    expect(report).toContain('target: memory ratio at most 1.5; treadle has 1.75: NOT reached');
  });

  it('gives numbers alone where there is no reference', () => {
    const queue: Scenario = { ...scenario, hasReference: false, targets: [] };

    const report = scenarioReport(queue, [rounds('treadle', [measured(60_000, 11)])]);

    expect(report.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^ {2}treadle +60,000 \(60,000-60,000\) +11\.00 \(11\.00-11\.00\) µs +- +- +0\.50$/),
    ]);
  });

  it('keeps the other servers and names the reason when one fails', () => {
    const report = scenarioReport(scenario, [reference, rounds('treadle', [], ['3 messages are lost'])]);

    expect(report).toContain('bare-ws');
    expect(report).toContain('treadle FAILED: 3 messages are lost');
    expect(report).toContain('treadle was not measured');
  });
});
