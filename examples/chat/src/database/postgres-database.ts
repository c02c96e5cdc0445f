import { Pool } from 'pg';
import { Database, type Row } from './database.js';

/** A PostgreSQL server, through a pool of connections. */
export class PostgresDatabase extends Database {
  readonly #pool: Pool;

  /** @param url such as `postgres://user:password@127.0.0.1:5432/chat` */
  constructor(url: string) {
    super();
    this.#pool = new Pool({ connectionString: url });
    // An idle connection that breaks is replaced by the pool; without a listener the event would end the process.
    this.#pool.on('error', (error) => console.warn(`A connection to PostgreSQL was lost: ${error.message}`));
  }

  async query<T extends Row>(text: string, parameters: readonly unknown[] = []): Promise<T[]> {
    const { rows } = await this.#pool.query<T>(text, [...parameters]);
    return rows;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
