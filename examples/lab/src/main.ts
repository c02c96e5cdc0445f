import { createLab, portOf, tcpPortOf } from './lab.js';

async function main(): Promise<void> {
  const host = process.env['HOST'] ?? '127.0.0.1';
  const ports = { webSocket: portOf(process.env), tcp: tcpPortOf(process.env) };
  const application = createLab(process.env);
  try {
    const { url } = await application.listen(ports.webSocket, host);
    console.log(`The lab listens on ${url}`);
    if (ports.tcp !== undefined) {
      const tcp = await application.listenTcp(ports.tcp, host);
      console.log(`The lab listens on ${tcp.url}`);
    }
  } catch (error) {
    await application.stop(); // half of the lab would keep the process alive
    throw error;
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void application.stop());
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
