import { createLab, portOf } from './lab.js';

async function main(): Promise<void> {
  const application = createLab(process.env);
  const { url } = await application.listen(portOf(process.env), process.env['HOST'] ?? '127.0.0.1');
  console.log(`The lab listens on ${url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void application.stop());
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
