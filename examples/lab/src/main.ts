import { createLab, portOf, tcpPortOf } from './lab.js';

async function main(): Promise<void> {
  const host = process.env['HOST'] ?? '127.0.0.1';
  const tcpPort = tcpPortOf(process.env);
  const application = createLab(process.env);
  const { url } = await application.listen(portOf(process.env), host);
  console.log(`The lab listens on ${url}`);
  if (tcpPort !== undefined) {
    const tcp = await application.listenTcp(tcpPort, host);
    console.log(`The lab listens on ${tcp.url}`);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void application.stop());
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
