import 'reflect-metadata';
import { createApplication, type DestinationPolicy, silentLogger, simpleBroker } from 'treadle';
import { SEND_BUFFER_OCTETS, WAITING_MESSAGES } from '../trials/consumer-policies.js';

/** Topics and a queue of each policy for slow consumers, and small limits, so that a slow one passes them soon. */
const policies: readonly DestinationPolicy[] = [
  { destinations: '/topic/drop-oldest/*', slowConsumer: 'drop-oldest', maxWaitingMessages: WAITING_MESSAGES },
  {
    destinations: '/topic/latest-by-key/*',
    slowConsumer: { latestByKey: ({ destination }) => destination },
    maxWaitingMessages: WAITING_MESSAGES,
  },
  { destinations: '/queue/**', kind: 'queue' },
];

async function main(): Promise<void> {
  const application = createApplication({
    endpoints: ['/ws'],
    broker: simpleBroker({ policies }),
    limits: { sendBufferOctets: SEND_BUFFER_OCTETS },
    logger: silentLogger,
  });
  const { url } = await application.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  console.log(`listens on ${url}`);
  process.once('SIGTERM', () => void application.stop());
}

void main();
