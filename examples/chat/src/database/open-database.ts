import type { Database } from './database.js';
import { DatabaseUnusableError } from './database-unusable-error.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { PostgresDatabase } from './postgres-database.js';
import { createSchema } from './schema.js';

/** Where the data lives: `url` of a PostgreSQL server, or else a `folder` of files. */
export interface DatabaseLocation {
  readonly url?: string | undefined;
  readonly folder: string;
}

/** Opens the database and creates what is missing in it. @throws DatabaseUnusableError with a sentence for the operator */
export async function openDatabase({ url, folder }: DatabaseLocation): Promise<Database> {
  return url ? openPostgres(url) : openEmbedded(folder);
}

async function openPostgres(url: string): Promise<Database> {
  const database = new PostgresDatabase(url);
  try {
    await createSchema(database);
    return database;
  } catch (error) {
    await database.close();
    const reason = error instanceof Error ? error.message : String(error);
    // The URL itself stays out of the message: it may hold a password.
    throw new DatabaseUnusableError(`The PostgreSQL of DATABASE_URL cannot be used: ${reason}`, { cause: error });
  }
}

async function openEmbedded(folder: string): Promise<Database> {
  const database = await EmbeddedDatabase.open(folder);
  try {
    await createSchema(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
