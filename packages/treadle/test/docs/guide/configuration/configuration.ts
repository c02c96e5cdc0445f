import { createApplication, simpleBroker } from 'treadle';

export const application = createApplication({
  endpoints: ['/ws', { path: '/partners', allowedOrigins: ['https://partner.example.org'] }],
  applicationDestinationPrefixes: ['/app'],
  broker: simpleBroker({ destinationPrefixes: ['/topic', '/queue'] }),
  heartBeat: { sends: 20_000, expects: 20_000 },
  limits: { frameBodyOctets: 256 * 1024, sessions: 2_000 },
});
