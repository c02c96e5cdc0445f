import 'reflect-metadata';
import { type Application, createApplication, type DestinationPolicy, silentLogger, simpleBroker } from 'treadle';
import { SEND_BUFFER_OCTETS, WAITING_MESSAGES } from '../trials/consumer-policies.js';

const policies: readonly DestinationPolicy[] = [
  { destinations: '/topic/drop-oldest/*', slowConsumer: 'drop-oldest', maxWaitingMessages: WAITING_MESSAGES },
  {
    destinations: '/topic/latest-by-key/*',
    slowConsumer: { latestByKey: ({ destination }) => destination },
    maxWaitingMessages: WAITING_MESSAGES,
  },
  { destinations: '/queue/**', kind: 'queue' },
];

/** Topics and a queue of each policy for slow consumers, and small limits, so that a slow one passes them soon. */
export function createSlowConsumerApplication(): Application {
  return createApplication({
    endpoints: ['/ws'],
    broker: simpleBroker({ policies }),
    limits: { sendBufferOctets: SEND_BUFFER_OCTETS },
    logger: silentLogger,
  });
}
