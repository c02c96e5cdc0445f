import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './planted-tree';

/** Runs a test file whose only test needs a server that is nowhere, and tells how jest ended and what it printed. */
function runTestThatNeedsMissingServer(environment: Record<string, string>) {
  const folder = mkdtempSync(join(ROOT, 'scripts/test/tmp-'));
  try {
    writeFileSync(
      join(folder, 'needy.test.ts'),
      `import { describeWith } from '../../testing/require-server';
       const oracle = { name: 'Oracle', find: () => undefined, install: 'climb the mountain' };
       describeWith(oracle, 'the future', () => { test('is known', () => {}); });`,
    );
    const { status, stderr } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', folder], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, TREADLE_REQUIRE_SERVERS: '', ...environment },
    });
    return { status, output: stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('tests whose server is missing are skipped, with the reason and the command that installs it', () => {
  const { status, output } = runTestThatNeedsMissingServer({});

  expect(output).toContain('Skipped: the future. Oracle is missing; install it with: climb the mountain');
  expect(output).toContain('1 skipped');
  expect(status).toBe(0);
});

test('with TREADLE_REQUIRE_SERVERS=1 they fail instead', () => {
  const { status, output } = runTestThatNeedsMissingServer({ TREADLE_REQUIRE_SERVERS: '1' });

  expect(output).toContain('Oracle is missing; install it with: climb the mountain');
  expect(output).toContain('1 failed');
  expect(status).toBe(1);
});
