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

  test('servers that start together on an empty database all find it ready', async () => {
    await database.query('create database together');
    const url = server.url.replace('/postgres', '/together');

    const opened = await Promise.all(Array.from({ length: 8 }, () => openDatabase({ url, folder: place.folder })));

    const rooms = await Promise.all(opened.map((each) => each.query('select id from chat_rooms')));
    expect(rooms).toEqual(opened.map(() => [{ id: 'lobby' }]));
    await Promise.all(opened.map((each) => each.close()));
  });
});
