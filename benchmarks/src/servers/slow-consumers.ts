import { createSlowConsumerApplication } from './slow-consumer-application.js';

async function main(): Promise<void> {
  const application = createSlowConsumerApplication();
  const { url } = await application.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  console.log(`the server with slow consumers listens on ${url}`);
  process.once('SIGTERM', () => void application.stop());
}

void main();
