import { application } from './greeting';

async function main(): Promise<void> {
  const { url } = await application.listen(8080);
  console.log(`listening at ${url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void application.stop());
}

void main();
