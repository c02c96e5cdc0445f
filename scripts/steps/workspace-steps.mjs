import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runProgram, runTool } from './run-program.mjs';

/** The pinned pnpm, `pnpm@version`. */
const { packageManager: PNPM } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Runs pnpm without installing it anywhere: npx, which comes with npm, fetches the pinned version once. */
export function runPnpm(args, options = {}) {
  return runProgram('npx', ['--yes', PNPM, ...args], { shell: process.platform === 'win32', ...options });
}

/**
 * Installs the dependencies. CI refuses a lockfile that does not fit the manifests, a developer's run brings it up to date.
 *
 * @type {import('./run-steps.mjs').Step}
 */
export const install = {
  title: `Installing dependencies (${PNPM})`,
  isUpToDate: () => isLockfileInstalled() && !isAnyManifestNewer(),
  run: () => runPnpm(process.env.CI ? ['install', '--frozen-lockfile'] : ['install']),
};

/** Compiles every package; the compiler itself knows what has not changed. @type {import('./run-steps.mjs').Step} */
export const build = {
  title: 'Compiling TypeScript',
  run: () => runTool('typescript', ['-b'], 'tsc'),
};

/** The folders that hold the workspace's packages, as in `pnpm-workspace.yaml`: `packages/stomp`, `examples/chat` … */
export function packageFolders(root = ROOT) {
  return ['packages', 'examples', '.']
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(parent, name)))
    .filter((folder) => !folder.startsWith('node_modules') && existsSync(join(root, folder, 'package.json')));
}

function isLockfileInstalled() {
  // pnpm keeps a copy of the lockfile it installed from.
  const installed = join(ROOT, 'node_modules/.pnpm/lock.yaml');
  return existsSync(installed) && readFileSync(installed).equals(readFileSync(join(ROOT, 'pnpm-lock.yaml')));
}

function isAnyManifestNewer() {
  const installedAt = modifiedAt('node_modules/.modules.yaml');
  const manifests = packageFolders().map((folder) => join(folder, 'package.json'));
  return ['package.json', 'pnpm-workspace.yaml', ...manifests].some((file) => modifiedAt(file) > installedAt);
}

function modifiedAt(file) {
  return statSync(join(ROOT, file)).mtimeMs;
}
