import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(__dirname, '../../dist/main.js');

/** How a chat process ended, and all it said. */
export interface Ending {
  readonly code: number | null;
  readonly output: string;
}

/** The chat as people run it: `node dist/main.js`, in a process of its own. */
export class ChatProcess implements AsyncDisposable {
  /** Such as `http://127.0.0.1:43210`. */
  readonly address: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<Ending>;

  private constructor(child: ChildProcess, ended: Promise<Ending>, address: string) {
    this.#process = child;
    this.#ended = ended;
    this.address = address;
  }

  /** @param dataFolder kept over restarts @param port `0` for any free one @throws Error when it does not start, with what it said */
  static async start(dataFolder: string, port = 0, environment: NodeJS.ProcessEnv = {}): Promise<ChatProcess> {
    const { child, ended, lines } = run(dataFolder, port, environment);
    const address = new Promise<string>((resolve) => {
      lines.on('line', (line) => {
        const found = /http:\/\/[\d.]+:\d+/.exec(line);
        if (found) resolve(found[0]);
      });
    });
    const failed = ended.then(({ output }) => {
      throw new Error(`the chat did not start; is the example built? It said:\n${output}`);
    });
    return new ChatProcess(child, ended, await Promise.race([address, failed]));
  }

  /** Starts one that is expected to end by itself. */
  static async runToEnd(dataFolder: string, port: number, environment: NodeJS.ProcessEnv = {}): Promise<Ending> {
    return run(dataFolder, port, environment).ended;
  }

  get port(): number {
    return Number(new URL(this.address).port);
  }

  /** Ends it as Ctrl+C or a service manager does. */
  stop(signal: 'SIGINT' | 'SIGTERM' = 'SIGTERM'): Promise<Ending> {
    this.#process.kill(signal);
    return this.#ended;
  }

  /** Sends the signal again and again until the process has ended. */
  async stopImpatiently(signal: 'SIGINT' | 'SIGTERM'): Promise<Ending> {
    const repeating = setInterval(() => this.#process.kill(signal), 2);
    const ending = await this.#ended;
    clearInterval(repeating);
    return ending;
  }

  /** Ends it without giving it a chance to say anything. */
  kill(): Promise<Ending> {
    this.#process.kill('SIGKILL');
    return this.#ended;
  }

  /** A test that failed leaves nothing running behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function run(dataFolder: string, port: number, environment: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, CHAT_DATA: dataFolder, PORT: String(port), HOST: '127.0.0.1', ...environment };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  for (const reader of [lines, createInterface({ input: child.stderr })]) reader.on('line', (line) => said.push(line));
  const ended = once(child, 'close').then(([code]): Ending => {
    return { code: typeof code === 'number' ? code : null, output: said.join('\n') };
  });
  return { child, ended, lines };
}
