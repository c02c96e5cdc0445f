import 'reflect-metadata';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ConfigurationError } from 'treadle';
import { chatBrokerOf } from './chat-broker.js';
import { ChatServer } from './chat-server.js';
import { DatabaseUnusableError } from './database/database-unusable-error.js';
import { openDatabase } from './database/open-database.js';
import { portOf } from './port.js';
import { SettingInvalidError } from './setting-invalid-error.js';
import { stopSignal } from './stop-signal.js';

const host = process.env['HOST'] ?? '127.0.0.1';
const location = {
  url: process.env['DATABASE_URL'],
  folder: process.env['CHAT_DATA'] ?? join(__dirname, '../data'),
};

async function main(): Promise<void> {
  const port = portOf(process.env['PORT']);
  const broker = chatBrokerOf(process.env);
  await requireFreePort(port);
  console.log(location.url ? 'Opening PostgreSQL …' : `Opening the database in ${location.folder} …`);
  const database = await openDatabase(location);
  try {
    await serve(new ChatServer(database, { name: process.env['SERVER_NAME'], broker }), port);
  } finally {
    await database.close();
    console.log('Stopped.');
  }
}

/** Resolves when a signal has ended the chat and everybody has been told. */
async function serve(chat: ChatServer, port: number): Promise<void> {
  const signal = stopSignal();
  const address = await chat.start(port, host);
  console.log(`The chat is at ${address} (open it in two windows; Ctrl+C ends it)`);
  await signal;
  console.log('Stopping …');
  await chat.stop();
}

/** Finds a taken port before the database is opened, which takes longer and whose folder the other process may hold. */
function requireFreePort(port: number): Promise<void> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject).listen(port, host, () => probe.close(() => resolve()));
  });
}

function fail(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const port = portOf(process.env['PORT']);
    console.error(
      `Port ${port} of ${host} is taken by another program. Choose another one: PORT=${port + 1} npm start`,
    );
    return;
  }
  console.error(isForOperators(error) ? error.message : error);
}

/** What says by its message alone what to do. */
function isForOperators(error: unknown): error is Error {
  return [DatabaseUnusableError, SettingInvalidError, ConfigurationError].some((kind) => error instanceof kind);
}

// Ends the process now: while Node takes itself down, it no longer listens to signals, and a repeated one would end it with 143.
void main()
  .catch(fail)
  .finally(() => process.exit());
