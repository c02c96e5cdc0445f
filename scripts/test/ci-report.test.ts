import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './planted-tree';

interface JestCounts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

/** Reports a CI run; `counts` is undefined when jest did not get as far as writing its results. */
function report(counts: JestCounts | undefined, failedSteps: number) {
  const folder = mkdtempSync(join(tmpdir(), 'treadle-report-'));
  try {
    const file = join(folder, 'jest.json');
    if (counts) writeFileSync(file, JSON.stringify(counts));
    const script = join(ROOT, 'scripts/ci-report.mjs');
    const { stdout, status } = spawnSync(process.execPath, [script, file, String(failedSteps)], { encoding: 'utf8' });
    return { stdout, status };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a run without failures ends well and counts the passed tests', () => {
  const counts = { numPassedTests: 12, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

  expect(report(counts, 0)).toEqual({ stdout: '12 passed, 0 failed\n', status: 0 });
});

test('failed tests are counted once, not again as the step that ran them', () => {
  const counts = { numPassedTests: 10, numFailedTests: 2, numRuntimeErrorTestSuites: 1 };

  expect(report(counts, 1)).toEqual({ stdout: '10 passed, 3 failed\n', status: 1 });
});

test('a failed step fails the run although every test passed', () => {
  const counts = { numPassedTests: 12, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

  expect(report(counts, 1)).toEqual({ stdout: '12 passed, 1 failed\n', status: 1 });
});

test('a run whose tests never started fails', () => {
  expect(report(undefined, 1)).toEqual({ stdout: '0 passed, 1 failed\n', status: 1 });
});
