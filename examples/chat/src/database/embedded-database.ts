import { mkdir } from 'node:fs/promises';
import { PGlite, types } from '@electric-sql/pglite';
import { Database, type Row } from './database.js';
import { FolderLock } from './folder-lock.js';

/** PostgreSQL compiled to WebAssembly, inside this process; its files survive restarts and crashes. */
export class EmbeddedDatabase extends Database {
  readonly #postgres: PGlite;
  readonly #lock: FolderLock;

  private constructor(postgres: PGlite, lock: FolderLock) {
    super();
    this.#postgres = postgres;
    this.#lock = lock;
  }

  /**
   * Opens the database in `folder`, creating both when they are missing: that first time takes some seconds, later ones half a
   * second.
   * @throws DatabaseUnusableError when another process has it open, since two would destroy each other's files
   */
  static async open(folder: string): Promise<EmbeddedDatabase> {
    await mkdir(folder, { recursive: true });
    const lock = await FolderLock.acquire(folder);
    try {
      // The `pg` client gives 64-bit integers as text, this one as numbers; the stores shall see one kind.
      const postgres = await PGlite.create(`${folder}/postgres`, {
        parsers: { [types.INT8]: (value: string) => value },
      });
      return new EmbeddedDatabase(postgres, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async query<T extends Row>(text: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const { rows } = await this.#postgres.query<T>(text, [...parameters]);
    return rows;
  }

  async close(): Promise<void> {
    await this.#postgres.close();
    await this.#lock.release();
  }
}
