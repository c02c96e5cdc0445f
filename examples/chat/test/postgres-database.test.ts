import { describeWith } from '../../../scripts/testing/require-server.js';
import type { Database } from '../src/database/database.js';
import { openDatabase } from '../src/database/open-database.js';
import { postgres, PostgresServer } from './kit/postgres-server.js';
import { describeStores } from './kit/store-contract.js';
import { temporaryFolder } from './kit/temporary-folder.js';

const START_MS = 60_000;

describeWith(postgres, 'a PostgreSQL server, by DATABASE_URL', (bin) => {
  let server: PostgresServer;
  let database: Database;
  let place: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    place = await temporaryFolder();
    server = await PostgresServer.start(bin, place.folder);
    database = await openDatabase({ url: server.url, folder: place.folder });
  }, START_MS);

  afterAll(async () => {
    await database.close();
    await server[Symbol.asyncDispose]();
    await place.remove();
  });

  describeStores(() => database);
});
