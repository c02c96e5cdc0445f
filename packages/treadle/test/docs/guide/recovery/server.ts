import { createApplication, simpleBroker } from 'treadle';

export const application = createApplication({
  broker: simpleBroker({
    policies: [{ destinations: '/topic/rooms/*', history: { messages: 200, forMs: 10 * 60_000 } }],
  }),
});
