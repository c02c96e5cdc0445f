import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Contestant } from '../contestants/contestant.js';
import type { ServerAddress } from '../load/stomp-connection.js';

const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5_000;
const ADDRESS = /ws:\/\/([\w.]+):(\d+)(\/\S*)\s/;

/** A contestant at work in a process of its own. */
export class ServerProcess {
  readonly address: ServerAddress;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, address: ServerAddress) {
    this.#child = child;
    this.address = address;
  }

  /**
   * Resolves when the server has printed its address. @throws Error with what it printed instead.
   * @param environment further variables of its process
   */
  static async start(contestant: Contestant, environment: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
    const probe = join(__dirname, 'cpu-probe.js');
    const child = spawn(process.execPath, ['--require', probe, contestant.program()], {
      env: { ...process.env, ...environment, HOST: '127.0.0.1', PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    try {
      return new ServerProcess(child, await printedAddress(child, contestant.name));
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** CPU time its process has used so far, user and system, all threads, in microseconds. */
  cpuMicroseconds(): Promise<number> {
    return this.#ask('cpu');
  }

  /** Memory of its process that is resident after a garbage collection, in KiB; what the kernel keeps for its sockets is not in it. */
  residentKibibytes(): Promise<number> {
    return this.#ask('memory');
  }

  /** What the objects and buffers of its process hold after a garbage collection, in KiB. */
  heldKibibytes(): Promise<number> {
    return this.#ask('held');
  }

  async #ask(question: 'cpu' | 'memory' | 'held'): Promise<number> {
    const answer: Promise<readonly unknown[]> = once(this.#child, 'message');
    this.#child.send(question);
    const [number] = await answer;
    return Number(number);
  }

  /** Ends the process, by force when it does not end by itself within five seconds. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
      return;
    }
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exited;
    clearTimeout(force);
  }
}

function printedAddress(child: ChildProcess, name: string): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = (reason: string): void => reject(new Error(`${name} ${reason}; it printed:\n${printed}`));
    const limit = setTimeout(() => fail(`printed no ws:// address within ${START_LIMIT_MS / 1_000} s`), START_LIMIT_MS);
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const [, host, port, path] = ADDRESS.exec(printed) ?? [];
      if (host !== undefined && path !== undefined) {
        clearTimeout(limit);
        resolve({ host, port: Number(port), path });
      }
    };
    child.stdout?.on('data', read);
    child.once('error', (error) => fail(`did not start (${error.message})`));
    child.once('exit', (code) => {
      clearTimeout(limit);
      fail(`ended with code ${code} before it was ready`);
    });
  });
}
