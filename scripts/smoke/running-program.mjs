import { spawn } from 'node:child_process';
import { ROOT } from '../steps/run-program.mjs';

const START_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 15_000;

/**
 * A server started as a person would start it, in a process group of its own, so that stopping it leaves nothing behind.
 * What it prints is passed on.
 */
export class RunningProgram {
  #child;
  #output = '';
  #ended;

  /** @param {string} program @param {string[]} args @param {Record<string, string>} environment */
  constructor(program, args, environment) {
    this.#child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdout.on('data', (chunk) => {
      this.#output += chunk;
      process.stdout.write(chunk);
    });
  }

  /** Resolves with the `host:port` of the first addresses it prints, `http://…` or `ws://…`. @param {number} count @returns {Promise<string[]>} */
  async hosts(count) {
    const printed = new Promise((resolve) => {
      this.#child.stdout.on('data', () => {
        const found = [...this.#output.matchAll(/(?:http|ws):\/\/([\w.:[\]-]+)/g)].map(([, host]) => host);
        const hosts = [...new Set(found)].slice(0, count);
        if (hosts.length === count) resolve(hosts);
      });
    });
    const ended = this.#ended.then(() => Promise.reject(new Error('it ended before it printed an address')));
    return Promise.race([printed, ended, timeout(START_WITHIN_MS, 'it printed no address')]);
  }

  /** Asks it to end and resolves when it has; kills it and rejects when it does not. */
  async stop() {
    this.#signal('SIGTERM');
    try {
      await Promise.race([this.#ended, timeout(STOP_WITHIN_MS, 'it did not end after SIGTERM')]);
    } finally {
      this.#signal('SIGKILL');
    }
  }

  #signal(signal) {
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // The whole group has ended.
    }
  }
}

/** @returns {Promise<never>} */
function timeout(milliseconds, what) {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${what} within ${milliseconds / 1000} s`)), milliseconds).unref();
  });
}
