import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Database, type Row } from '../../src/database/database.js';

interface Answer {
  readonly number: number;
  readonly rows?: Row[];
  readonly error?: string;
}

/** The embedded database in a process of its own, because its WebAssembly loader does not run inside jest. */
export class EmbeddedDatabaseProcess extends Database {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #nextNumber = 1;

  private constructor(child: ChildProcess) {
    super();
    this.#process = child;
    // The other end is serve-database.cjs, which sends answers only.
    child.on('message', (message) => this.#onAnswer(message as Answer)); // see above
  }

  static async open(folder: string): Promise<EmbeddedDatabaseProcess> {
    // `advanced` keeps dates dates.
    const child = fork(join(__dirname, 'serve-database.cjs'), [folder], { serialization: 'advanced' });
    const database = new EmbeddedDatabaseProcess(child);
    await Promise.race([database.#answer(0), failWhenEnded(child)]);
    return database;
  }

  async query<T extends Row>(text: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    const answer = this.#answer(number);
    this.#process.send({ number, text, parameters });
    const { rows = [], error } = await answer;
    if (error !== undefined) throw new Error(error);
    return rows as T[]; // the caller knows the columns of its statement, as with every database client
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }

  #answer(number: number): Promise<Answer> {
    return new Promise((resolve) => this.#waiting.set(number, resolve));
  }

  #onAnswer(answer: Answer): void {
    this.#waiting.get(answer.number)?.(answer);
    this.#waiting.delete(answer.number);
  }
}

async function failWhenEnded(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the database's process ended with code ${String(code)}; is the example built?`);
}
