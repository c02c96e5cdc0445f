import { createApplication, type DestinationPolicy, simpleBroker } from 'treadle';

export const application = createApplication({
  broker: simpleBroker({
    policies: [
      { destinations: '/topic/prices/*', retainLast: true, slowConsumer: { latestByKey: 'symbol' } },
      { destinations: ['/topic/rooms/*', '/topic/news'], history: { messages: 200, forMs: 10 * 60_000 } },
      { destinations: '/queue/**', kind: 'queue', maxMessages: 50_000 },
      { destinations: '/**', maxMessageOctets: 16 * 1024, maxMessagesPerSecond: 100 },
    ],
  }),
});

export const limited: DestinationPolicy = {
  destinations: '/topic/rooms/*',
  maxSubscribers: 500,
  maxMessageOctets: 4096,
  maxMessagesPerSecond: 20,
};

export const alerts: DestinationPolicy = { destinations: '/topic/alerts', expiresAfterMs: 30_000 };

export const lastValues: DestinationPolicy = { destinations: '/topic/prices/*', retainLast: true };

export const rooms: DestinationPolicy = {
  destinations: '/topic/rooms/*',
  history: { messages: 200, forMs: 10 * 60_000, octets: 256 * 1024 },
};

export const ticker: DestinationPolicy = {
  destinations: '/topic/prices/*',
  slowConsumer: { latestByKey: 'symbol' },
  maxWaitingMessages: 500,
};

export const positions: DestinationPolicy = {
  destinations: '/topic/vehicles',
  slowConsumer: { latestByKey: (message) => message.headers.get('vehicle') ?? message.headers.get('driver') },
};

export const jobs: DestinationPolicy = {
  destinations: '/queue/**',
  kind: 'queue',
  maxMessages: 50_000,
  maxOctets: 256 * 1024 * 1024,
  whenFull: 'drop-oldest',
  maxDeliveries: 3,
  deadLetters: '/queue/failed',
};
