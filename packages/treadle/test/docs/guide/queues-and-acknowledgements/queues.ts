import 'reflect-metadata';
import { createApplication, simpleBroker } from 'treadle';

export const application = createApplication({
  broker: simpleBroker({
    policies: [{ destinations: '/queue/**', kind: 'queue', maxDeliveries: 3 }],
  }),
});
