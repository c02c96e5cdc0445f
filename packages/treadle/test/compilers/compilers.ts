import { join } from 'node:path';
import { buildSync as esbuildBuild } from 'esbuild';
import { ROOT } from '../docs/documents.js';
import { type ProgramFolder, runNode } from '../node-program.js';

const FIXTURE = join(__dirname, 'fixture');

/** What a program of the fixture printed. */
export interface Outcome {
  /** What came to each destination; absent when the application did not start. */
  readonly received?: Readonly<Record<string, readonly unknown[]>>;
  /** Why it did not start. */
  readonly failure?: string;
}

/** One way from TypeScript to a running program. */
export interface Compiler {
  readonly name: string;
  /** Runs `fixture/{variant}/main.ts` in a process of its own. @param folder for what is compiled */
  run(variant: string, folder: ProgramFolder): Promise<Outcome>;
}

/** Compilers that emit `design:paramtypes`. */
export const EMITTING: readonly Compiler[] = [
  {
    name: 'tsc',
    async run(variant, folder) {
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      await runNode([tsc, '-p', FIXTURE, '--outDir', folder.path], FIXTURE);
      return outcomeOf([`${variant}/main.js`], folder.path);
    },
  },
  {
    name: 'swc',
    run(variant, folder) {
      for (const file of ['order.ts', 'stock.ts', 'talk.ts', `${variant}/main.ts`, `${variant}/order-controller.ts`]) {
        folder.compile(FIXTURE, file);
      }
      return outcomeOf([`${variant}/main.js`], folder.path);
    },
  },
  {
    name: 'oxc',
    run: (variant) => outcomeOf(['--import', '@oxc-node/core/register', `${variant}/main.ts`], FIXTURE),
  },
];

/** Compilers that emit none. */
export const ERASING: readonly Compiler[] = [
  {
    name: 'esbuild',
    run(variant, folder) {
      const outfile = join(folder.path, 'main.js');
      esbuildBuild({
        entryPoints: [join(FIXTURE, variant, 'main.ts')],
        outfile,
        bundle: true,
        platform: 'node',
        packages: 'external',
        target: 'node20',
        keepNames: true,
        tsconfig: join(FIXTURE, 'tsconfig.json'),
        logLevel: 'error',
      });
      return outcomeOf([outfile], folder.path);
    },
  },
  { name: 'tsx', run: (variant) => outcomeOf(['--import', 'tsx', `${variant}/main.ts`], FIXTURE) },
];

async function outcomeOf(nodeArguments: readonly string[], cwd: string): Promise<Outcome> {
  const printed = await runNode(nodeArguments, cwd);
  return JSON.parse(printed) as Outcome; // as talk.ts prints it
}
