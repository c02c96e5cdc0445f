// node scripts/install-stock-clients.mjs [stomp.py] [go-stomp]: gets the STOMP libraries of other languages that tests speak to the server with, all
// of them unless some are named. Needs Python 3 with venv, and Go. They go into node_modules/.cache, in the versions the tests pin.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runProgram } from './steps/run-program.mjs';
import { runSteps } from './steps/run-steps.mjs';

const PROGRAMS = join(ROOT, 'packages/treadle/test/clients');
const CACHE = join(ROOT, 'node_modules/.cache/stock-clients');
const isWindows = process.platform === 'win32';

const requirements = join(PROGRAMS, 'python/requirements.txt');
const environment = join(CACHE, 'python');
const installed = join(environment, 'requirements.txt');

const clients = {
  'stomp.py': {
    title: 'stomp.py into a virtual environment',
    isUpToDate: () => existsSync(installed) && readFileSync(installed).equals(readFileSync(requirements)),
    run: async () => {
      await runProgram(isWindows ? 'python' : 'python3', ['-m', 'venv', '--clear', environment]);
      const python = join(environment, isWindows ? 'Scripts/python.exe' : 'bin/python');
      await runProgram(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--requirement', requirements]);
      copyFileSync(requirements, installed);
    },
  },
  'go-stomp': {
    title: 'go-stomp, built with the program that drives it',
    // Go itself knows what has not changed.
    run: () => {
      const program = join(CACHE, isWindows ? 'go-stomp.exe' : 'go-stomp');
      return runProgram('go', ['build', '-mod=readonly', '-buildvcs=false', '-o', program, '.'], {
        cwd: join(PROGRAMS, 'go'),
      });
    },
  },
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in clients));
if (unknown.length > 0) {
  console.error(`No such client: ${unknown.join(', ')}. There are: ${Object.keys(clients).join(', ')}.`);
  process.exit(1);
}

mkdirSync(CACHE, { recursive: true });
const chosen = Object.entries(clients).filter(([name]) => asked.length === 0 || asked.includes(name));
await runSteps(
  chosen.map(([, client]) => client),
  { keepGoing: true },
);
