// What users would install: packs every public package and asks publint and attw whether Node, bundlers and TypeScript understand it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, runTool } from './steps/run-program.mjs';
import { runSteps } from './steps/run-steps.mjs';
import { packageFolders, runPnpm } from './steps/workspace-steps.mjs';

const tarballs = mkdtempSync(join(tmpdir(), 'treadle-packages-'));

const steps = packageFolders()
  .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) }))
  .filter(({ manifest }) => !manifest.private)
  .map(({ folder, manifest }) => ({ title: manifest.name, run: () => checkPackage(folder, manifest) }));

async function checkPackage(folder, { name, version }) {
  // Without its output, which lists every file.
  await runPnpm(['pack', '--pack-destination', tarballs], {
    cwd: join(ROOT, folder),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tarball = join(tarballs, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);

  await runTool('publint', [tarball, '--strict']);
  await runTool('@arethetypeswrong/cli', [tarball, '--no-color'], 'attw');
}

await runSteps(steps, { keepGoing: true });
rmSync(tarballs, { recursive: true });
