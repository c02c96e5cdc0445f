import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderLock } from '../src/database/folder-lock.js';
import { EmbeddedDatabaseProcess } from './kit/embedded-database-process.js';
import { describeStores } from './kit/store-contract.js';
import { temporaryFolder } from './kit/temporary-folder.js';

const START_MS = 60_000;

describe('the embedded database', () => {
  let database: EmbeddedDatabaseProcess;
  let place: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    place = await temporaryFolder();
    database = await EmbeddedDatabaseProcess.open(place.folder);
  }, START_MS);

  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  describeStores(() => database);

  test('its folder is for one process at a time', async () => {
    await expect(FolderLock.acquire(place.folder)).rejects.toThrow(/is in use by process \d+/);
  });
});

describe('FolderLock', () => {
  test('a folder is free again when it was released', async () => {
    const { folder, remove } = await temporaryFolder();
    const lock = await FolderLock.acquire(folder);

    await lock.release();

    await expect(FolderLock.acquire(folder)).resolves.toBeInstanceOf(FolderLock);
    await remove();
  });

  test('the file of a process that was killed does not count', async () => {
    const { folder, remove } = await temporaryFolder();
    const highestProcessId = 2 ** 22; // ids stay below it
    await writeFile(join(folder, 'chat.pid'), String(highestProcessId));

    await expect(FolderLock.acquire(folder)).resolves.toBeInstanceOf(FolderLock);
    await remove();
  });
});
