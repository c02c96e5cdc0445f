import { BareWsServer } from './bare-ws-server.js';

async function main(): Promise<void> {
  const server = await BareWsServer.listen(Number(process.env['PORT'] ?? 0));
  console.log(`bare ws listens on ws://127.0.0.1:${server.port}/ws`);
  process.once('SIGTERM', () => void server.close());
}

void main();
