import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's root folder; every program runs there unless told otherwise. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** A program ended with something else than 0. Its own output has said why. */
export class ProgramFailed extends Error {
  /** @param {string} program @param {number} exitCode */
  constructor(program, exitCode) {
    super(`${program} ended with exit code ${exitCode}`);
    this.name = 'ProgramFailed';
    this.exitCode = exitCode;
  }
}

/**
 * Runs a program with this terminal as its own and resolves when it ended with 0.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ name?: string, cwd?: string, shell?: boolean }} [options] `name` is how a failure calls it
 * @returns {Promise<void>}
 * @throws {ProgramFailed} when it ended otherwise
 */
export function runProgram(program, args, { name = program, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', ...options });
    const releaseSignals = handSignalsTo(child);
    child.once('error', (/** @type {Error} */ error) => {
      releaseSignals();
      reject(error);
    });
    child.once('close', (code, signal) => {
      releaseSignals();
      if (code === 0) return resolve();
      reject(new ProgramFailed(name, code ?? (signal === 'SIGINT' ? 130 : 143)));
    });
  });
}

/**
 * Runs the command line of an installed package: `runTool('prettier', ['--check', '.'])`.
 * Through Node itself, since the links in `node_modules/.bin` are no programs on Windows.
 *
 * @param {string} packageName
 * @param {string[]} args
 * @param {string} [command] when the package has several, or one named otherwise
 */
export function runTool(packageName, args, command = packageName) {
  const folder = join(ROOT, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return runProgram(process.execPath, [join(folder, typeof bin === 'string' ? bin : bin[command]), ...args], {
    name: command,
  });
}

/**
 * Ctrl+C reaches the child from the terminal, so it is only waited for; a `kill` reaches us alone and is handed on.
 * A `kill` of npm ends npm and its shell but not us (npm hands signals to the shell, which does not): seen by the parent that is gone.
 */
function handSignalsTo(child) {
  const parent = process.ppid;
  const wait = () => {};
  const handOn = () => child.kill('SIGTERM');
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    handOn();
  }, 250);
  process.on('SIGINT', wait).on('SIGTERM', handOn);
  return () => {
    clearInterval(watch);
    process.off('SIGINT', wait).off('SIGTERM', handOn);
  };
}
