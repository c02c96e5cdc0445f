import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from '../../docs/documents.js';

const MAIN = join(ROOT, 'examples/lab/dist/main.js');

/** Environment variables for the lab. */
export type LabEnvironment = Readonly<Record<string, string>>;

/** The lab as people run it, in a process of its own: over WebSocket and over TCP, with a heart-beat every 200 ms for those who want one. */
export class LabProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Such as `ws://127.0.0.1:43210/ws`. */
  readonly webSocketUrl: string;
  readonly tcpPort: number;

  private constructor(child: ChildProcess, webSocketUrl: string, tcpPort: number) {
    this.#child = child;
    this.webSocketUrl = webSocketUrl;
    this.tcpPort = tcpPort;
  }

  /**
   * @param environment what it is told beside its ports: `BROKER`, `RELAY` …
   * @throws Error when it does not start, with what it said
   */
  static async start(environment: LabEnvironment = {}): Promise<LabProcess> {
    const env = { ...process.env, ...environment, PORT: '0', TCP_PORT: '0', HOST: '127.0.0.1', HEART_BEAT: '200' };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const addresses = new Promise<[string, string]>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        said += `${line}\n`;
        const webSocket = /ws:\/\/\S+/.exec(said)?.[0];
        const tcpPort = /stomp:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
        if (webSocket !== undefined && tcpPort !== undefined) resolve([webSocket, tcpPort]);
      });
    });
    const failed = once(child, 'close').then(() => {
      throw new Error(`the lab did not start; is the example built? It said:\n${said}`);
    });
    const [webSocket, tcpPort] = await Promise.race([addresses, failed]);
    failed.catch(() => undefined); // it ends when it is told to
    return new LabProcess(child, webSocket, Number(tcpPort));
  }

  /** Ends it in the middle of what it does (SIGKILL). */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGTERM');
    await ended;
  }
}
