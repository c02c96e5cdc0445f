import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadAnswer, LoadOrder, TrialAnswer, TrialOrder } from '../load/orders.js';
import type { ServerAddress } from '../load/stomp-connection.js';

/** The load generator, in a process of its own so that it takes no time from the server or from the measuring. */
export class LoadProcess {
  readonly #child: ChildProcess;
  #errors = '';

  private constructor() {
    this.#child = fork(join(__dirname, '../load/generator.js'), { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
  }

  /** Starts it and connects all sessions of the scenario. */
  static async open(scenario: string, address: ServerAddress): Promise<LoadProcess> {
    const load = new LoadProcess();
    await load.#order({ kind: 'open', scenario, address });
    return load;
  }

  /** Keeps the load up for so many seconds and waits for the last messages. @throws Error when any is lost or wrong. */
  run(seconds: number): Promise<LoadAnswer> {
    return this.#order({ kind: 'run', seconds });
  }

  /** Ends all sessions. @throws Error when a message came in excess. */
  async close(): Promise<void> {
    await this.#order({ kind: 'close' });
  }

  /** Starts it without any session. */
  static start(): LoadProcess {
    return new LoadProcess();
  }

  /** Carries out a part of a trial. @throws Error when a healthy consumer lost something, or the offender's end is not what its policy says */
  trial(order: TrialOrder): Promise<TrialAnswer> {
    return this.#order(order);
  }

  /** Ends the process. */
  stop(): void {
    this.#child.kill('SIGKILL');
  }

  #order(order: LoadOrder): Promise<LoadAnswer>;
  #order(order: TrialOrder): Promise<TrialAnswer>;
  #order(order: LoadOrder | TrialOrder): Promise<LoadAnswer | TrialAnswer> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error(`the load generator gave up:\n${this.#errors}`));
      // `close` comes after the last of standard error, `exit` need not.
      this.#child.once('close', ended);
      this.#child.once('message', (answer: LoadAnswer | TrialAnswer) => {
        this.#child.off('close', ended);
        resolve(answer);
      });
      this.#child.send(order);
    });
  }
}
