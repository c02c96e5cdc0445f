import 'reflect-metadata';
import { PortfolioServer } from './portfolio-server.js';

const HOST = process.env['HOST'] ?? '127.0.0.1';
const PORT = process.env['PORT'] ?? '8081';

async function main(): Promise<void> {
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) > 65_535) {
    throw new SettingError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(PORT)}`);
  }
  const server = new PortfolioServer();
  const signal = stopSignal();
  const address = await server.start(Number(PORT), HOST);
  console.log(`The portfolio is at ${address} (open it in two windows; Ctrl+C ends it)`);
  await signal;
  console.log('Stopping …');
  await server.stop();
  console.log('Stopped.');
}

/** Something whoever starts the server can set right; the message tells them how. */
class SettingError extends Error {}

/** Resolves at the first Ctrl+C (SIGINT) or SIGTERM; more of them change nothing. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGTERM', resolve).on('SIGINT', resolve);
  });
}

function fail(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    const next = Number(PORT) + 1;
    console.error(`Port ${PORT} of ${HOST} is taken by another program. Choose another one: PORT=${next}`);
    return;
  }
  console.error(error instanceof SettingError ? error.message : error);
}

// Ends the process now: while Node takes itself down, it no longer listens to signals, and a repeated one would end it with 143.
void main()
  .catch(fail)
  .finally(() => process.exit());
