import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ClusterError } from './cluster-error.js';

const MAIN = join(__dirname, '../main.js');
const AGAIN_AFTER_MS = 10_000;

/** One chat server of the cluster: a process of its own, `node dist/main.js` as everybody runs it. It is started again when it was killed. */
export class ClusterMember {
  readonly #name: string;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #again: NodeJS.Timeout | undefined;
  #isStopping = false;

  /** @param environment what this server needs beside ours */
  constructor(name: string, environment: NodeJS.ProcessEnv) {
    this.#name = name;
    this.#environment = { ...process.env, ...environment, SERVER_NAME: name };
  }

  /** @returns its address, and its process for those who want to see what happens when it is killed @throws ClusterError when it ends before it has an address; what it printed says why */
  async start(): Promise<string> {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // Ctrl+C is for us: we end the servers, then what they use
    });
    this.#child = child;
    const [output, errors] = [createInterface({ input: child.stdout }), createInterface({ input: child.stderr })];
    for (const lines of [output, errors]) lines.on('line', (line) => console.log(`${this.#name} | ${line}`));
    const ended = once(child, 'close');
    this.#ended = ended;
    const address = new Promise<string>((resolve) => {
      output.on('line', (line) => {
        const [found] = /http:\/\/\S+/.exec(line) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    const failed = ended.then(() => {
      throw new ClusterError(`${this.#name} did not start.`);
    });
    const started = await Promise.race([address, failed]);
    failed.catch(() => this.#onEnd());
    return `${this.#name}: ${started} (process ${child.pid})`;
  }

  /** Ends it as a service manager does. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#again);
    this.#child?.kill('SIGTERM');
    await this.#ended;
  }

  #onEnd(): void {
    if (this.#isStopping) return;
    const seconds = AGAIN_AFTER_MS / 1000;
    console.log(`${this.#name} has ended; the others go on. It starts again in ${seconds} s.`);
    this.#again = setTimeout(() => {
      this.start().then(
        (told) => console.log(told),
        (error: unknown) => console.error(String(error)),
      );
    }, AGAIN_AFTER_MS);
  }
}
