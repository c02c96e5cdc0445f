import { simpleBroker } from 'treadle';

const options = {
  endpoints: [{ path: '/portfolio', allowedOrigins: ['https://app.example.org'] }],
  applicationDestinationPrefixes: ['/app'],
  broker: simpleBroker({
    destinationPrefixes: ['/topic', '/queue'],
    policies: [{ destinations: '/queue/**', kind: 'queue' }],
  }),
  heartBeat: { sends: 10_000, expects: 20_000 },
  limits: { frameBodyOctets: 128 * 1024, sendTimeMs: 15_000 },
};

export const { broker: _broker, ...comparable } = options;
