import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import { ROOT } from './docs/documents.js';

const PACKAGE = join(ROOT, 'packages/treadle');

/** A folder outside the repository, whose programs find `treadle` as it is built, and the packages that applications use beside it. */
export class ProgramFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'treadle-program-'));

  constructor() {
    const modules = join(this.path, 'node_modules');
    for (const name of ['@stomp', 'class-validator', 'reflect-metadata', 'tsyringe', 'ws']) {
      link(join(PACKAGE, 'node_modules', name), join(modules, name));
    }
    link(PACKAGE, join(modules, 'treadle'));
  }

  /** Compiles `source`/`file` by swc, as the tests are. */
  compile(source: string, file: string): void {
    const path = join(this.path, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, compileWithSwc(join(source, file)));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Runs Node and gives what it printed. @throws Error with all it said when it ends with another code than 0, or not within 60 s */
export function runNode(nodeArguments: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, nodeArguments, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    let printed = '';
    let complained = '';
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(printed);
      reject(new Error(`node ${nodeArguments.join(' ')} ended with ${code ?? signal}:\n${printed}\n${complained}`));
    });
  });
}

function compileWithSwc(file: string): string {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    swcrc: false,
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
  });
  return code;
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, 'junction'); // what Windows lets everybody make
}
