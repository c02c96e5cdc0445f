/** One row of an answer, as the columns are named in SQL. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * The PostgreSQL that the chat keeps its data in: embedded or a server, the SQL is the same.
 * An abstract class rather than an interface, so that it can name what the container injects.
 */
export abstract class Database {
  /**
   * Runs one statement, which takes effect as a whole or not at all.
   * @param parameters what `$1`, `$2` … stand for; never put values into the text
   */
  abstract query<T extends Row>(text: string, parameters?: readonly unknown[]): Promise<T[]>;

  /** Waits for what is being written and releases files and connections. */
  abstract close(): Promise<void>;
}
