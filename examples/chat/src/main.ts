import 'reflect-metadata';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ChatServer } from './chat-server.js';
import type { Database } from './database/database.js';
import { DatabaseUnusableError } from './database/database-unusable-error.js';
import { openDatabase } from './database/open-database.js';

const port = Number(process.env['PORT'] ?? 8080);
const host = process.env['HOST'] ?? '127.0.0.1';
const location = {
  url: process.env['DATABASE_URL'],
  folder: process.env['CHAT_DATA'] ?? join(__dirname, '../data'),
};

async function main(): Promise<void> {
  await requireFreePort();
  console.log(location.url ? 'Opening PostgreSQL …' : `Opening the database in ${location.folder} …`);
  const database = await openDatabase(location);
  try {
    await serve(database);
  } finally {
    await database.close();
    console.log('Stopped.');
  }
}

/** Resolves when a signal has ended the chat and everybody has been told. */
async function serve(database: Database): Promise<void> {
  const chat = new ChatServer(database);
  const signal = firstSignal();
  const address = await chat.start(port, host);
  console.log(`The chat is at ${address} (open it in two windows; Ctrl+C ends it)`);
  await signal;
  console.log('Stopping …');
  await chat.stop();
}

/** Ctrl+C, or what service managers send. Later ones change nothing: stopping takes some seconds at most. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
  });
}

/** Finds a taken port before the database is opened, which takes longer and whose folder the other process may hold. */
function requireFreePort(): Promise<void> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject).listen(port, host, () => probe.close(() => resolve()));
  });
}

function fail(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    console.error(
      `Port ${port} of ${host} is taken by another program. Choose another one: PORT=${port + 1} npm start`,
    );
    return;
  }
  if (error instanceof DatabaseUnusableError) {
    console.error(error.message);
    return;
  }
  console.error(error);
}

main().catch(fail);
