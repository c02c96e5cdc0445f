import { application } from './greeting';

async function main(): Promise<void> {
  const { url } = await application.listen(8080);
  console.log(`listening at ${url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void application.stop());
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error); // such as a port that is taken
  process.exitCode = 1;
});
