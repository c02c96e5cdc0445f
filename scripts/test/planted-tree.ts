import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The root of this repository. */
export const ROOT = join(__dirname, '../..');

/** Runs one of the checks in `scripts/` over a tree of sources. */
export function runCheck(script: string, root: string): { isClean: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('scripts', script), root], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { isClean: status === 0, output: stdout + stderr };
}

/** A copy of this repository's sources with some files added, removed again at the end of the block. */
export class PlantedTree {
  readonly root = mkdtempSync(join(tmpdir(), 'treadle-planted-'));

  /** @param planted text by path from the root */
  constructor(planted: Record<string, string>) {
    const isSource = (path: string) => !['node_modules', 'dist', 'test'].includes(basename(path));
    for (const folder of ['packages', 'examples', 'benchmarks']) {
      cpSync(join(ROOT, folder), join(this.root, folder), { recursive: true, filter: isSource });
    }
    for (const [path, text] of Object.entries(planted)) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}
