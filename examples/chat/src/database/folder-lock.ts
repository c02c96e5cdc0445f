import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseUnusableError } from './database-unusable-error.js';

/** Keeps a folder for one process, by a file that holds its id; the file of a process that was killed does not count. */
export class FolderLock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** @throws DatabaseUnusableError when a living process holds the lock */
  static async acquire(folder: string): Promise<FolderLock> {
    const file = join(folder, 'chat.pid');
    const owner = await readProcessId(file);
    if (owner !== undefined && isAlive(owner)) {
      throw new DatabaseUnusableError(
        `The data folder ${folder} is in use by process ${owner}. Stop that chat, or choose another folder with CHAT_DATA. ` +
          `If that process is something else, delete ${file}.`,
      );
    }
    await rm(file, { force: true });
    // `wx` fails when somebody else has made the file in this moment.
    await writeFile(file, String(process.pid), { flag: 'wx' });
    return new FolderLock(file);
  }

  async release(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

async function readProcessId(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const processId = Number.parseInt(text, 10);
  return Number.isNaN(processId) ? undefined : processId;
}

function isAlive(processId: number): boolean {
  // A container gives every run the same id: a file with our own was left by the run before.
  if (processId === process.pid) return false;
  try {
    process.kill(processId, 0); // signal 0 only asks whether the process exists
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
